"""Whom and which groups to offer, in which order, and why.

Hard rules first, then the score, and last the fair turn, which moves the order only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching import eligibility, features, fields, leanings, populations, reasons, scores, text
from matching.documents import GroupDocument, Person, Weight
from matching.eligibility import Standing
from matching.leanings import Leaning
from matching.populations import Population
from matching.reasons import Reason
from matching.scores import Scored, Turns
from matching.text import Encoder
from matching.vectors import Floats

# Scores closer than this are a tie: the order of additions could tell them apart.
TIE_DECIMALS: Final = 12
# As many of the people of a pool may change before it is prepared as a whole again.
CHANGES_KEPT: Final = 0.1
# What a group is about before how it says so; a second shared language is a plus. Sum 1.
GROUP_WEIGHTS: Final = {"topics": 0.55, "words": 0.4, "language": 0.05}


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody, or a group, to offer. `contributions` sum to `score`, in [0, 1], higher is closer.

    `fair_turn` was added to the score for the order only: below 0 for people many are near to,
    0 for groups.
    """

    id: str
    score: float
    reasons: tuple[Reason, ...]
    contributions: Mapping[str, float]
    fair_turn: float


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """A population ready to be ranked for anybody in it, and everybody's fair turn.

    `changes` counts the people who came or changed since it was prepared as a whole.
    """

    population: Population
    turns: Turns
    changes: int = 0

    @property
    def fair_turns(self) -> Floats:
        """What is added to everybody's score for the order. Shape (n,)."""
        return self.turns.added

    def standing_as(self, standings: Mapping[str, Standing]) -> "Pool":
        """Return the same people with other standings; no text is read again."""
        return replace(self, population=self.population.standing_as(standings))


def prepare(
    people: Iterable[Person],
    standings: Mapping[str, Standing] | None = None,
    *,
    at: datetime = populations.SOME_DAY,
    encoder: Encoder = text.HASHED,
) -> Pool:
    """Make a pool, to be kept while documents stay as they are.

    `at` decides which offset from UTC a time zone has.

    Raises:
        Invalid: two people have the same id.
    """
    population = populations.prepare(people, standings, at=at, encoder=encoder)
    return Pool(population, scores.fair_turns(population))


def prepare_after(
    before: Pool,
    people: Iterable[Person],
    standings: Mapping[str, Standing] | None = None,
    *,
    at: datetime = populations.SOME_DAY,
    encoder: Encoder = text.HASHED,
) -> Pool:
    """Make a pool of people most of whom were in another: one person's change costs one person.

    What is true of the population as a whole (what closeness is ordinary, how near people are on
    average) stays as it was, until so many have changed that it is found again, or the encoder has.

    Raises:
        Invalid: two people have the same id.
    """
    every = sorted(people, key=lambda person: person.id)
    was = before.population
    rows = [was.rows.get(person.id, -1) for person in every]
    is_kept = [row >= 0 and was.people[row] == one for row, one in zip(rows, every, strict=True)]
    gone = len(was.people) - sum(row >= 0 for row in rows)
    changes = before.changes + gone + is_kept.count(False)
    is_small = len(every) < scores.LEAST_FOR_TURNS
    if changes > CHANGES_KEPT * len(every) or is_small or was.own.encoder != encoder.name:
        return prepare(every, standings, at=at, encoder=encoder)
    population = populations.prepare(every, standings, at=at, encoder=encoder, before=was)
    kept = np.where(is_kept, rows, -1).astype(np.intp)
    turns = scores.turns_after(before.turns, kept, population, np.flatnonzero(kept < 0))
    return Pool(population, turns, changes)


def rank(
    seeker: Person,
    people: Pool | Iterable[Person],
    *,
    k: int = 10,
    standings: Mapping[str, Standing] | None = None,
    leaning: Leaning | None = None,
) -> list[Match]:
    """Return at most k people to offer, best first; the order of `people` changes nothing.

    A pool must hold the seeker and has its own standings; a list of people is joined by the
    seeker. Whoever is like what the seeker asked for by `leaning` comes first, whatever the score.
    Ties go by id. For someone who has told little, everybody comes in an order of that
    person's own, so that no id is always first.

    Raises:
        Invalid: the seeker isn't in the pool, or two people have the same id.
        ArithmeticError: a score is no number. Nothing is returned.
    """
    pool = people if isinstance(people, Pool) else _joined(seeker, people, standings)
    row = pool.population.row(seeker.id)
    scored = scores.score(pool.population, row)
    allowed = np.flatnonzero(eligibility.allowed(pool.population.gate, row))
    worth = scored.score + pool.fair_turns
    if leaning is not None:
        worth = worth + leanings.added(pool.population, row, leaning)
    chosen = _ordered(pool, seeker, allowed, worth)[: max(k, 0)]
    return [_match(pool, seeker, other, scored) for other in chosen.tolist()]


def _joined(
    seeker: Person, people: Iterable[Person], standings: Mapping[str, Standing] | None
) -> Pool:
    others = (person for person in people if person.id != seeker.id)
    return prepare([seeker, *others], standings)


def _ordered(pool: Pool, seeker: Person, rows: NDArray[np.intp], worth: Floats) -> NDArray[np.intp]:
    if seeker.has_told_little:
        people = pool.population.people
        turns = [own_turn(seeker.id, people[row].id) for row in rows.tolist()]
        return rows[np.argsort(np.array(turns, dtype=np.str_), kind="stable")]
    return rows[np.argsort(-np.round(worth[rows], TIE_DECIMALS), kind="stable")]


def own_turn(reader_id: str, other_id: str) -> str:
    """Return a key that sorts others into an order of the reader's own, always the same."""
    return blake2b(f"{reader_id}\0{other_id}".encode(), digest_size=8).hexdigest()


def _match(pool: Pool, seeker: Person, other: int, scored: Scored) -> Match:
    person = pool.population.people[other]
    parts = scored.contributions[:, other].tolist()
    contributions = dict(zip(features.NAMES, parts, strict=True))
    return Match(
        id=person.id,
        score=float(scored.score[other]),
        reasons=reasons.explain(seeker, person, contributions),
        contributions=contributions,
        fair_turn=float(pool.fair_turns[other]),
    )


def rank_groups(
    seeker: Person,
    groups: Iterable[GroupDocument],
    *,
    k: int = 3,
    encoder: Encoder = text.HASHED,
) -> list[Match]:
    """Return at most k open groups, best first, and at least one where any may be offered.

    A group may be offered when it has room, speaks one of the seeker's languages, and its card
    names no topic the seeker never wants to meet. However little is shared, it stays in.
    """
    fit = sorted((one for one in groups if _may_join(seeker, one)), key=lambda one: one.id)
    found = [_group_match(seeker, *pair) for pair in _with_closeness(seeker, fit, encoder)]
    if seeker.has_told_little:
        found.sort(key=lambda match: own_turn(seeker.id, match.id))
    else:
        found.sort(key=lambda match: -round(match.score, TIE_DECIMALS))
    return found[: max(k, 1)]


def _may_join(seeker: Person, group: GroupDocument) -> bool:
    never = {fields.key(one.topic) for one in seeker.experiences if one.weight is Weight.NEVER}
    is_about = {fields.key(one.topic) for one in group.experiences if one.topic}
    speaks = not _languages(seeker).isdisjoint(_languages(group))
    return group.has_room and speaks and never.isdisjoint(is_about)


def _languages(document: Person | GroupDocument) -> set[str]:
    return {tag.split("-")[0].lower() for tag in document.languages}


def _with_closeness(
    seeker: Person, groups: list[GroupDocument], encoder: Encoder
) -> Iterable[tuple[GroupDocument, float]]:
    if not groups:
        return ()
    told = [seeker.own_words, *(group.own_words for group in groups)]
    compared = text.compare(told, encoder=encoder)
    return zip(groups, text.worth(compared.shares(0))[1:].tolist(), strict=True)


def _group_match(seeker: Person, group: GroupDocument, closeness: float) -> Match:
    mine = _languages(seeker)
    found = {
        "topics": _topics_shared(seeker, group),
        "words": closeness,
        "language": len(mine & _languages(group)) / len(mine),
    }
    contributions = {name: weight * found[name] for name, weight in GROUP_WEIGHTS.items()}
    return Match(
        id=group.id,
        score=min(sum(contributions.values()), 1.0),
        reasons=reasons.explain_group(seeker, group, contributions),
        contributions=contributions,
        fair_turn=0.0,
    )


def _topics_shared(seeker: Person, group: GroupDocument) -> float:
    """Return the share, by weight, of what the seeker has lived that the card names."""
    is_about = {fields.key(one.topic) for one in group.experiences if one.topic}
    lived = [one for one in seeker.experiences if one.topic and one.is_welcome]
    weights = [populations.WEIGHTS[one.weight] for one in lived]
    shared = (fields.key(one.topic) in is_about for one in lived)
    met = sum(weight for weight, holds in zip(weights, shared, strict=True) if holds)
    return met / sum(weights) if weights else 0.0
