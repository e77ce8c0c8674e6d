"""The encoder this process compares own words with: MiniLM once it is loaded, until then n-grams.

Nothing here is loaded by importing it, nor by choosing: `load` does, in a thread of upkeep's.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import structlog

from core.settings import EncoderName
from matching import minilm, text
from matching.text import Encoder
from matching.vectors import Vectors

log = structlog.get_logger(__name__)

# The longest ago go first.
TEXTS_KEPT: Final = 512


@dataclass(slots=True)
class _Here:
    wanted: EncoderName = EncoderName.HASHED
    loaded: Encoder | None = None
    fault: str = ""


_here = _Here()
_loading = threading.Lock()
# Texts read while somebody waited. Two threads may read the same one; both are right.
_kept: dict[tuple[str, str], Vectors] = {}


def choose(name: EncoderName) -> None:
    """Say which encoder this process is to use; it does so once that is loaded."""
    with _loading:
        _here.wanted, _here.fault = name, ""
        if name is EncoderName.HASHED:
            _here.loaded = None


def use(encoder: Encoder | None) -> None:
    """Use an encoder that is loaded already, instead of the one that was chosen; None: no more."""
    with _loading:
        _here.loaded = encoder


def current() -> Encoder:
    """Return the encoder in use now."""
    return _here.loaded or text.HASHED


def fault() -> str:
    """Say why the encoder that was chosen isn't in use, or nothing."""
    return _here.fault


def load(loader: Callable[[], Encoder] = minilm.load) -> Encoder:
    """Load what was chosen, once; what can't be loaded is logged and done without.

    A second of work: not for an event loop.
    """
    with _loading:
        if _here.wanted is EncoderName.MINILM and _here.loaded is None and not _here.fault:
            try:
                _here.loaded = loader()
            except minilm.NotUsable as unusable:
                _here.fault = str(unusable)
                log.warning("encoder_not_usable", why=_here.fault)
    return current()


@dataclass(frozen=True, slots=True)
class Remembering:
    """An encoder that knows most texts already, by what was stored of them."""

    encoder: Encoder
    known: Mapping[str, Vectors]

    @property
    def name(self) -> str:
        """See `text.Encoder`."""
        return self.encoder.name

    @property
    def dims(self) -> int:
        """See `text.Encoder`."""
        return self.encoder.dims

    @property
    def ordinary_cosine(self) -> float:
        """See `text.Encoder`."""
        return self.encoder.ordinary_cosine

    @property
    def copied_cosine(self) -> float:
        """See `text.Encoder`."""
        return self.encoder.copied_cosine

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return shape (n, dims)."""
        rows = [self.known[one] if one in self.known else self._read(one) for one in texts]
        return np.stack(rows).astype(np.float32)

    def _read(self, words: str) -> Vectors:
        key = (self.encoder.name, words)
        found = _kept.get(key)
        if found is None:
            found = np.asarray(self.encoder.encode((words,))[0], dtype=np.float32)
            _keep(key, found)
        return found


def _keep(key: tuple[str, str], vector: Vectors) -> None:
    _kept[key] = vector
    while len(_kept) > TEXTS_KEPT:
        _kept.pop(next(iter(_kept)), None)
