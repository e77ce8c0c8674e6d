"""What counted things say of the parts of a text, by scikit-learn's reckoning of TF-IDF. Pure.

How often a thing occurs counts as 1 + its logarithm, times how rare it is; each part is brought to
one length (`TfidfVectorizer(sublinear_tf=True)`).
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Places = npt.NDArray[np.intp]
_LOG_OFTEN: Final = np.concatenate(([0.0], 1 + np.log(np.arange(1, 100_000)))).astype(np.float32)


def margins(
    items: Places, owners: Places, at: Places, *, parts: int, rarity: Floats, weights: Floats
) -> Floats:
    """Return what the things in each part say. Shape (parts, heads).

    `items`: the place of each thing in a text, in its order. `owners` and `at`: which part holds
    the thing at which position, one for each pair.
    """
    seen, which = np.unique(items, return_inverse=True)
    often = np.bincount(owners * len(seen) + which[at], minlength=parts * len(seen))
    weighed = _log_often(often.reshape(parts, -1)) * rarity[seen]
    lengths = np.sqrt(np.einsum("ij,ij->i", weighed, weighed))[:, None]
    said: Floats = weighed @ weights[seen] / np.maximum(lengths, 1e-9)
    return said


def runs(starts: Places, stops: Places) -> tuple[Places, Places]:
    """Return of half-open runs every place and which run it is of: `owners` and `at` above."""
    sizes = stops - starts
    owners = np.repeat(np.arange(len(sizes)), sizes)
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return owners, np.repeat(starts, sizes) + within


def weighed(items: Places, rarity: Floats) -> tuple[Places, Floats]:
    """Return the places that occur, ascending, and how much each of them counts in a whole.

    Shapes (places,), (places,); in length the second is 1, or empty.
    """
    seen, often = np.unique(items, return_counts=True)
    if not len(seen):
        return seen, np.zeros(0)
    counts: Floats = _log_often(often) * rarity[seen]
    return seen, counts / np.sqrt(counts @ counts)


def _log_often(often: npt.NDArray[np.intp]) -> Floats:
    """Return how much things count that occur so often: 1 + its logarithm, and 0 for none."""
    return _LOG_OFTEN[np.minimum(often, len(_LOG_OFTEN) - 1)]
