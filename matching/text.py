"""How close two people's own words are: mean-centred, saturated, copied texts set aside.

Centring (subtracting the population's mean vector) takes away what everybody writes and lessens
hubs (Suzuki et al., EMNLP 2013); it does what inverse document frequencies would, without making
a text's vector depend on other people. Ten ordinary sentences stand beside every population, so
that the mean means something when three people are here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from matching import ngrams, vectors
from matching.vectors import Floats, Vectors

# "Above about the 95th percentile more similar is not better" (docs: similar, not identical).
ORDINARY_PERCENTILE: Final = 95
# What the percentile point is worth: the last tenth is spread over everything above it, so that
# order is kept and a closer text can gain no more than that.
KNEE: Final = 0.9
# The percentile can't be told from few pairs: it begins at the encoder's own cosine, worth as many
# pairs.
ORDINARY_PAIRS: Final = 2_000
# Below this, closeness would be read into chance.
LEAST_ORDINARY_COSINE: Final = 0.05
# More rows would not move the percentile by more than its own error.
SAMPLED_ROWS: Final = 64
# Shorter ones are phrases that anybody may use.
COPIED_CHARACTERS: Final = 60

BACKGROUND: Final = (
    "I have been through a lot and I would like to talk to somebody who understands.",
    "It has been hard for me this year and I don't know what to do about it.",
    "I am not sure how to say this, but I just want someone to listen to me.",
    "My life is getting better now, and I think that talking with people helped.",
    "I like meeting new people and I am happy to share what I have learned.",
    "There were times when I could not see that things would ever change.",
    "I feel that nobody around me knows what it is like to be where I am.",
    "Most days are all right, some are not, and I am trying to take it slowly.",
    "They told me that it would take time, and it did, more than I had thought.",
    "I would like to find people who have had the same kind of thing happen to them.",
)


class Encoder(Protocol):
    """Turns texts into unit vectors; an empty text into zeros. Pure: no text moves another."""

    @property
    def name(self) -> str:
        """Name and version: vectors of another one can't be compared."""
        ...

    @property
    def dims(self) -> int:
        """Length of a vector."""
        ...

    @property
    def ordinary_cosine(self) -> float:
        """About the 95th percentile of centred cosines: what two texts on one subject have."""
        ...

    @property
    def copied_cosine(self) -> float:
        """From here on, not centred, one of two longer texts was copied from the other."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return shape (n, dims)."""
        ...


class HashedNgrams:
    """The encoder that needs no model. Populations use its sparse form (`vectors.Sparse`)."""

    name: Final = "hashed-ngrams-1"
    dims: Final = ngrams.DIMS
    # Unrelated texts have 0.05.
    ordinary_cosine: Final = 0.2
    # They share nine tenths of their n-grams.
    copied_cosine: Final = 0.9

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return shape (n, 65 536): 256 kB a text, so only for few."""
        counted = ngrams.count(texts)
        made = np.zeros((len(texts), self.dims), dtype=np.float32)
        made[counted.row, counted.column] = counted.weight
        return made


HASHED: Final = HashedNgrams()


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """The texts of a population, compared. n texts; the background follows them in `rows`."""

    said: tuple[str, ...]
    encoder: str
    copied: float
    rows: vectors.Rows
    towards_mean: Floats
    mean_square: float
    lengths: Floats
    is_long: NDArray[np.bool_]
    ordinary: float

    def cosines(self, row: int) -> Floats:
        """Return mean-centred cosines in [-1, 1] with one text; 0 where either is empty. (n,)."""
        return self._centred(row, self.rows.dots(row))

    def shares(self, row: int) -> Floats:
        """Return cosines as shares of the ordinary cosine, from 0; 0 for copied texts. Shape (n,).

        Hand them to `worth` or `worth_alike`.
        """
        dots = self.rows.dots(row)
        shares = np.maximum(self._centred(row, dots), 0.0) / self.ordinary
        is_copied = (dots[: len(shares)] >= self.copied) & self.is_long & self.is_long[row]
        return np.where(is_copied, 0.0, shares)

    def among(self, rows: Sequence[int]) -> Floats:
        """Return the mean-centred cosines of these texts with one another. Shape (m, m)."""
        few = np.asarray(rows, dtype=np.intp)
        towards = self.towards_mean[few]
        centred = self.rows.among(few) - towards[:, None] - towards + self.mean_square
        scale = np.outer(self.lengths[few], self.lengths[few])
        return np.where(scale > 0, centred / np.where(scale > 0, scale, 1.0), 0.0)

    def _centred(self, row: int, dots: Floats) -> Floats:
        size = len(self.is_long)
        centred = dots - self.towards_mean - self.towards_mean[row] + self.mean_square
        scale = self.lengths * self.lengths[row]
        cosines = np.where(scale > 0, centred / np.where(scale > 0, scale, 1.0), 0.0)
        return np.asarray(cosines[:size], dtype=np.float64)


def worth(shares: Floats) -> Floats:
    """Return closeness in [0, 1], higher is closer, saturated at the ordinary cosine."""
    above = 1.0 - (1.0 - KNEE) * np.exp(1.0 - np.maximum(shares, 1.0))
    return np.where(shares < 1.0, KNEE * shares, above)


def worth_alike(shares: Floats) -> Floats:
    """Return closeness in [0, 1] for people who want others as alike as possible (promise 34).

    Four times the ordinary cosine, which few pairs pass, counts as 1; below in proportion.
    """
    return np.minimum(shares / 4.0, 1.0)


def compare(
    texts: Sequence[str], *, encoder: Encoder = HASHED, before: Texts | None = None
) -> Texts:
    """Make the texts of a population comparable, row by row in their order.

    With `before`, most of the same texts, only new ones are read, and what is ordinary stays what
    it was: one person's change moves the percentile by less than its own error. One of another
    encoder can't be compared and isn't used.
    """
    before = before if before and before.encoder == encoder.name else None
    every = (*texts, *BACKGROUND)
    rows = _rows(every, encoder, before)
    towards_mean = rows.mean_dots()
    mean_square = float(towards_mean[rows.is_said()].mean())
    squares = np.maximum(1.0 - 2 * towards_mean + mean_square, 0.0)
    compared = Texts(
        said=tuple(texts),
        encoder=encoder.name,
        copied=encoder.copied_cosine,
        rows=rows,
        towards_mean=towards_mean,
        mean_square=mean_square,
        lengths=np.where(rows.is_said(), np.sqrt(squares), 0.0),
        is_long=np.array([len(text) >= COPIED_CHARACTERS for text in texts], dtype=np.bool_),
        ordinary=before.ordinary if before else encoder.ordinary_cosine,
    )
    return compared if before else replace(compared, ordinary=_ordinary(compared))


def _rows(texts: Sequence[str], encoder: Encoder, before: Texts | None) -> vectors.Rows:
    if isinstance(encoder, HashedNgrams):
        return vectors.sparse(texts, _entries(before) if before else {})
    return vectors.dense(texts, encoder.encode, _vectors(before) if before else {})


def _entries(before: Texts) -> dict[str, vectors.Entries]:
    if not isinstance(before.rows, vectors.Sparse):
        return {}
    return {said: before.rows.entries(row) for row, said in enumerate(before.said)}


def _vectors(before: Texts) -> dict[str, vectors.Vectors]:
    if not isinstance(before.rows, vectors.Dense):
        return {}
    known = (*before.said, *BACKGROUND)
    return dict(zip(known, before.rows.vectors, strict=True))


def _ordinary(texts: Texts) -> float:
    """Return the cosine at the percentile, from evenly spaced rows against all."""
    said = np.flatnonzero(texts.lengths[: len(texts.is_long)] > 0)
    sampled = said[:: max(1, len(said) // SAMPLED_ROWS)]
    pairs = [texts.cosines(row)[said[said != row]] for row in sampled]
    found = np.concatenate([np.zeros(0), *pairs])
    if not len(found):
        return texts.ordinary
    point = max(float(np.percentile(found, ORDINARY_PERCENTILE)), LEAST_ORDINARY_COSINE)
    share = len(found) / (len(found) + ORDINARY_PAIRS)
    return share * point + (1 - share) * texts.ordinary


def pair_cosine(first: str, second: str) -> float:
    """Return the centred cosine of two texts on their own, whoever else is here; in [-1, 1]."""
    return float(compare((first, second)).cosines(0)[1])
