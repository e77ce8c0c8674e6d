"""Authored examples: what people may say here, written for this project, with what it shows.

They lie in `examples/*.jsonl`, one file to a subject, one JSON object to a line:
`{"text", "about", "kind", "labels", "recent"?}`. `about` is the category an example was written
for and `kind` the way of speaking it stands for; `labels` are all categories it shows, and none of
`about` where it is a counter-example that only looks like it. Nobody real is in them, and no way of
coming to harm is described.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from core.safety import Category

FOLDER: Final = "examples"
# One in so many is kept back: nothing learns from it, so that it can tell what was learned.
KEPT_BACK: Final = 5


@dataclass(frozen=True, slots=True)
class Example:
    """One example. `recent`: what its author said in the same talk just before, oldest first."""

    text: str
    about: Category
    kind: str
    labels: frozenset[Category]
    recent: tuple[str, ...] = ()

    @property
    def shows_it(self) -> bool:
        """True where it shows what it was written about; False for a counter-example."""
        return self.about in self.labels

    @property
    def whole(self) -> str:
        """What was said, with what its author said before it."""
        return "\n".join((*self.recent, self.text))

    @property
    def is_kept_back(self) -> bool:
        """True for the fifth that nothing learns from; decided by its words alone."""
        digest = hashlib.sha256(self.whole.encode()).digest()
        return digest[0] % KEPT_BACK == 0


@cache
def shipped() -> tuple[Example, ...]:
    """Return every example that came with the program, in the order of files and lines."""
    folder = resources.files("moderation").joinpath(FOLDER)
    files = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return tuple(
        one
        for file in files
        if file.name.endswith(".jsonl")
        for one in read(file.read_text(encoding="utf-8").splitlines())
    )


def read(lines: Iterable[str]) -> Iterator[Example]:
    """Read examples from lines of JSON.

    Raises:
        ValueError: a line is none; its message says which.
    """
    for number, line in enumerate(lines, 1):
        try:
            yield _example(json.loads(line))
        except (KeyError, TypeError, ValueError) as fault:
            raise ValueError(f"line {number}: {type(fault).__name__}: {fault}") from None


def _example(told: dict[str, Any]) -> Example:
    return Example(
        text=told["text"],
        about=Category(told["about"]),
        kind=told["kind"],
        labels=frozenset(map(Category, told["labels"])),
        recent=tuple(told.get("recent", ())),
    )
