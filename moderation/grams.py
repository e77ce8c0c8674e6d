"""A text as what it is made of: words, pairs of words, and runs of letters inside words. Pure.

Letters are taken inside each word with a blank on either side, three to five at a time, so that a
misspelt word still shares most of them with the word that was meant. Linear in the text.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

LEAST, MOST = 3, 5
_WORDS: Final = re.compile(r"\w+|[^\w\s.,;:'\"()\[\]/-]")
# Before a word or a pair of words, so that neither is taken for letters.
_WORD: Final = "\t"
# A window of this many words, and how far on the next one begins: padding hides nothing in them.
WINDOW, STRIDE = 14, 7


def of(text: str) -> list[str]:
    """Return every gram of a plain spelling (`moderation.normalise`), as often as it occurs."""
    return of_words(words(text))


def words(text: str) -> list[str]:
    """Return a text's words, and the signs that say something: ? ! @ and emoji, not commas."""
    found: list[str] = _WORDS.findall(text)
    return found


def of_words(words: Sequence[str]) -> list[str]:
    """As `of`, for words that were cut already."""
    found = [pair(one, other) for one, other in pairwise(words)]
    for word in words:
        found += of_word(word)
    return found


def of_word(word: str) -> list[str]:
    """Return the grams within one word: itself, and runs of its letters."""
    padded = f" {word} "
    size = len(padded)
    found = [_WORD + word]
    for length in range(LEAST, min(MOST, size) + 1):
        found += [padded[at : at + length] for at in range(size - length + 1)]
    return found


def pair(one: str, other: str) -> str:
    """Return the gram of two neighbours."""
    return f"{_WORD}{one} {other}"


def windows(size: int) -> list[tuple[int, int]]:
    """Return where the whole of so many words begins and ends, then each window of it.

    There are none up to `WINDOW` words; the last one ends with the whole.
    """
    if size <= WINDOW:
        return [(0, size)]
    begins = [*range(0, size - WINDOW, STRIDE), size - WINDOW]
    return [(0, size), *((at, at + WINDOW) for at in begins)]
