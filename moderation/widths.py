"""How long a match of a pattern can be, so that a long text is searched only near its words.

Python knows how to read its patterns, but keeps that to itself: where it stops telling, every
pattern reaches as far as any of ours (`moderation.nearness.REACH`), which is slower and as right.
"""

import importlib
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from moderation.nearness import REACH

# A letter more on either side, for the edges of words.
EDGES: Final = 2


def _reader() -> Any:
    try:
        return importlib.import_module("re._parser")
    except ImportError:
        return None


READER: Final[Any] = _reader()


def widest(pattern: str, parser: Any = READER) -> int:
    """Return how many characters a match, with what it looks ahead and back at, is long at most."""
    if parser is None:
        return REACH
    return min(REACH, _width(parser.parse(pattern)) + EDGES)


def _width(tree: Iterable[tuple[Any, Any]]) -> int:
    return sum(_part(str(kind), value) for kind, value in tree)


def _part(kind: str, value: Any) -> int:
    # Something that none of ours has counts as reaching as far as any.
    return _PARTS.get(kind, lambda _value: REACH)(value)


def _repeated(value: Any) -> int:
    _, most, tree = value
    return min(REACH, min(int(most), REACH) * _width(tree))


_PARTS: Final[Mapping[str, Callable[[Any], int]]] = MappingProxyType(
    {
        "AT": lambda _value: 0,
        "ASSERT": lambda value: _width(value[1]),
        "ASSERT_NOT": lambda value: _width(value[1]),
        "BRANCH": lambda value: max(map(_width, value[1])),
        "SUBPATTERN": lambda value: _width(value[3]),
        "MAX_REPEAT": _repeated,
        "MIN_REPEAT": _repeated,
        **dict.fromkeys(("LITERAL", "NOT_LITERAL", "IN", "ANY"), lambda _value: 1),
    }
)
