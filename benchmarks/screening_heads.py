"""Figures of the linear heads on texts they did not learn from."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from benchmarks import screening_figures
from benchmarks.screening_figures import Figures
from core.safety import Category, Context
from moderation import authored, grams, lessons, outlines, training
from moderation.authored import Example
from moderation.heads import Heads, Scores
from moderation.labelled import Labelled
from moderation.meanings import Meanings
from moderation.screening import RulesScreening

# Where a head is surer than this it would be heeded, if nothing else were known of budgets.
SURE: Final = 0.5
# A budget at which evasions are asked about: at fewer looks too little is found to compare.
OFTEN: Final = 20
MOST_ASKED: Final = 2_000


def without(
    public: Sequence[Labelled],
    asked: Sequence[Labelled],
    *,
    source: str,
    meanings: Meanings | None,
) -> list[float]:
    """Return the shares that heads give which learned from everything but that source."""
    about = asked[0].about
    learned_from = lessons.every([one for one in public if one.source != source])
    heads = training.train(learned_from, only=about, meanings=meanings, classes=outlines.shipped())
    return [shares(heads, one.text)[about] for one in asked]


def same_places(
    public: Sequence[Labelled], *, meanings: Meanings | None, found: Callable[[Labelled], bool]
) -> dict[str, Figures]:
    """Return figures on a fifth of each part of which the rest taught: what the same place says.

    `found` tells whether a rule finds what a text is asked about.
    """
    asked = [one for one in public if _is_held_out(one)]
    taught = lessons.every(one for one in public if not _is_held_out(one))
    heads = training.train(taught, meanings=meanings, classes=outlines.shipped())
    figures: dict[str, Figures] = {}
    for (about, source), texts in screening_figures.by_source(asked).items():
        some = texts[:MOST_ASKED]
        if len({one.shows for one in some}) < 2:
            continue
        scores = []
        for one in some:
            share = shares(heads, one.text)[one.about]
            scores.append((1 + share) / 2 if found(one) else share)
        figures[f"{about}, {source}"] = screening_figures.of([one.shows for one in some], scores)
    return figures


def _is_held_out(one: Labelled) -> bool:
    return hashlib.sha256(one.text.encode()).digest()[0] % authored.KEPT_BACK == 0


def shares(heads: Heads, text: str) -> Scores:
    """Return how sure heads are of a text as it was written."""
    return heads.scores(grams.words(lessons.plain(text)))


def fresh_voice(screening: RulesScreening) -> Figures:
    """Return how much distress is noticed in a voice that nothing was made from, and how much calm.

    Nothing may learn from these lines, and no rule be made for them: then they would tell nothing.
    """
    written = Path(__file__).with_name("fresh_voice.jsonl").read_text(encoding="utf-8")
    figures: Figures = {}
    for is_meant, name in ((True, "noticed"), (False, "false alarms")):
        texts = [one.text for one in authored.read(written.splitlines())
                 if one.shows_it is is_meant]  # fmt: skip
        verdicts = [screening.screen(text, Context()) for text in texts]
        told = [Category.DISTRESS in one.categories for one in verdicts]
        figures[name] = sum(told) / len(told)
    return figures


def kept_back(heads: Heads, examples: Iterable[Example]) -> dict[str, Figures]:
    """Return figures on the fifth of the examples that is kept back, category by category.

    For each: asked of its own examples; then, for each way of speaking, the share that is flagged.
    """
    held = [one for one in examples if one.is_kept_back]
    scores = {one: shares(heads, one.whole) for one in held}
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
        kinds[f"{about.value}, {side}: {one.kind}"].append(shares(heads, one.whole)[about])
    return {
        name: {
            "texts": float(len(shares)),
            "flagged": sum(one > SURE for one in shares) / len(shares),
        }
        for name, shares in sorted(kinds.items())
    }
