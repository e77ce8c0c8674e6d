"""Why somebody is offered, in plain sentences to the person who reads them.

A reason rests on facts both wrote down themselves (`matching.facts`) and is true of both:
`is_true` finds them again from the two documents. What a person weighs, blocks or won't meet is
never said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from core.sentences import Sentence
from matching import wordings
from matching.documents import GroupDocument, Person
from matching.facts import Facts
from matching.wordings import GROUP_KINDS, KINDS, Kind

# Three sentences are read; a fourth makes a list of them.
MOST_REASONS: Final = 3
MOST_NAMED: Final = 2
# Shared words and free evenings are only said where less than this was found of more weight.
ENOUGH_TELLING: Final = 2

_BY_NAME: Final = {kind.name: kind for kind in (*KINDS, *GROUP_KINDS)}


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence, the part of the score its feature gives, and the facts it rests on.

    `kind` and `facts` are enough to say the same in another language.
    """

    kind: str
    sentence: Sentence
    contribution: float
    facts: Facts = ()


def explain(
    reader: Person, other: Person, contributions: Mapping[str, float]
) -> tuple[Reason, ...]:
    """Return one to three reasons, the largest contribution first and no feature twice.

    Practical ones (free times, a shared word) come last, and only where little else was found.
    """
    if reader.has_told_little:
        return (_plain("told_little", other),)
    return _largest(KINDS, reader, other, contributions) or (_plain("here", other),)


def explain_group(
    reader: Person, group: GroupDocument, contributions: Mapping[str, float]
) -> tuple[Reason, ...]:
    """Return one or two reasons for a group, the largest contribution first."""
    if reader.has_told_little:
        return (_plain("group_told_little", group),)
    return _largest(GROUP_KINDS, reader, group, contributions) or (_plain("group_here", group),)


def welcome(group: GroupDocument) -> Reason:
    """Return what is said of the group where everybody new is welcome."""
    return _plain("group_welcome", group)


def of_shown(found: tuple[Reason, ...], reader: Person, shown: Person) -> tuple[Reason, ...]:
    """Return the reasons that rest on what the other shows, and a plain one where none is left."""
    kept = tuple(reason for reason in found if is_true(reason, reader, shown))
    return kept or (_plain("here", shown),)


def shared(reader: Person, other: Person) -> tuple[str, ...]:
    """Return what the two share, unweighed: true facts need no population."""
    alike = {kind.feature: 1.0 for kind in KINDS}
    return tuple(one.sentence for one in explain(reader, other, alike) if one.facts)


def is_true(reason: Reason, reader: Person, other: Person | GroupDocument) -> bool:
    """Tell whether both documents hold the facts and the sentence says just them."""
    if reason.kind in wordings.PLAIN:
        return _is_plainly_true(reason, reader, other)
    kind = _BY_NAME[reason.kind]
    is_found = bool(reason.facts) and set(reason.facts) <= set(kind.find(reader, other))
    return is_found and reason.sentence == wordings.sentence(kind, other, reason.facts)


def _is_plainly_true(reason: Reason, reader: Person, other: Person | GroupDocument) -> bool:
    is_here = other.capacity > 0 if isinstance(other, Person) else other.has_room
    is_said = reason.sentence == wordings.plainly(reason.kind, other)
    if reason.kind == "group_welcome":
        return isinstance(other, GroupDocument) and is_here and other.is_welcome and is_said
    says_little = reason.kind.endswith("told_little")
    return is_here and is_said and reader.has_told_little == says_little


def _largest(
    kinds: Iterable[Kind],
    reader: Person,
    other: Person | GroupDocument,
    contributions: Mapping[str, float],
) -> tuple[Reason, ...]:
    found: dict[str, tuple[Kind, Reason]] = {}
    for kind in kinds:
        part = contributions[kind.feature]
        if part > 0 and kind.feature not in found and (named := kind.find(reader, other)):
            named = named[:MOST_NAMED]
            reason = Reason(kind.name, wordings.sentence(kind, other, named), part, named)
            found[kind.feature] = kind, reason
    ordered = sorted(found.values(), key=lambda pair: -pair[1].contribution)
    telling = [reason for kind, reason in ordered if kind.is_telling]
    others = [reason for kind, reason in ordered if not kind.is_telling]
    return (*telling[:MOST_REASONS], *others[: max(0, ENOUGH_TELLING - len(telling))])


def _plain(kind: str, other: Person | GroupDocument) -> Reason:
    return Reason(kind, wordings.plainly(kind, other), 0.0)
