"""Prepared populations, kept from one answer to the next: what didn't change isn't read again."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from matching import encoders, ranking
from matching.crowds import Everyone
from matching.documents import Person
from matching.eligibility import Standing
from matching.ranking import Pool

# The longest unused go first. A pool of a thousand people is about 20 MB.
POOLS_KEPT: Final = 8

_Stamp = tuple[frozenset[tuple[UUID, int]], date, str]
# By organisation. Two threads may prepare the same pool; the later one stays, and both are right.
_pools: dict[UUID, tuple[_Stamp, Pool]] = {}


def ready(
    organisation_id: UUID,
    everyone: Everyone,
    seeker: Person,
    standings: Mapping[str, Standing],
    *,
    now: datetime,
) -> Pool:
    """Return a pool that holds the seeker, with these standings. CPU work: not for an event loop.

    Offsets of time zones are those of the day.
    """
    known = _of(organisation_id, everyone, standings, now=now)
    if seeker.id not in everyone.people:
        people, encoder = [*everyone.people.values(), seeker], everyone.reader(everyone.people)
        return ranking.prepare_after(known, people, standings, at=now, encoder=encoder)
    return known.standing_as(standings)


def is_cold(organisation_id: UUID, *, now: datetime) -> bool:
    """True when nothing was prepared for this organisation here today, by the present encoder."""
    known = _pools.get(organisation_id)
    return known is None or known[0][1:] != (now.date(), encoders.current().name)


def warm(organisation_id: UUID, everyone: Everyone, *, now: datetime) -> None:
    """Prepare before anybody asks, so that nobody waits. CPU work: not for an event loop."""
    _of(organisation_id, everyone, {}, now=now)


def _of(
    organisation_id: UUID, everyone: Everyone, standings: Mapping[str, Standing], *, now: datetime
) -> Pool:
    stamp = (everyone.stamps, now.date(), everyone.encoder.name)
    known = _pools.get(organisation_id)
    if known is not None and known[0] == stamp:
        return known[1]
    people, encoder = everyone.people.values(), everyone.reader(everyone.people)
    if known is None:
        pool = ranking.prepare(people, standings, at=now, encoder=encoder)
    else:
        pool = ranking.prepare_after(known[1], people, standings, at=now, encoder=encoder)
    _keep(organisation_id, (stamp, pool))
    return pool


def _keep(organisation_id: UUID, prepared: tuple[_Stamp, Pool]) -> None:
    _pools.pop(organisation_id, None)
    _pools[organisation_id] = prepared
    while len(_pools) > POOLS_KEPT:
        _pools.pop(next(iter(_pools)), None)
