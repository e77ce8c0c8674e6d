"""Figures of how right a scoring is, per kind of thing to be found and per source of texts.

A scoring gives each text a number; more means surer. What is told of it: the area under precision
and recall (AUPRC), recall where at most .1 %, 1 % or 5 % of the others are flagged, and how far its
numbers are from the shares they claim (expected calibration error, ten equal bins).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import Final

import numpy as np

from benchmarks.evasions import ALL, Evasion
from moderation.labelled import Labelled

Figures = dict[str, float]
Scoring = Callable[[Sequence[str]], Sequence[float]]

FALSE_ALARMS: Final = (0.001, 0.01, 0.05)
BINS: Final = 10
SEED: Final = 5


def of(shown: Sequence[bool], scores: Sequence[float]) -> Figures:
    """Return the figures of these scores, texts in the same order.

    At least one text must show it and one must not.
    """
    # Slow to import (architecture.md, traps), so only where it is needed.
    from sklearn.metrics import average_precision_score  # type: ignore[import-untyped]  # it ships no types

    truth, given = np.asarray(shown, dtype=bool), np.asarray(scores, dtype=float)
    found = {"texts": float(len(truth)), "shown": float(truth.sum())}
    found["auprc"] = float(average_precision_score(truth, given))
    for share in FALSE_ALARMS:
        found[f"recall_at_{share:g}"] = recall_at(truth, given, share)
    return found | {"calibration_error": calibration_error(truth, given)}


def recall_at(truth: np.ndarray, given: np.ndarray, share: float) -> float:
    """Return the recall of the lowest threshold that flags at most this share of the others."""
    others = np.sort(given[~truth])[::-1]
    allowed = int(share * len(others))
    # Above the first score that would be one too many; ties with it are left alone.
    threshold = others[allowed] if allowed < len(others) else -np.inf
    return float((given[truth] > threshold).mean())


def calibration_error(truth: np.ndarray, given: np.ndarray) -> float:
    """Return the mean distance of claimed and true share over bins, weighed by their texts."""
    bins = np.minimum((given * BINS).astype(int), BINS - 1)
    distances = [
        (bins == one).mean() * abs(given[bins == one].mean() - truth[bins == one].mean())
        for one in np.unique(bins)
    ]
    return float(sum(distances))


def flagged(scores: Sequence[float], shown: Sequence[bool], threshold: float = 0.5) -> Figures:
    """Return recall and the share of the others that is flagged, at one threshold."""
    truth, over = np.asarray(shown, dtype=bool), np.asarray(scores, dtype=float) >= threshold
    return {
        "recall": float(over[truth].mean()) if truth.any() else float("nan"),
        "false_alarms": float(over[~truth].mean()) if (~truth).any() else float("nan"),
    }


def by_source(texts: Iterable[Labelled]) -> Mapping[tuple[str, str], list[Labelled]]:
    """Return texts by what they are asked about and where they came from."""
    found: defaultdict[tuple[str, str], list[Labelled]] = defaultdict(list)
    for one in texts:
        found[one.about.value, one.source].append(one)
    return dict(sorted(found.items()))


def under_evasions(
    texts: Sequence[str], is_found: Callable[[str, int], bool], *, ways: Mapping[str, Evasion] = ALL
) -> Figures:
    """Return recall under each way to bend a text, as a share of the recall on clean ones.

    `is_found` is asked of a text and its place in `texts`.
    """
    clean = sum(is_found(text, place) for place, text in enumerate(texts))
    found: Figures = {}
    for name, bend in ways.items():
        chance = Random(SEED)
        bent = sum(is_found(bend(text, chance), place) for place, text in enumerate(texts))
        found[name] = bent / clean if clean else float("nan")
    return found
