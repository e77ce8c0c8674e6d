"""Learning from what people decide here: a proposal, and the figures that say if it is better.

Each category is learned by itself, beside the shipped examples, so that thirty decisions move a
little and three nothing. It is proposed only if it is better on decisions of people it has not
learned from, loses nothing of any way of speaking among the examples that are kept back, and calls
nobody more often on calm talk. A person promotes it (`moderation.learning`). Needs scikit-learn.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from core.safety import Category
from moderation import corrections, exercises
from moderation.corrections import Correction, Fit
from moderation.decided import Decided
from moderation.exercises import Counted, Text
from moderation.features import SENSE
from moderation.heads import Heads
from moderation.outcomes import FEW, LEARNED, LOSES, Told, judged

Places = npt.NDArray[np.intp]

FEWEST, FEWEST_OF_EACH, FEWEST_PEOPLE = 20, 5, 5
# Of two people at least: a gram of one person's texts alone is their way of writing.
FEWEST_WHO_SAY_IT: Final = 2
FOLDS: Final = 5
# How much of what was learned is tried, the most first.
STEPS: Final = (1.0, 0.5, 0.25)
# Wide beside the grams, so that the shipped margin is taken as it is.
_SCALE: Final = 10.0


@dataclass(frozen=True, slots=True)
class Learned:
    """A correction, if any category came out better, and what became of each."""

    correction: Correction | None
    told: tuple[Told, ...]


def learn(heads: Heads, decided: Sequence[Decided], above: Mapping[Category, float]) -> Learned:
    """Learn from decisions; `above` are the shares above which a guess brings somebody here."""
    told: list[Told] = []
    kept: dict[Category, Fit] = {}
    for about, share in above.items():
        one, fit = _Head(heads, about, share).learned(
            [each for each in decided if about in each.about]
        )
        told.append(one)
        if fit is not None:
            kept[about] = fit
    return Learned(corrections.joined(heads.digest, kept) if kept else None, tuple(told))


class _Head:
    """One category while it is learned."""

    def __init__(self, heads: Heads, about: Category, above: float) -> None:
        self.heads, self.about, self.above = heads, about, above
        self.column = heads.categories.index(about)

    def learned(self, decided: Sequence[Decided]) -> tuple[Told, Fit | None]:
        """Return what became of it, and what to add to its weights if it is better."""
        texts = [
            one for one in exercises.decisions(decided, self.about) if self.heads.knows(one.words)
        ]
        so = sum(one.shows for one in texts)
        told = Told(self.about.value, so, len(texts) - so, FEW)
        people = len({one.author for one in texts})
        if (
            len(texts) < FEWEST
            or min(so, len(texts) - so) < FEWEST_OF_EACH
            or people < FEWEST_PEOPLE
        ):
            return told, None
        counted = exercises.counted(self.heads, self.about, texts)
        fit, folds = self._fitted(texts, counted), list(self._folds(texts, counted))
        for step in STEPS:
            told = judged(told, [fold.asked(self, step) for fold in folds])
            if told.outcome == LEARNED:
                lost = self._lost(fit.times(step))
                if not lost:
                    return told, fit.times(step)
                told = Told(**(told.as_json | {"outcome": LOSES, "lost": lost}))
        return told, None

    def _folds(self, texts: Sequence[Text], counted: Counted) -> Iterator["_Fold"]:
        """Yield what is learned from some of the people, and what the others decided."""
        from sklearn.model_selection import GroupKFold  # type: ignore[import-untyped]  # it ships no types

        authors = [str(one.author) for one in texts]
        folds = GroupKFold(min(FOLDS, len(set(authors))))
        for taught, asked in folds.split(texts, groups=authors):
            fit = self._fitted(texts, counted, taught.tolist())
            yield _Fold(fit, [texts[at] for at in asked if not texts[at].by_rule])

    def _lost(self, fit: Fit) -> tuple[str, ...]:
        """Return the ways of speaking of which fewer examples come out right than before."""
        after = self.with_fit(fit)
        right: dict[str, list[int]] = {}
        for one in exercises.kept_back(self.about):
            found = right.setdefault(one.kind, [0, 0])
            for when, heads in enumerate((self.heads, after)):
                found[when] += (one.by_rule or self.is_over(heads, one)) == one.shows
        return tuple(sorted(kind for kind, (was, now) in right.items() if now < was))

    def with_fit(self, fit: Fit) -> Heads:
        """Return the shipped heads with this added."""
        one = corrections.joined(self.heads.digest, {self.about: fit})
        return corrections.applied(self.heads, one)

    def is_over(self, heads: Heads, one: Text) -> bool:
        """Tell whether a guess would bring somebody to this text."""
        return heads.scores(one.words)[self.about] > self.above

    def _fitted(
        self, texts: Sequence[Text], counted: Counted, only: Sequence[int] | None = None
    ) -> Fit:
        """Return what to add to which weights, learned beside the shipped examples.

        `counted`: the shipped examples, then `texts`; of these `only` some are learned from.
        """
        from scipy import sparse  # type: ignore[import-untyped]  # it ships no types
        from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # it ships no types

        chosen = list(range(len(texts))) if only is None else only
        shipped = len(counted.shown) - len(texts)
        rows = [*range(shipped), *(shipped + at for at in chosen)]
        places = self._said_by_several([texts[at] for at in chosen])
        told = [
            _SCALE * counted.margins[rows, None],
            counted.grams[rows][:, places],
            counted.meant[rows],
        ]
        model = LogisticRegression(solver="liblinear")
        columns = sparse.hstack(told).tocsr()
        model.fit(columns, counted.shown[rows], sample_weight=counted.heed[rows])
        trust, added = model.coef_[0][0], model.coef_[0][1:]
        if trust <= 0:
            # What was decided says the opposite of the examples: nothing to go by.
            return Fit(places[:0], np.zeros(0), np.zeros(len(self.heads.senses)))
        added = added / (trust * _SCALE)
        turned = np.zeros(len(self.heads.senses))
        turned[: counted.meant.shape[1]] = SENSE * added[len(places) :]
        return Fit(places, added[: len(places)], turned)

    def _said_by_several(self, texts: Iterable[Text]) -> Places:
        who: dict[int, set[object]] = {}
        for one in texts:
            for place in self.heads.counted(one.words)[0].tolist():
                who.setdefault(place, set()).add(one.author)
        several = [place for place, people in who.items() if len(people) >= FEWEST_WHO_SAY_IT]
        return np.array(sorted(several), dtype=np.intp)


@dataclass(frozen=True, slots=True)
class _Fold:
    """What was learned from some people's texts, and the texts of others."""

    fit: Fit
    texts: Sequence[Text]

    def asked(self, head: _Head, step: float) -> list[tuple[bool, bool, bool]]:
        """Return for each text whether it is so, and whether it is guessed before and after."""
        after = head.with_fit(self.fit.times(step))
        return [
            (one.shows, head.is_over(head.heads, one), head.is_over(after, one))
            for one in self.texts
        ]
