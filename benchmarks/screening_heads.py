"""Figures of the linear heads on texts they did not learn from."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from benchmarks import screening_figures
from benchmarks.screening_figures import Figures
from core.safety import Category
from moderation import training
from moderation.authored import Example
from moderation.heads import Heads
from moderation.labelled import Labelled

# Where a head is surer than this it would be heeded, if nothing else were known of budgets.
SURE: Final = 0.5


def without(public: Sequence[Labelled], asked: Sequence[Labelled], *, source: str) -> list[float]:
    """Return the shares that heads give which learned from everything but that source."""
    about = asked[0].about
    lessons = training.lessons([one for one in public if one.source != source])
    heads = training.train(lessons, only=about)
    return [heads.scores(training.plain(one.text))[about] for one in asked]


def kept_back(heads: Heads, examples: Iterable[Example]) -> dict[str, Figures]:
    """Return figures on the fifth of the examples that is kept back, category by category.

    For each: asked of its own examples; then, for each way of speaking, the share that is flagged.
    """
    held = [one for one in examples if one.is_kept_back]
    scores = {one: heads.scores(training.plain(one.whole)) for one in held}
    figures: dict[str, Figures] = {}
    for about in heads.categories:
        mine = [one for one in held if one.about is about]
        if len({one.shows_it for one in mine}) < 2:
            continue
        shown = [one.shows_it for one in mine]
        figures[about.value] = screening_figures.of(shown, [scores[one][about] for one in mine])
        figures |= _by_kind(mine, heads, about)
    return figures


def _by_kind(mine: Sequence[Example], heads: Heads, about: Category) -> dict[str, Figures]:
    kinds: defaultdict[str, list[float]] = defaultdict(list)
    for one in mine:
        side = "shows it" if one.shows_it else "not"
        kinds[f"{about.value}, {side}: {one.kind}"].append(
            heads.scores(training.plain(one.whole))[about]
        )
    return {
        name: {
            "texts": float(len(shares)),
            "flagged": sum(one > SURE for one in shares) / len(shares),
        }
        for name, shares in sorted(kinds.items())
    }
