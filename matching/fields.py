"""What a field of a person document may hold, and the plain sentence when it doesn't."""

import re
from functools import lru_cache
from typing import Annotated, Any, Final, TypeVar
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from core import limits
from core.sentences import Sentence, say

# A tag is a topic, an interest or something that helped: a few words, not a story.
TAG_CHARACTERS: Final = 120
# Blocks protect, so they are not cut at the length of an ordinary list.
BLOCKED_IDS: Final = 10_000
MOST_PEOPLE: Final = 1_000

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Hours of local time; a night ends at six the next morning.
PARTS: Final = {"morning": (6, 12), "afternoon": (12, 17), "evening": (17, 22), "night": (22, 30)}
SLOTS: Final = tuple(f"{day}-{part}" for day in DAYS for part in PARTS)

# RFC 5646 §2.1, well-formed, without the grandfathered tags.
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")

_SENTENCES: Final = {
    "extra_forbidden": say("there is no such field."),
    "missing": say("this is needed."),
    "string_too_long": say("longer than %(max_length)s characters."),
    "string_too_short": say("this is needed."),
    "too_long": say("more than %(max_length)s entries."),
    "enum": say("must be %(expected)s."),
    "string_type": say("must be text in quotation marks."),
    "tuple_type": say("must be a list in square brackets."),
    "int_type": say("must be a whole number."),
    "greater_than_equal": say("can't be less than %(ge)s."),
    "less_than_equal": say("can't be more than %(le)s."),
    "model_type": say("must be an object in curly brackets."),
    "value_error": say("%(error)s."),
}


def key(words: str) -> str:
    """Return the form in which two people's tags are compared: case and spaces don't count."""
    return " ".join(words.split()).casefold()


def fault(error: ValidationError) -> tuple[str, Sentence]:
    """Return the name of the first field at fault, like `experiences[0].where`, and a sentence."""
    details = error.errors(include_url=False, include_input=False)[0]
    name = "".join(f"[{at}]" if isinstance(at, int) else f".{at}" for at in details["loc"])
    name = name.removeprefix(".")
    said = " ".join(name.split())[:TAG_CHARACTERS] or "this"
    return name, say("%(field)s: %(what)s", field=said, what=_sentence(details))


def _sentence(details: ErrorDetails) -> str:
    sentence = _SENTENCES.get(details["type"])
    values = {name: str(value) for name, value in details.get("ctx", {}).items()}
    return sentence.filled(**values) if sentence else f"{details['msg']}."


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def _plain(value: object) -> object:
    if not isinstance(value, str):
        return value
    if "\0" in value:
        raise ValueError("holds a NUL character, which text can't have")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("holds half a character (a lone surrogate); save it as UTF-8")
    return value.strip()


def _one_line(value: object) -> object:
    plain = _plain(value)
    return " ".join(plain.split()) if isinstance(plain, str) else plain


def _zone(name: str) -> str:
    if name and name not in _zones():
        raise ValueError("not a time zone; write one like Europe/London")
    return name


def _language(tag: str) -> str:
    if not _LANGUAGE.fullmatch(tag):
        raise ValueError("not a language; write one like en, cy or pt-BR")
    return tag


def _slot(slot: str) -> str:
    if slot not in SLOTS:
        raise ValueError("write a day and a part of it, like tue-evening")
    return slot


Item = TypeVar("Item")


def _once(items: tuple[Item, ...]) -> tuple[Item, ...]:
    first: dict[object, Item] = {}
    for item in items:
        first.setdefault(key(item) if isinstance(item, str) else item, item)
    return tuple(first.values())


def _said(items: Any) -> Any:
    # A form sends rows that were left empty.
    if not isinstance(items, list | tuple):
        return items
    return tuple(item for item in items if not (isinstance(item, str) and not item.strip()))


Id = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=TAG_CHARACTERS),
    BeforeValidator(_plain),
]
Name = Annotated[
    str,
    StringConstraints(strict=True, max_length=limits.NAME_CHARACTERS),
    BeforeValidator(_one_line),
]
Tag = Annotated[
    str, StringConstraints(strict=True, max_length=TAG_CHARACTERS), BeforeValidator(_one_line)
]
Words = Annotated[
    str, StringConstraints(strict=True, max_length=limits.FIELD_CHARACTERS), BeforeValidator(_plain)
]
Story = Annotated[
    str,
    StringConstraints(strict=True, max_length=limits.PROFILE_CHARACTERS),
    BeforeValidator(_plain),
]
Zone = Annotated[Tag, AfterValidator(_zone)]
Slot = Annotated[Tag, AfterValidator(_slot)]
Many = Annotated[
    tuple[Item, ...],
    Field(max_length=limits.LIST_ITEMS),
    BeforeValidator(_said),
    AfterValidator(_once),
]
Languages = Annotated[
    Many[Annotated[Tag, AfterValidator(_language)]], AfterValidator(lambda tags: tags or ("en",))
]
Ids = Annotated[
    tuple[Id, ...],
    Field(max_length=BLOCKED_IDS),
    AfterValidator(lambda ids: tuple(dict.fromkeys(ids))),
]
Places = Annotated[int, Field(ge=0, le=MOST_PEOPLE, strict=True)]
