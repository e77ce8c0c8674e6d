"""The words that straightening a bent spelling may arrive at, with the ways to look them up."""

from collections.abc import Iterable
from itertools import groupby
from typing import Final

# Words so often broken in two that both halves are looked for: "sui cide".
_GUARDED: Final = ("suicide", "suicidal", "kill", "killing", "myself", "yourself", "overdose")


class Lexicon:
    """The words that straightening may arrive at: those of the rulebook and its examples."""

    def __init__(self, words: Iterable[str], *, glued: Iterable[str] = ()) -> None:
        """`glued` are phrases people write without spaces ("kill myself")."""
        self.words = frozenset(words)
        self.squeezed = {squeeze(word): word for word in sorted(self.words, reverse=True)}
        self.glued = {phrase.replace(" ", ""): phrase for phrase in glued}
        self.halves = _halves(self.words)
        self.left_halves = frozenset(left for left, _ in self.halves) - self.words
        self.bent = self.left_halves | self.glued.keys()
        self.masked: dict[tuple[int, str], list[str]] = {}
        for word in self.words:
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


def _fits(token: str, word: str) -> bool:
    return all(sign in ("*", letter) for sign, letter in zip(token, word, strict=True))


def squeeze(word: str) -> str:
    """Return `word` with every run of one letter as a single letter."""
    return "".join(letter for letter, _ in groupby(word))
