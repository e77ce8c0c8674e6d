"""Strings that a pattern can match, made from its own parts; and what could make it slow."""

import random
import re
from collections.abc import Iterable, Iterator
from re import _constants as signs  # type: ignore[attr-defined]  # the only way to a parsed pattern
from re import _parser as parser  # type: ignore[attr-defined]  # as above
from typing import Any

# Stands for "any letter"; it makes a word that is no word, so that no filler counts as needed.
FILLER = "ʒ"

Tree = Iterable[tuple[Any, Any]]


def parsed(pattern: re.Pattern[str]) -> Tree:
    tree: Tree = parser.parse(pattern.pattern)
    return tree


def sample(tree: Tree, chance: random.Random) -> str:
    """Return one string of the pattern; looking ahead or back is left out of account."""
    return "".join(_part(kind, value, chance) for kind, value in tree)


def _part(kind: Any, value: Any, chance: random.Random) -> str:
    if kind is signs.LITERAL:
        return chr(value)
    if kind is signs.IN:
        return _one_of(value, chance)
    if kind is signs.BRANCH:
        return sample(chance.choices(value[1], [leaves(tree) for tree in value[1]])[0], chance)
    if kind is signs.SUBPATTERN:
        return sample(value[3], chance)
    if kind in (signs.MAX_REPEAT, signs.MIN_REPEAT):
        return _repeated(*value, chance)
    return " " if kind in (signs.NOT_LITERAL, signs.ANY) else ""


def _repeated(least: int, most: int, tree: Tree, chance: random.Random) -> str:
    kind, value = next(iter(tree))
    if kind is signs.NOT_LITERAL or (kind is signs.IN and value[0][0] is signs.NEGATE):
        return " "
    if kind is signs.IN and (signs.CATEGORY, signs.CATEGORY_WORD) in value:
        return FILLER * most
    return "".join(
        sample(tree, chance) for _ in range(chance.choice((least, min(most, least + 1))))
    )


def _one_of(value: Any, chance: random.Random) -> str:
    if value[0][0] is signs.NEGATE:
        return " "
    kind, what = chance.choice(value)
    if kind is signs.LITERAL:
        return chr(what)
    if kind is signs.RANGE:
        return "5" if what[0] == ord("0") else FILLER
    return {signs.CATEGORY_WORD: FILLER, signs.CATEGORY_SPACE: " "}.get(what, "5")


# By identity; the tree is kept with its number so that no other takes its place.
_LEAVES: dict[int, tuple[Tree, int]] = {}


def leaves(tree: Tree) -> int:
    """Return how many endings the widest part of `tree` has, so that each is as likely."""
    if id(tree) not in _LEAVES:
        _LEAVES[id(tree)] = (tree, _leaves(tree))
    return _LEAVES[id(tree)][1]


def _leaves(tree: Tree) -> int:
    widest = 1
    for kind, value in tree:
        if kind is signs.BRANCH:
            widest = max(widest, sum(leaves(each) for each in value[1]))
        elif kind is signs.SUBPATTERN:
            widest = max(widest, leaves(value[3]))
        elif kind in (signs.MAX_REPEAT, signs.MIN_REPEAT):
            widest = max(widest, leaves(value[2]))
    return widest


def unbounded(tree: Tree) -> Iterator[int]:
    """Yield the upper bound of every repeat that has none worth the name."""
    for kind, value in tree:
        if kind in (signs.MAX_REPEAT, signs.MIN_REPEAT):
            if value[1] is signs.MAXREPEAT or value[1] > 200:
                yield int(value[1])
            yield from unbounded(value[2])
        elif kind is signs.SUBPATTERN:
            yield from unbounded(value[3])
        elif kind is signs.BRANCH:
            for each in value[1]:
                yield from unbounded(each)
        elif kind in (signs.ASSERT, signs.ASSERT_NOT):
            yield from unbounded(value[1])


def longest(tree: Any) -> int:
    """Return how many characters a match can span, with what it looks at before and behind."""
    return int(tree.getwidth()[1]) + max(_looks(tree), default=0)


def _looks(tree: Tree) -> Iterator[int]:
    for kind, value in tree:
        if kind in (signs.ASSERT, signs.ASSERT_NOT):
            yield int(value[1].getwidth()[1])
        elif kind is signs.BRANCH:
            for each in value[1]:
                yield from _looks(each)
        elif kind is signs.SUBPATTERN:
            yield from _looks(value[3])
        elif kind in (signs.MAX_REPEAT, signs.MIN_REPEAT):
            yield from _looks(value[2])
