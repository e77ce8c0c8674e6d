"""`been-there train-screening`: learn the heads anew and write them down with what they are."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

from moderation import authored, grams, lessons, meanings, models, outlines, training
from moderation.heads import Heads
from moderation.lessons import Lesson


def run(data: Path, into: Path) -> str:
    """Learn from the shipped examples and a folder of public data; return what was written.

    Raises:
        FileNotFoundError: nothing of the public data lies there.
    """
    taught = lessons.every(lessons.public(data))
    learned = training.train(
        taught,
        meanings=meanings.learn(grams.words(one.text) for one in taught),
        classes=outlines.shipped(),
    )
    model = models.written(learned)
    into.mkdir(parents=True, exist_ok=True)
    (into / models.MODEL).write_bytes(model)
    told = json.dumps(card(model, learned, taught), indent=2) + "\n"
    (into / models.CARD).write_text(told, encoding="utf-8")
    size = f"{len(model) / 1_000_000:.1f} MB"
    return f"{len(taught)} texts taught {len(learned.categories)} heads: {size} in {into}."


def card(model: bytes, learned: Heads, learned_from: list[Lesson]) -> dict[str, Any]:
    """Return what a model is: the categories in the order of its columns, and what taught them."""
    taught = Counter(category for one in learned_from for category in one.teaches)
    shown = Counter(category for one in learned_from for category in one.shows & one.teaches)
    return {
        "sha256": hashlib.sha256(model).hexdigest(),
        "categories": [one.value for one in learned.categories],
        "looks": {one.value: learned.looks[one] for one in learned.categories},
        "grams": len(learned.places),
        "outlines": len(learned.outlines.places) if learned.outlines else 0,
        "texts": {one.value: taught[one] for one in learned.categories},
        "showing_it": {one.value: shown[one] for one in learned.categories},
        "kept_back": sum(one.is_kept_back for one in authored.shipped()),
    }
