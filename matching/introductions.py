"""Somebody one is about to say hello to: their own words, and three ways to begin.

Words are told to peers who may be offered to each other, not to whoever has an id: outside of an
offer or a hello an introduction reads like an id that is nobody's (promises 16 and 17).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.sentences import say
from matching import (
    answers,
    asks,
    candidates,
    eligibility,
    hellos,
    pairs,
    presences,
    profiles,
    reasons,
    tidings,
)
from matching.documents import Person
from matching.eligibility import Standing
from matching.pairs import Connection, State
from people import accounts, blocks, permissions
from people.accounts import Account
from people.permissions import Act, Actor, require


@dataclass(frozen=True, slots=True)
class Introduction:
    """Somebody one is about to say hello to, and three ways to begin."""

    id: UUID
    name: str
    words_for_self: str
    about: str
    because: tuple[str, ...]
    starters: tuple[str, str, str]


async def read(
    session: AsyncSession, actor: Actor, other_id: UUID, *, now: datetime
) -> Introduction:
    """Return what to say hello with.

    Raises:
        Invalid: it is oneself.
        NotFound: they are neither offered to the actor now nor waiting for the actor's answer.
        NotNow: they have been blocked by the actor.
    """
    require(actor, Act.TAKE_PART)
    account = await asks.other(session, actor, other_id)
    mine, there = await _readable(session, actor, account, now=now)
    return Introduction(
        id=other_id,
        name=there.name or tidings.SOMEBODY,
        words_for_self=there.words_for_self,
        about=there.about,
        because=reasons.shared(mine, there),
        starters=hellos.starters(mine, there),
    )


async def admit(
    session: AsyncSession, actor: Actor, account: Account | None, *, now: datetime
) -> Account:
    """Return who a hello may be said to: somebody whose introduction may be read.

    Or could be, but that the two had to do with each other: whoever asked in vain may be asked
    back, and whoever left a talk may come back (`asks.check` knows who must wait for that).

    Raises:
        NotFound: anybody else, also nobody. Why is not told (promise 17).
    """
    require(actor, Act.TAKE_PART)
    _, there = await _readable(session, actor, account, now=now, is_met_apart=False)
    return await accounts.by_id(session, UUID(there.id))


async def _readable(
    session: AsyncSession,
    actor: Actor,
    account: Account | None,
    *,
    now: datetime,
    is_met_apart: bool = True,
) -> tuple[Person, Person]:
    if account is None or account.standing is not permissions.Standing.ACTIVE:
        raise not_free()
    if account.private_until is not None:
        raise not_free()
    told = await candidates.people(session, [actor.account_id, account.id])
    mine, there = told.get(actor.account_id) or profiles.blank(actor), told.get(account.id)
    if there is None:
        raise not_free()
    if not await _may_read(session, mine, there, now=now, is_met_apart=is_met_apart):
        raise not_free()
    wishes = await presences.of(session, account.id, now=now)
    return mine, wishes.shown_of(there)


def not_free() -> NotFound:
    """Return what is said of anybody one can't say hello to, and of nobody."""
    return NotFound(say("They may not be free to talk just now. Others may be."))


def nameless(other_id: UUID) -> Introduction:
    """Return what is left to show beside somebody's own words when nothing may be told."""
    there = Person(id=str(other_id))
    starters = hellos.starters(there, there)
    return Introduction(other_id, tidings.SOMEBODY, "", "", (), starters)


async def _may_read(
    session: AsyncSession, mine: Person, there: Person, *, now: datetime, is_met_apart: bool
) -> bool:
    me, other_id = UUID(mine.id), UUID(there.id)
    apart = await blocks.between(session, me)
    if other_id in apart or await candidates.withheld(session, [other_id]):
        return False
    if await _said_hello(session, me, other_id, now=now):
        return True
    asking = await _asking(session, me, apart, now=now, is_met_apart=is_met_apart)
    offered = await _standing(session, other_id, now=now)
    broken = eligibility.first_broken_rule(
        mine, there, asking_standing=asking, other_standing=offered
    )
    return broken is None


async def _said_hello(session: AsyncSession, me: UUID, other_id: UUID, *, now: datetime) -> bool:
    which = (Connection.asker_id == other_id, Connection.asked_id == me, Connection.is_delivered)
    is_open = (Connection.state == State.ASKED, Connection.expires_at > now)
    return await pairs.one(session, *which, *is_open) is not None


async def _asking(
    session: AsyncSession, me: UUID, apart: set[UUID], *, now: datetime, is_met_apart: bool
) -> Standing:
    met = await pairs.met(session, me, now=now) if is_met_apart else set()
    answered = await answers.around(session, me, now=now)
    return replace(
        await _standing(session, me, now=now),
        # Resting is about being offered to others.
        is_resting=False,
        apart=frozenset(map(str, apart)),
        answered=frozenset(map(str, met | answered.keys())),
    )


async def _standing(session: AsyncSession, account_id: UUID, *, now: datetime) -> Standing:
    wishes = await presences.of(session, account_id, now=now)
    return Standing(
        is_paused=wishes.is_paused,
        is_resting=wishes.is_resting,
        is_unlisted=wishes.is_unlisted,
        open_connections=await pairs.talks_of(session, account_id),
    )
