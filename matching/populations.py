"""A population as arrays: made once, asked for every person in it, never changed.

People are kept in order of their ids, so that nothing depends on the order they came in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.errors import Invalid
from core.sentences import say
from matching import eligibility, facts, fields, rules, stopwords, text
from matching.documents import Experience, Person, Weight, Where
from matching.eligibility import Standings
from matching.rules import Mask, Tags
from matching.text import Encoder, Texts
from matching.vectors import Floats

Indices = NDArray[np.intp]

# Offsets from UTC need a day. Winter in Europe: callers with a clock hand in the present.
SOME_DAY: Final = datetime(2026, 1, 15, tzinfo=UTC)
QUARTERS_A_DAY: Final = 96
QUARTERS_A_WEEK: Final = 7 * QUARTERS_A_DAY

# Words alone count for less than the same name.
WORDS_AGAINST_NAME: Final = 0.8
# How much more an experience counts that must be shared.
WEIGHTS: Final = {Weight.MUST: 2.0, Weight.NICE: 1.0, Weight.RATHER_NOT: 1.0, Weight.NEVER: 0.0}
# What someone who is living it finds in the other: half in one who is half-way.
AHEAD: Final = {Where.FURTHER_ALONG: 1.0, Where.COMING_THROUGH: 0.5}


@dataclass(frozen=True, slots=True, eq=False)
class Lived:
    """Everybody's experiences in a row, by owner; m of them. `topic` is -1 where none is given."""

    owner: Indices
    topic: Indices
    weight: Floats
    ahead: Floats
    is_living: Mask
    is_welcome: Mask
    is_unwelcome: Mask
    texts: Texts


@dataclass(frozen=True, slots=True, eq=False)
class Strategies:
    """Everybody's strategies of one sort in a row, by owner; m of them."""

    owner: Indices
    names: Tags
    words: Tags

    def near(self, name: frozenset[str], words: frozenset[str]) -> Floats:
        """Return how near each is to one strategy: 1 the same, or by words in common. Shape (m,).

        By words: the share of the shorter one's telling words, where they are alike.
        """
        shorter = np.maximum(1, np.minimum(self.words.counts, len(words)))
        shared = self.words.hits(words) / shorter
        by_words = np.where(shared >= facts.ALIKE, WORDS_AGAINST_NAME * shared, 0.0)
        return np.where(self.names.hits(name) > 0, 1.0, by_words)


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """n people, sorted by id."""

    people: tuple[Person, ...]
    rows: Mapping[str, int]
    gate: rules.Gate
    wants_alike: Mask
    own: Texts
    lived: Lived
    used: Strategies
    wanted: Strategies
    interests: Tags
    looking_for: Tags
    can_offer: Tags
    # (n, 84) bytes: the 672 quarters of an hour of a week in UTC.
    free: NDArray[np.uint8]

    def row(self, person_id: str) -> int:
        """Return where this person stands.

        Raises:
            Invalid: nobody here has that id.
        """
        if person_id not in self.rows:
            raise Invalid(say('Nobody here has the id "%(id)s".', id=person_id), id=person_id)
        return self.rows[person_id]

    def standing_as(self, standings: Standings) -> "Population":
        """Return the same people with other standings; texts are not read again."""
        gate = eligibility.standing_as(self.gate, self.people, standings)
        return replace(self, gate=gate, wants_alike=_alike(self.people, standings))


def prepare(
    people: Iterable[Person],
    standings: Standings | None = None,
    *,
    at: datetime = SOME_DAY,
    encoder: Encoder = text.HASHED,
    before: Population | None = None,
) -> Population:
    """Make the arrays. `at` decides which offset a time zone has.

    With `before`, which most of these people were in, texts that are there aren't read again.

    Raises:
        Invalid: two people have the same id.
    """
    every = tuple(sorted(people, key=lambda person: person.id))
    rows = {person.id: row for row, person in enumerate(every)}
    if len(rows) != len(every):
        raise Invalid(say("Two people here have the same id."))
    standings = standings or {}
    known = [standings.get(person.id, eligibility.NOTHING_KNOWN) for person in every]
    return Population(
        people=every,
        rows=rows,
        gate=rules.gate(map(eligibility.side, every, known)),
        wants_alike=_alike(every, standings),
        own=text.compare(
            [person.own_words for person in every],
            encoder=encoder,
            before=before.own if before else None,
        ),
        lived=_lived(every, encoder, before.lived.texts if before else None),
        used=_strategies(person.used for person in every),
        wanted=_strategies(person.wanted for person in every),
        interests=_tags(person.interests for person in every),
        looking_for=_tags(person.looking_for for person in every),
        can_offer=_tags(person.can_offer for person in every),
        free=_free(every, at),
    )


def _alike(people: tuple[Person, ...], standings: Standings) -> Mask:
    known = (standings.get(person.id, eligibility.NOTHING_KNOWN) for person in people)
    return np.array([one.wants_alike for one in known], dtype=np.bool_)


def _tags(named: Iterable[Iterable[str]]) -> Tags:
    return rules.tags([frozenset(map(fields.key, words)) for words in named])


def _lived(people: tuple[Person, ...], encoder: Encoder, before: Texts | None) -> Lived:
    every = [(row, lived) for row, person in enumerate(people) for lived in person.experiences]
    lived = [one for _, one in every]
    return Lived(
        owner=np.array([row for row, _ in every], dtype=np.intp),
        topic=_topics(lived),
        weight=np.array([WEIGHTS[one.weight] for one in lived], dtype=np.float64),
        ahead=np.array([AHEAD.get(one.where, 0.0) for one in lived], dtype=np.float64),
        is_living=np.array([one.where is Where.LIVING_IT for one in lived], dtype=np.bool_),
        is_welcome=np.array([one.is_welcome for one in lived], dtype=np.bool_),
        is_unwelcome=np.array([one.weight is Weight.RATHER_NOT for one in lived], dtype=np.bool_),
        texts=text.compare([one.words for one in lived], encoder=encoder, before=before),
    )


def _topics(lived: list[Experience]) -> Indices:
    numbers: dict[str, int] = {"": -1}
    keys = [fields.key(one.topic) for one in lived]
    return np.array([numbers.setdefault(one, len(numbers)) for one in keys], dtype=np.intp)


def _strategies(named: Iterable[tuple[str, ...]]) -> Strategies:
    every = [(row, strategy) for row, person in enumerate(named) for strategy in person]
    return Strategies(
        owner=np.array([row for row, _ in every], dtype=np.intp),
        names=rules.tags([(fields.key(strategy),) for _, strategy in every]),
        words=rules.tags([stopwords.telling(strategy) for _, strategy in every]),
    )


def _free(people: tuple[Person, ...], at: datetime) -> NDArray[np.uint8]:
    free = np.ones((len(people), QUARTERS_A_WEEK), dtype=np.bool_)
    for row, person in enumerate(people):
        if person.available:
            free[row] = quarters(person, at)
    return np.packbits(free, axis=1)


def quarters(person: Person, at: datetime) -> Mask:
    """Return the 672 quarters of an hour of a week, from Monday in UTC, that a person named."""
    ahead = at.astimezone(ZoneInfo(person.timezone or "UTC")).utcoffset() or timedelta()
    return np.roll(_local(person.available), -round(ahead / timedelta(minutes=15)))


@lru_cache(maxsize=1024)
def _local(slots: tuple[str, ...]) -> Mask:
    local = np.zeros(QUARTERS_A_WEEK, dtype=np.bool_)
    for slot in slots:
        day, part = slot.split("-")
        begins, ends = fields.PARTS[part]
        first = fields.DAYS.index(day) * QUARTERS_A_DAY
        # A Sunday night ends on Monday.
        local[np.arange(first + begins * 4, first + ends * 4) % QUARTERS_A_WEEK] = True
    return local
