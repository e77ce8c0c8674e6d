"""What any text from outside must be before it goes further in."""

import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

from core import limits
from core.errors import Invalid, TooLarge
from core.sentences import say

# Lone surrogates can't be stored or sent; NUL can't be stored in PostgreSQL.
_UNUSABLE: Final = re.compile("[\0\ud800-\udfff]")


def is_blank(text: str) -> bool:
    """Tell whether nothing in it can be seen: spaces, controls, letters without width."""
    return all(unicodedata.category(letter)[0] in "CZ" for letter in text)


def check(text: str, *, most: int = limits.MESSAGE_CHARACTERS, field: str | None = None) -> str:
    """Return `text` as it is, when it can be kept.

    Raises:
        Invalid: it holds a character that can't be stored.
        TooLarge: it has more than `most` characters.
    """
    if len(text) > most:
        raise TooLarge(
            say(
                "That is %(length)s characters long; %(most)s fit. Your words are still here:"
                " perhaps send them in two parts.",
                length=f"{len(text):,}",
                most=f"{most:,}",
            ),
            field=field,
        )
    if _UNUSABLE.search(text):
        raise Invalid(say("There is a character in it that can't be kept."), field=field)
    return text


def _usable(text: str) -> str:
    if _UNUSABLE.search(text):
        raise ValueError("there is a character in it that can't be kept")
    return text


Name = Annotated[str, StringConstraints(max_length=200), AfterValidator(_usable)]
Line = Annotated[
    str, StringConstraints(max_length=limits.FIELD_CHARACTERS), AfterValidator(_usable)
]
Message = Annotated[
    str, StringConstraints(max_length=limits.MESSAGE_CHARACTERS), AfterValidator(_usable)
]
Note = Annotated[str, StringConstraints(max_length=limits.NOTE_CHARACTERS), AfterValidator(_usable)]
