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
    found = [_WORD + word for word in words]
    found += [f"{_WORD}{one} {other}" for one, other in pairwise(words)]
    for word in words:
        padded = f" {word} "
        size = len(padded)
        for length in range(LEAST, min(MOST, size) + 1):
            found += [padded[at : at + length] for at in range(size - length + 1)]
    return found


def windows(words: Sequence[str]) -> list[Sequence[str]]:
    """Return the whole, and above `WINDOW` words each window of it; the last one ends with it."""
    if len(words) <= WINDOW:
        return [words]
    begins = [*range(0, len(words) - WINDOW, STRIDE), len(words) - WINDOW]
    return [words, *(words[at : at + WINDOW] for at in begins)]
