"""The words that straightening a bent spelling may arrive at, with the ways to look them up."""

from collections.abc import Iterable
from itertools import groupby
from typing import Final

# Words so often broken in two that both halves are looked for: "sui cide".
_GUARDED: Final = ("suicide", "suicidal", "kill", "killing", "myself", "yourself", "overdose")

# Words whose misspelling by one letter must not hide them; their slips are no words themselves.
_CENTRAL: Final = (
    *("suicide", "suicidal", "myself", "yourself", "yourselves", "overdose", "overdosed"),
    *("tonight", "anymore", "goodbye", "killing", "swallowed", "worthless", "burden"),
)
_SLIPS: Final = {"kil": "kill", "klil": "kill", "kll": "kill", "dei": "die", "wnat": "want"}


class Lexicon:
    """The words that straightening may arrive at: those of the rulebook and its examples."""

    def __init__(
        self, words: Iterable[str], *, glued: Iterable[str] = (), calm: Iterable[str] = ()
    ) -> None:
        """`glued` are phrases written without spaces ("kill myself"), `calm` words of guards.

        A masked word ("d*e") is never a calm one.
        """
        central = frozenset(words)
        self.words = central.union(calm)
        by_rank = [*sorted(self.words, reverse=True), *sorted(central, reverse=True)]
        self.squeezed = {squeeze(word): word for word in by_rank}
        self.slips = _slips(self.words)
        self.glued = {phrase.replace(" ", ""): phrase for phrase in glued}
        self.halves = _halves(self.words)
        self.left_halves = frozenset(left for left, _ in self.halves) - self.words
        self.bent = self.left_halves | self.glued.keys() | self.slips.keys()
        self.masked: dict[tuple[int, str], list[str]] = {}
        for word in central:
            self.masked.setdefault((len(word), word[0]), []).append(word)

    def unmask(self, token: str) -> str | None:
        """Return the known word that fits `token`, asterisks blank; a guarded one of several."""
        fits = [word for word in self.masked.get((len(token), token[0]), ()) if _fits(token, word)]
        sure = fits if len(fits) == 1 else [word for word in fits if word in _GUARDED]
        return sure[0] if sure else None


def _halves(words: frozenset[str]) -> dict[tuple[str, str], str]:
    pairs = {(word[:cut], word[cut:]): word for word in _GUARDED for cut in range(1, len(word))}
    return {
        pair: word for pair, word in pairs.items() if not (pair[0] in words and pair[1] in words)
    }


def _slips(words: frozenset[str]) -> dict[str, str]:
    """Return central words with a letter left out, or two neighbours swapped, by that spelling."""
    slips = dict(_SLIPS)
    for word in _CENTRAL:
        for at in range(len(word) - 1):
            slips[word[:at] + word[at + 1] + word[at] + word[at + 2 :]] = word
            # The first letter stays: "verdose" is a slip nobody makes.
            slips[word[: at + 1] + word[at + 2 :]] = word
    return {slip: word for slip, word in slips.items() if slip not in words}


def _fits(token: str, word: str) -> bool:
    return all(sign in ("*", letter) for sign, letter in zip(token, word, strict=True))


def squeeze(word: str) -> str:
    """Return `word` with every run of one letter as a single letter."""
    return "".join(letter for letter, _ in groupby(word))
