"""Words that somebody would rather not meet, and whether a text holds one. Pure.

Browsers do the same for what comes in live (web/static/muted.js); a test holds the two together.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from core.errors import Invalid
from core.sentences import say

MOST: Final = 50
LONGEST: Final = 60
# What stands between words: the same signs in both languages, so that both cut alike.
_BETWEEN: Final = re.compile("[\\s!-/:-@\\[-`{-~\u00a0-\u00bf\u2000-\u206f\u3000-\u303f]+")
# Accents, and signs inside a word that nobody sees.
_UNSEEN: Final = re.compile("[\u0300-\u036f\u00ad\u200c-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# "cat" means "cats", "cat's" and "catty" not: a word with a simple ending is the same word.
ENDINGS: Final = ("", "s", "es", "d", "ed", "ing")
# "cut" is in "cutting", "hope" in "hoping", "carry" in "carried".
DOUBLED: Final = ("ed", "ing")
WITHOUT_E: Final = ("ing",)
WITHOUT_Y: Final = ("ies", "ied")
Words = tuple[str, ...]


def cut(text: str) -> Words:
    """Return a text's words as they are compared: no accents, no capitals, no signs."""
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKD", text)).lower()
    return tuple(word for word in _BETWEEN.split(plain) if word)


def lines(typed: str) -> tuple[str, ...]:
    """Return what somebody typed, one to a line or between commas, each once and in its order."""
    found = (" ".join(one.split()) for one in re.split(r"[\n,]", typed))
    return tuple(dict.fromkeys(one for one in found if cut(one)))


def read(typed: str) -> tuple[str, ...]:
    """As `lines`, bounded.

    Raises:
        Invalid: too many, or one too long.
    """
    once = lines(typed)
    if len(once) > MOST:
        raise Invalid(say("There is room for %(most)s words.", most=MOST), field="muted")
    if any(len(one) > LONGEST for one in once):
        raise Invalid(
            say("One of them is longer than %(most)s letters.", most=LONGEST), field="muted"
        )
    return once


def holds(text: str, muted: Iterable[Words]) -> bool:
    """Tell whether a text holds one of these words or rows of words, also with an ending."""
    words = cut(text) if text else ()
    return any(_is_in(words, row) for row in muted if row)


def _is_in(words: Words, row: Words) -> bool:
    size, last = len(row), row[-1]
    return any(
        words[at : at + size - 1] == row[:-1] and _is_same(words[at + size - 1], last)
        for at in range(len(words) - size + 1)
    )


def _is_same(word: str, meant: str) -> bool:
    stem, last = meant[:-1], meant[-1]
    return (
        _ends(word, meant, ENDINGS)
        or _ends(word, meant + last, DOUBLED)
        or (last == "e" and _ends(word, stem, WITHOUT_E))
        or (last == "y" and _ends(word, stem, WITHOUT_Y))
    )


def _ends(word: str, stem: str, endings: tuple[str, ...]) -> bool:
    return word.startswith(stem) and word[len(stem) :] in endings
