"""Models as files: the heads that came with the program, and what a card says of them.

Half floats and no pickle, so that opening one runs nothing; a card's sha256 says which it is.
"""

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from core.safety import Category
from moderation.heads import Broken, Heads
from moderation.meanings import Meanings
from moderation.outlines import Outlines

MODEL: Final = "heads.npz"
CARD: Final = "heads.json"


@cache
def shipped() -> Heads | None:
    """Return the model that came with the program, read once per process; None where there is none.

    Raises:
        Broken: it isn't what its card says.
    """
    folder = resources.files("moderation").joinpath("model")
    model, card = folder.joinpath(MODEL), folder.joinpath(CARD)
    if not (model.is_file() and card.is_file()):
        return None
    return read(model.read_bytes(), json.loads(card.read_text(encoding="utf-8")))


def read(model: bytes, card: Mapping[str, Any]) -> Heads:
    """Open a model by its card.

    Raises:
        Broken: it isn't what its card says.
    """
    if hashlib.sha256(model).hexdigest() != card["sha256"]:
        raise Broken("the model isn't the one that its card describes")
    with np.load(io.BytesIO(model), allow_pickle=False) as held:
        names = bytes(held["grams"]).decode().split("\n")
        return Heads(
            categories=tuple(map(Category, card["categories"])),
            places={gram: place for place, gram in enumerate(names)},
            rarity=held["rarity"].astype(np.float32),
            weights=held["weights"].astype(np.float32),
            curves=held["curves"],
            meanings=_meanings(held),
            senses=held["senses"].astype(np.float32),
            outlines=_outlines(held),
            looks={Category(one): looks for one, looks in card.get("looks", {}).items()},
            digest=card["sha256"],
        )


def _meanings(held: Mapping[str, Any]) -> Meanings | None:
    if not held["words"].size:
        return None
    words = bytes(held["words"]).decode().split("\n")
    return Meanings(
        places={word: place for place, word in enumerate(words)},
        steps=held["steps"],
        heft=held["heft"].astype(np.float32),
    )


def _outlines(held: Mapping[str, Any]) -> Outlines | None:
    if "outlines" not in held or not held["outlines"].size:
        return None
    classes = (line.split(" ") for line in bytes(held["classes"]).decode().split("\n"))
    names = bytes(held["outlines"]).decode().split("\n")
    return Outlines(
        classes=dict(classes),
        places={name: place for place, name in enumerate(names)},
        rarity=held["outline_rarity"].astype(np.float32),
        weights=held["outline_weights"].astype(np.float32),
    )


def _text(places: Mapping[str, int]) -> npt.NDArray[np.uint8]:
    return _lines(sorted(places, key=places.__getitem__))


def _lines(lines: Iterable[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def written(heads: Heads) -> bytes:
    """Return a model as `read` opens it: half floats, no pickle, the same bytes each time."""
    made = io.BytesIO()
    np.savez_compressed(
        made,
        allow_pickle=False,
        grams=_text(heads.places),
        rarity=heads.rarity.astype(np.float16),
        weights=heads.weights.astype(np.float16),
        curves=heads.curves,
        senses=heads.senses.astype(np.float16),
        **_outlines_written(heads.outlines),
        words=_text(heads.meanings.places if heads.meanings else {}),
        steps=heads.meanings.steps if heads.meanings else np.zeros((0, 0), dtype=np.int8),
        heft=(heads.meanings.heft if heads.meanings else np.zeros(0)).astype(np.float16),
    )
    return made.getvalue()


def _outlines_written(outlines: Outlines | None) -> dict[str, npt.NDArray[Any]]:
    if outlines is None:
        return {"outlines": _lines([])}
    return {
        "classes": _lines(f"{word} {name}" for word, name in outlines.classes.items()),
        "outlines": _text(outlines.places),
        "outline_rarity": outlines.rarity.astype(np.float16),
        "outline_weights": outlines.weights.astype(np.float16),
    }
