"""Where in a long text words stand near each other, so that only there is searched."""

import re
from bisect import bisect_left
from typing import Final

Span = tuple[int, int]

# Longer than any match of a rule: its words stand at most so far from its ends.
REACH: Final = 300
_WORD: Final = re.compile(r"[a-z0-9]+")


class Nearness:
    """The places of some words in one canonical text."""

    def __init__(self, text: str, words: frozenset[str]) -> None:
        self._length = len(text)
        self._at: dict[str, list[int]] = {}
        for found in _WORD.finditer(text):
            if found.group() in words:
                self._at.setdefault(found.group(), []).append(found.start())

    def windows(self, word: str, others: frozenset[str]) -> list[Span]:
        """Return disjoint stretches around each `word` that has all `others` near."""
        out: list[Span] = []
        for at in self._at.get(word, ()):
            start, end = max(0, at - REACH), min(self._length, at + REACH)
            if others and not all(self._stands(other, start, end) for other in others):
                continue
            if out and start <= out[-1][1]:
                out[-1] = (out[-1][0], end)
            else:
                out.append((start, end))
        return out

    def _stands(self, word: str, start: int, end: int) -> bool:
        places = self._at.get(word, [])
        nearest = bisect_left(places, start)
        return nearest < len(places) and places[nearest] < end
