"""Words, word pairs and runs of characters inside words, hashed; many texts at once in NumPy.

Nothing is fitted and nothing depends on the process: a text has the same vector everywhere.
Hashed vectors: Weinberger et al., ICML 2009. Characters within words: Cavnar & Trenkle 1994.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Indices = NDArray[np.intp]
Floats = NDArray[np.float64]

BITS: Final = 16
DIMS: Final = 1 << BITS
# Texts are hashed some at a time, so that a big import doesn't need memory for all at once.
_BATCH_CHARACTERS: Final = 500_000
# As good as 3, 4 and 5 (P@5 .564 against .562 in benchmarks.matching) for less than half the work:
# runs of three are in nearly every text.
_CHARACTERS: Final = (4, 6)
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
_SPACE: Final = np.uint64(1)


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each text (row) holds each hashed n-gram (column), by row and column."""

    row: Indices
    column: Indices
    weight: Floats


@dataclass(frozen=True, slots=True)
class _Characters:
    """Letters and digits of many texts in a row, one space between words and texts."""

    code: Hashes
    text: Indices
    is_word: NDArray[np.bool_]


def count(texts: Sequence[str]) -> Counted:
    """Return L2-normalised, sublinear (1 + ln tf) weights of every text's hashed n-grams.

    A text without letters or digits has no entries.
    """
    parts = [_count(texts[start:end], start) for start, end in _batches(texts)]
    if not parts:
        return Counted(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0))
    return Counted(
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.column for part in parts]),
        np.concatenate([part.weight for part in parts]),
    )


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    start, characters = 0, 0
    for end, text in enumerate(texts, 1):
        characters += len(text)
        if characters >= _BATCH_CHARACTERS or end == len(texts):
            yield start, end
            start, characters = end, 0


def _count(texts: Sequence[str], first_row: int) -> Counted:
    characters = _read(texts)
    found = [*_words(characters), *(_inside(characters, size) for size in _CHARACTERS)]
    hashes = np.concatenate([hashed for hashed, _ in found]) >> np.uint64(64 - BITS)
    owners = np.concatenate([owner for _, owner in found]).astype(np.uint64)
    cells, times = np.unique(owners << np.uint64(BITS) | hashes, return_counts=True)
    row = (cells >> np.uint64(BITS)).astype(np.intp)
    weight = 1.0 + np.log(times)
    length = np.sqrt(np.bincount(row, weight * weight, minlength=len(texts)))
    column = (cells & np.uint64(DIMS - 1)).astype(np.intp)
    return Counted(row + first_row, column, weight / length[row])


def _read(texts: Sequence[str]) -> _Characters:
    plain = [f" {unicodedata.normalize('NFKC', text).casefold()} " for text in texts]
    points = np.frombuffer("".join(plain).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    text = np.repeat(np.arange(len(plain)), [len(one) for one in plain])
    distinct, at = np.unique(points, return_inverse=True)
    is_word = np.array([_is_in_word(chr(point)) for point in distinct.tolist()], np.bool_)[at]
    # Of a run of spaces and signs only the first stays, as one space.
    kept = is_word | np.concatenate([[True], is_word[:-1]])
    code = np.where(is_word, _mixed(points.astype(np.uint64) + np.uint64(2)), _SPACE)
    return _Characters(code[kept], text[kept], is_word[kept])


def _is_in_word(character: str) -> bool:
    # Marks belong to their letter: most scripts of South Asia write vowels with them.
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _mixed(hashes: Hashes) -> Hashes:
    """Finish hashes so that every bit counts (fmix64 of MurmurHash3, public domain)."""
    shift = np.uint64(33)
    mixed = (hashes ^ hashes >> shift) * np.uint64(0xFF51AFD7ED558CCD)
    mixed = (mixed ^ mixed >> shift) * np.uint64(0xC4CEB9FE1A85EC53)
    return np.asarray(mixed ^ mixed >> shift, dtype=np.uint64)


def _words(characters: _Characters) -> Iterator[tuple[Hashes, Indices]]:
    """Yield the hashes of single words, then of pairs of neighbours in one text."""
    edges = np.diff(np.concatenate([[0], characters.is_word, [0]]).astype(np.int8))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    owner = characters.text[starts]
    words = _polynomial(characters, starts, ends)
    yield words, owner
    is_pair = owner[1:] == owner[:-1]
    pairs = _mixed(words[:-1] * np.uint64(3) + words[1:])
    yield pairs[is_pair], owner[1:][is_pair]


def _polynomial(characters: _Characters, starts: Indices, ends: Indices) -> Hashes:
    place = np.arange(len(characters.code))
    place[characters.is_word] -= np.repeat(starts, ends - starts)
    place[~characters.is_word] = 0
    powers = np.full(int(place.max(initial=0)) + 1, _ODD)
    powers[0] = 1
    # Wraps modulo 2^64, as a polynomial hash does.
    terms = characters.code * np.multiply.accumulate(powers)[place]
    sums = np.concatenate([np.zeros(1, np.uint64), np.add.accumulate(terms)])
    return _mixed(sums[ends] - sums[starts])


def _inside(characters: _Characters, size: int) -> tuple[Hashes, Indices]:
    """Hash every run of `size` characters that holds no space but at its ends."""
    length = max(0, len(characters.code) - size + 1)
    hashes = np.full(length, np.uint64(size))
    is_inside = np.ones(length, dtype=np.bool_)
    for offset in range(size):
        hashes = hashes * _ODD + characters.code[offset : offset + length]
        if 0 < offset < size - 1:
            is_inside &= characters.is_word[offset : offset + length]
    owner = characters.text[1 : 1 + length]
    return _mixed(hashes)[is_inside], owner[is_inside]
