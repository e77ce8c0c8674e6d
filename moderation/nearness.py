"""Where in a long text words stand near each other, so that only there is searched."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

from moderation import normalise

Span = tuple[int, int]

# Longer than any match of a rule with what it looks at beside itself (tested): whatever word of
# it is found, the whole stands within so many characters.
REACH: Final = 320
_WORD: Final = re.compile(r"\S+")


class Nearness:
    """The places of some words in one canonical text."""

    def __init__(self, text: str, words: frozenset[str]) -> None:
        self._length = len(text)
        self._at: dict[str, list[int]] = {}
        for found in _WORD.finditer(normalise.unpunctuated(text)):
            if found.group() in words:
                self._at.setdefault(found.group(), []).append(found.start())

    def windows(self, sets: Iterable[frozenset[str]], reach: int = REACH) -> list[Span]:
        """Return disjoint stretches, ascending, in which all words of one of `sets` stand near:
        within `reach` characters of the rarest.
        """
        found = [span for words in sets for span in self._around(words, reach)]
        found.sort()
        out: list[Span] = []
        for start, end in found:
            if out and start <= out[-1][1]:
                out[-1] = (out[-1][0], max(end, out[-1][1]))
            else:
                out.append((start, end))
        return out

    def _around(self, words: frozenset[str], reach: int) -> list[Span]:
        """Return the reach of each place of the set's rarest word that has the others near."""
        rarest, *others = sorted([self._at.get(word, []) for word in words], key=len)
        spans = [(max(0, at - reach), min(self._length, at + reach)) for at in rarest]
        for places in others:
            spans = [span for span in spans if _stands(places, *span)]
        return spans


def _stands(places: list[int], start: int, end: int) -> bool:
    nearest = bisect_left(places, start)
    return nearest < len(places) and places[nearest] < end
