"""The modules of the house, each read and parsed once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = (
    "beenthere", "web", "api", "moderation", "groups", "matching", "chat", "people", "core",
)  # fmt: skip


@cache
def parsed(file: Path) -> ast.Module:
    """Return a file's syntax. It is shared: to be read, and never changed."""
    return ast.parse(file.read_text("utf-8"))


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield every module of every package, by its path in the house."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield str(file.relative_to(ROOT)), parsed(file)
