"""Who may be offered to whom: the hard rules, each asked in both directions.

`RULES` is the whole table. Every rule has two forms: `forbids`, a predicate over two people, and
`mask`, the same for one person against a population at once. A property test holds them equal.
Rules look at topics only, never at free words, and compare them without case and spacing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching import fields, rules
from matching.documents import AgeBand, Person, Weight
from matching.rules import Away, Clash, Differ, Gate, Lack, Mask, Rule, Side, Stranger


@dataclass(frozen=True, slots=True)
class Standing:
    """What rules need to know of a person and the document doesn't say.

    `apart` are people they must not meet for any reason kept elsewhere: people they named,
    staff who opened their case, a preference set to never. `answered` are people they were shown
    and answered, asked, or talk with. `is_resting` holds for being offered to others: whoever
    prepares a ranking clears it for the person who is asking.
    """

    organisation: str = ""
    is_paused: bool = False
    is_resting: bool = False
    is_suspended: bool = False
    # "I choose, nobody is shown me" (promise 16).
    is_unlisted: bool = False
    # "As alike as possible" (promise 34): no rule, but ranking needs it from the same place.
    wants_alike: bool = False
    open_connections: int = 0
    answered: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()


NOTHING_KNOWN: Final = Standing()

# By id; whoever is missing has nothing known of them.
Standings = Mapping[str, Standing]


def side(person: Person, standing: Standing = NOTHING_KNOWN) -> Side:
    """Reduce a person to what the rules compare."""
    told = _topics(person) | {
        "id": frozenset((person.id,)),
        "blocked": frozenset(person.blocked),
        "languages": frozenset(tag.split("-")[0].lower() for tag in person.languages),
    }
    return Side(told | _known(standing), frozenset(_facts(person, standing)))


def _topics(person: Person) -> dict[str, frozenset[str]]:
    def of(*weights: Weight) -> frozenset[str]:
        found = (e.topic for e in person.experiences if e.weight in weights)
        return frozenset(fields.key(topic) for topic in found if topic)

    return {
        "must": of(Weight.MUST),
        "welcome": of(Weight.MUST, Weight.NICE),
        "never": of(Weight.NEVER),
        # Whoever writes an experience down has it; `never` alone may be about somebody else.
        "lived": of(Weight.MUST, Weight.NICE, Weight.RATHER_NOT),
        "unspoken": frozenset(map(fields.key, person.wont_talk_about)),
    }


def _known(standing: Standing) -> dict[str, frozenset[str]]:
    return {
        "apart": standing.apart,
        "answered": standing.answered,
        "organisation": frozenset((standing.organisation,)),
    }


def _facts(person: Person, standing: Standing) -> Iterable[str]:
    known = {
        # Someone who gave no band is not known to be young: adults may meet them, and nobody
        # under 18 may. The one mistake to avoid is an adult offered to a child.
        "under_18": person.age_band is AgeBand.UNDER_18,
        "full": standing.open_connections >= person.capacity,
        "paused": standing.is_paused,
        "resting": standing.is_resting,
        "suspended": standing.is_suspended,
        "unlisted": standing.is_unlisted,
    }
    return (name for name, holds in known.items() if holds)


RULES: Final[tuple[Rule, ...]] = (
    Clash("oneself", "id", "id"),
    Stranger("organisation", "organisation"),
    Clash("blocked", "blocked", "id"),
    Clash("apart", "apart", "id"),
    Away("suspended", "suspended"),
    Away("paused", "paused"),
    Away("resting", "resting"),
    Away("unlisted", "unlisted", other_only=True),
    Away("full", "full"),
    Clash("answered", "answered", "id"),
    Differ("under_18", "under_18"),
    Stranger("language", "languages"),
    Clash("never_topic", "never", "welcome"),
    Clash("wont_talk_about", "unspoken", "must"),
    Lack("must", "must", "lived"),
)


def first_broken_rule(
    asking: Person,
    other: Person,
    *,
    asking_standing: Standing = NOTHING_KNOWN,
    other_standing: Standing = NOTHING_KNOWN,
) -> str | None:
    """Name the first rule in `RULES` that keeps `other` from being offered to `asking`.

    None when none does. The name is for tests and staff; it is never told to a member.
    """
    one, two = side(asking, asking_standing), side(other, other_standing)
    return next((rule.name for rule in RULES if rule.forbids(one, two)), None)


def standing_as(population: Gate, people: Sequence[Person], standings: Standings) -> Gate:
    """Return the same people, in the same rows, with other standings; topics aren't read again."""
    sides = []
    for person, before in zip(people, population.sides, strict=True):
        standing = standings.get(person.id, NOTHING_KNOWN)
        sets = {**before.sets, **_known(standing)}
        sides.append(Side(sets, frozenset(_facts(person, standing))))
    return rules.again(population, sides, _known(NOTHING_KNOWN))


def allowed(population: Gate, row: int) -> Mask:
    """Tell for every row of the population whether it may be offered to this one. Shape (n,)."""
    asking = population.sides[row]
    forbidden = np.zeros(len(population.sides), dtype=np.bool_)
    for rule in RULES:
        forbidden |= rule.mask(asking, population)
    return ~forbidden
