"""Why a head is sure, in words: the fewest that, taken out, leave it unsure. Pure.

A linear head is a sum, so what each word adds is known. The word that adds most goes first, until
the head is no surer than asked: then what was named is the cause, and not a guess at it.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from core.safety import Category
from moderation import grams
from moderation.heads import Heads

# A reason of more words than these isn't one that anybody reads.
MOST_WORDS: Final = 8


def of(heads: Heads, words: Sequence[str], about: Category, *, above: float) -> tuple[str, ...]:
    """Return the words to name, as they stand in the plain spelling, in their order there.

    Where more than `MOST_WORDS` would have to go, those that add most.
    """
    left, named = list(words), list[str]()
    while left and len(named) < MOST_WORDS and heads.scores(left)[about] > above:
        heaviest = _heaviest(heads, left, about)
        named.append(heaviest)
        left = [word for word in left if word != heaviest]
    return tuple(sorted(named, key=list(words).index))


def _heaviest(heads: Heads, words: Sequence[str], about: Category) -> str:
    """Return the word without which the surest part of a text is least sure."""
    column = heads.categories.index(about)
    parts = [words[start:stop] for start, stop in grams.windows(len(words))]
    surest = max(parts, key=lambda part: heads.margins(part)[column])
    distinct = list(dict.fromkeys(surest))
    without = [
        heads.margins([other for other in surest if other != word])[column] for word in distinct
    ]
    return distinct[int(np.argmin(without))]
