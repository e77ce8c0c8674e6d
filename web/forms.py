"""What came with a form: text only, bounded, and given back when something needs another look."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from fastapi import Request
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from api.shapes import In
from core import limits
from core.errors import Invalid, Problem
from core.sentences import say
from core.words import check

# A profile with fifty experiences has a few hundred fields.
MOST_FIELDS: Final = 1_000
# Fields that hold words of one's own even when it is a single one.
OWN_WORDS: Final = {
    "text", "words", "note", "reason", "about", "words_for_self", "used", "wanted", "interests",
    "wont_talk_about", "purpose", "for_whom", "group", "announcement", "agreement", "lived",
    "options", "muted", "meets",
}  # fmt: skip
SomeIn = TypeVar("SomeIn", bound=In)


class Form:
    """The fields of one post, each trimmed; lists keep their order."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    def get(self, name: str, default: str = "") -> str:
        """Return the last value of that name."""
        return next((value for key, value in reversed(self.pairs) if key == name), default)

    def all(self, name: str) -> list[str]:
        """Return every value of that name that is not empty."""
        return [value for key, value in self.pairs if key == name and value]

    def number(self, name: str) -> int:
        """Return the whole number of that name; 0 for what is none, or is longer than any here."""
        typed = self.get(name)
        is_one = typed.isascii() and typed.isdigit() and len(typed) < 10
        return int(typed) if is_one else 0

    def has(self, name: str) -> bool:
        """Tell whether something was said under that name."""
        return bool(self.get(name))

    @property
    def values(self) -> dict[str, str]:
        """What to give back to the page. Passwords are never given back."""
        return {key: value for key, value in self.pairs if "password" not in key}


async def typed(request: Request) -> Form:
    """Read a form.

    Raises:
        Invalid: it holds a file or a character that can't be kept.
        TooLarge: a field is longer than any field may be.
    """
    pairs = []
    for name, value in await _sent(request):
        if not isinstance(value, str):
            raise Invalid(say("Files can't be sent here."))
        text = value.replace("\r\n", "\n").strip()
        pairs.append((name, check(text, most=limits.PROFILE_CHARACTERS, field=name)))
    return Form(pairs)


async def _sent(request: Request) -> list[tuple[str, Any]]:
    """Return what came, as it came; kept beside the request, which can be read only once."""
    if not hasattr(request.state, "sent"):
        form = await request.form(max_files=0, max_fields=MOST_FIELDS)
        request.state.sent = form.multi_items()
    sent: list[tuple[str, Any]] = request.state.sent
    return sent


async def given_back(request: Request) -> str:
    """Return the words that were typed, so that a fault loses nothing. Never a password."""
    if request.method != "POST":
        return ""
    try:
        sent = await _sent(request)
    except (HTTPException, RuntimeError):
        # It was no form, or somebody else read it before the fault.
        return ""
    return "\n\n".join(
        value.replace("\0", "")
        for name, value in sent
        if isinstance(value, str) and _are_words(name, value)
    )


def _are_words(name: str, value: str) -> bool:
    if "password" in name or not value.strip():
        return False
    # Each experience has a box of its own, numbered.
    return name in OWN_WORDS or name.endswith("-words") or " " in value


def read(model: type[SomeIn], values: Mapping[str, Any]) -> SomeIn:
    """Return typed values as the API's own shape.

    Raises:
        Invalid: with the first field that doesn't fit, in plain words.
    """
    try:
        return model.model_validate(values)
    except ValidationError as fault:
        first = fault.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        raise Invalid(say("Please look at this again."), field=field) from None


def errors_of(problem: Problem) -> dict[str, str]:
    """Return a fault as the page's `errors`: by field, or "" for the whole form."""
    return {str(problem.extra.get("field") or ""): problem.detail}
