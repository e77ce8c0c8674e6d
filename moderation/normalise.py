"""Text as a reader's eye takes it: one plain spelling, traceable to the raw code points.

Two steps. Folding works sign by sign: NFKC, case, accents, invisible and look-alike signs, and
apostrophes are dropped ("don't" and "dont" read alike). Respelling (`moderation.spellings`)
undoes evasions word by word and runs only when something in the text looks like one.
Everything is linear in the text; nothing here raises on any string.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Final

from core.limits import PROFILE_CHARACTERS
from moderation import spellings
from moderation.lexicons import Lexicon

# A sentence split over messages is short in sum; longer earlier texts were judged on their own.
JOINED_CHARACTERS: Final = 280

_APOSTROPHES: Final = "'`´’‘ʼ′＇"
_INVISIBLE: Final = frozenset({"Cf", "Mn", "Me", "Cc", "Cs"})
# Invisible by look, though Unicode counts them as letters or spaces.
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# Where folding may drop or add signs: apostrophes, what is not plain ASCII, runs of spaces.
_UNEVEN: Final = re.compile(r"(?:[ \t]*[^ \t\n\r!-&(-_a-~])+[ \t]*|[ \t]{2,}")
_PUNCTUATION: Final = {
    ord(sign): " " for sign in '.,;:!?"()[]{}<>/\\|-_*~+=#%&@$^' + "،؛؟۔।…«»„“”¿¡–—"
}


def _lookalikes() -> dict[str, str]:
    source = resources.files("moderation").joinpath("rulebook", "lookalikes.toml")
    tables = tomllib.loads(source.read_text(encoding="utf-8"))
    merged = tables["letters"] | tables["signs"]
    return {double: plain for plain, doubles in merged.items() for double in doubles}


class _Folds(dict[int, str]):
    """One sign's plain spelling, worked out when first met (at most one entry per sign)."""

    def __init__(self) -> None:
        super().__init__()
        self._doubles = _lookalikes()

    def __missing__(self, code: int) -> str:
        plain = self._plain(chr(code))
        self[code] = plain
        return plain

    def _plain(self, sign: str) -> str:
        if sign in self._doubles:
            return self._doubles[sign]
        if sign.isspace():
            return "\n" if sign in "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029" else " "
        if sign in _APOSTROPHES or sign in _BLANK_LETTERS:
            return ""
        if unicodedata.category(sign) in _INVISIBLE:
            return ""
        folded = unicodedata.normalize("NFKC", sign).casefold()
        bare = unicodedata.normalize("NFD", folded)
        return "".join(
            self._doubles.get(part, part)
            for part in bare
            if unicodedata.category(part) not in _INVISIBLE and part not in _APOSTROPHES
        ).lower()


_FOLDS: Final = _Folds()


class View:
    """A plain spelling of one raw text; `words` are its distinct words."""

    __slots__ = ("_offsets", "_raw", "_skip", "text", "words")

    def __init__(
        self, raw: str, text: str, *, offsets: Sequence[int] | None = None, skip: int = 0
    ) -> None:
        """`skip` raw characters at the start belong to earlier texts."""
        self.text = text
        self.words = frozenset(unpunctuated(text).split())
        self._raw = raw
        self._offsets = offsets
        self._skip = skip

    @property
    def offsets(self) -> Sequence[int]:
        """Raw code-point offset of every character of `text`, ascending; built when needed."""
        if self._offsets is None:
            self._offsets = _fold_offsets(self._raw)
        return self._offsets

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a half-open span of `text` to the raw text after `skip`; empty if before it."""
        if start >= end:
            return (0, 0)
        first, last = self.offsets[start], self.offsets[end - 1] + 1
        while last < len(self._raw) and not _FOLDS[ord(self._raw[last])]:
            # Invisible signs after the last letter belong to it.
            last += 1
        return max(0, first - self._skip), max(0, last - self._skip)


def canonical(raw: str, lexicon: Lexicon) -> View:
    """Return the plain spelling of `raw`; `lexicon` is what respelling may arrive at."""
    return _view(raw, lexicon, skip=0)


def unpunctuated(folded: str) -> str:
    """Return a plain spelling with a space for each sign that parts words, in the same places."""
    return folded.translate(_PUNCTUATION)


def plain_words(raw: str) -> list[str]:
    """Return the words of `raw` in plain spelling, in order; nothing bent is put straight."""
    return unpunctuated(_fold(raw)).split()


def joined(recent: Sequence[str], raw: str, lexicon: Lexicon) -> View | None:
    """Return `raw` read on from the author's recent texts, or None when there is nothing near."""
    near: list[str] = []
    room = JOINED_CHARACTERS
    for earlier in reversed(recent):
        room -= len(earlier) + 1
        if room < 0:
            break
        near.insert(0, earlier)
    if not near:
        return None
    before = " ".join(near) + " "
    return _view(before + raw, lexicon, skip=len(before))


def _view(raw: str, lexicon: Lexicon, *, skip: int) -> View:
    folded = _fold(raw)
    plain = View(raw, folded, skip=skip)
    if not spellings.is_suspect(folded, plain.words, lexicon):
        return plain
    # Nothing that anybody can send is longer: what lies beyond is folded, not respelt.
    text, steps = spellings.respell(folded[:PROFILE_CHARACTERS], lexicon)
    steps.extend(range(PROFILE_CHARACTERS, len(folded)))
    origins = plain.offsets
    offsets = [origins[step] for step in steps]
    return View(raw, text + folded[PROFILE_CHARACTERS:], offsets=offsets, skip=skip)


def _fold(raw: str) -> str:
    if raw.isascii() and not spellings.has_control_signs(raw):
        folded = raw.lower().replace("'", "").replace("`", "")
        folded = folded.replace("\r", "\n").replace("\t", " ")
    else:
        folded = raw.translate(_FOLDS)
    while "  " in folded:
        # Halves every run of spaces, so few rounds even for a hostile text.
        folded = folded.replace("  ", " ")
    return folded


def _fold_offsets(raw: str) -> Sequence[int]:
    """Go the way of `_fold`: plain stretches keep their offsets, only uneven ones are walked."""
    offsets: list[int] = []
    done = 0
    for found in _UNEVEN.finditer(raw):
        offsets.extend(range(done, found.start()))
        offsets.extend(_walked(raw, *found.span()))
        done = found.end()
    offsets.extend(range(done, len(raw)))
    return offsets


def _walked(raw: str, start: int, end: int) -> Iterator[int]:
    """Yield the offset of every folded sign; of a run of spaces the first stays."""
    was_space = False
    for at in range(start, end):
        for plain in _FOLDS[ord(raw[at])]:
            if plain != " " or not was_space:
                yield at
            was_space = plain == " "
