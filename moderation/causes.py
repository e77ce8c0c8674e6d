"""Why a head is sure, in words: the fewest that, taken out, leave it unsure. Pure.

A linear head is a sum, so what each word adds is known. The word that adds most goes first, until
the head is no surer than asked: then what was named is the cause, and not a guess at it.
"""

from collections.abc import Sequence
from itertools import accumulate, chain, pairwise
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
    column = heads.categories.index(about)
    while left and len(named) < MOST_WORDS:
        parts = grams.windows(len(left))
        margins = heads.margins_of(left, parts)
        if heads.shares(margins)[about] <= above:
            break
        # Of a long text its surest window: without each word of the whole it would be weighed for
        # as many times as it has words, which takes seconds.
        first = 1 if len(parts) > 1 else 0
        start, stop = parts[first + int(np.argmax(margins[first:, column]))]
        heaviest = _heaviest(heads, left[start:stop], column)
        named.append(heaviest)
        left = [word for word in left if word != heaviest]
    return tuple(sorted(named, key=list(words).index))


def _heaviest(heads: Heads, surest: Sequence[str], column: int) -> str:
    """Return the word without which the surest part of a text is least sure."""
    distinct = list(dict.fromkeys(surest))
    without = [[other for other in surest if other != word] for word in distinct]
    ends = list(accumulate(map(len, without), initial=0))
    # One behind the other, so that they are weighed at once.
    margins = heads.margins_of(list(chain.from_iterable(without)), list(pairwise(ends)))
    return distinct[int(np.argmin(margins[:, column]))]
