"""The asker's own limits on saying hello: they are told, with what would help (promise 12)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import limits
from core.errors import Conflict, Invalid
from core.sentences import say
from matching import candidates, pairs, presences
from matching.documents import Person
from matching.pairs import Connection, State
from people import blocks
from people.accounts import Account
from people.permissions import Act, Actor, require

FIRST_WEEK: Final = timedelta(days=7)


class NotNow(Conflict):
    """A limit of the asker's own, told to them with what would help."""

    code = "not_now"


@dataclass(frozen=True, slots=True)
class Left:
    """How many hellos somebody can still send: at once, and in their first week (else None)."""

    now: int
    this_week: int | None


async def left(session: AsyncSession, actor: Actor, *, now: datetime) -> Left:
    """Count what is left of one's own limits (promise 12)."""
    mine = Connection.asker_id == actor.account_id
    count = select(func.count()).select_from(Connection).where(mine)
    waiting = and_(Connection.state == State.ASKED, Connection.expires_at > now)
    is_open = await session.scalar(count.where(waiting)) or 0
    here = max(0, limits.OPEN_ASKS - is_open)
    account = await session.get(Account, actor.account_id)
    if account is None or now >= account.joined_at + FIRST_WEEK:
        return Left(here, None)
    sent = await session.scalar(count) or 0
    return Left(here, max(0, limits.FIRST_WEEK_ASKS - sent))


async def other(session: AsyncSession, actor: Actor, other_id: UUID) -> Account | None:
    """Return the account somebody wants to say hello to, also when it is gone by now.

    None when there never was one of that id here.

    Raises:
        Invalid: it is their own.
        NotNow: they have blocked it themselves.
    """
    if other_id == actor.account_id:
        raise Invalid(say("That is you."))
    if other_id in await blocks.made_by(session, actor.account_id):
        raise NotNow(say("You've blocked this person. To say hello, take that back first."))
    return (await session.scalars(select(Account).where(Account.id == other_id))).one_or_none()


async def check(session: AsyncSession, actor: Actor, other_id: UUID, *, now: datetime) -> None:
    """Let a new hello pass, by the asker's own limits alone: they are the same to any id.

    Raises:
        NotNow: which one, and what would help.
    """
    await check_alone(session, actor)
    await _check_counts(session, actor, now=now)
    await _check_own_wishes(session, actor, now=now)
    lately = (
        Connection.pair_low == min(actor.account_id, other_id),
        Connection.pair_high == max(actor.account_id, other_id),
        Connection.changed_at > now - pairs.APART_FOR,
        or_(
            and_(Connection.asker_id == actor.account_id, Connection.state != State.ENDED),
            Connection.ended_by == other_id,
        ),
    )
    if await session.scalar(select(Connection.id).where(*lately).limit(1)):
        raise NotNow(say("You said hello to them not long ago. Please leave it for a month."))


async def check_alone(session: AsyncSession, actor: Actor) -> None:
    """Let somebody pass who may talk with one person alone.

    Raises:
        NotNow: the team decided that they talk in groups for a time.
    """
    require(actor, Act.TAKE_PART)
    account = await session.get(Account, actor.account_id)
    if account is not None and account.private_until is not None:
        raise NotNow(
            say(
                "For now you can talk in groups, but not with one person alone. The note on Home"
                " says why, and until when."
            )
        )


async def _check_counts(session: AsyncSession, actor: Actor, *, now: datetime) -> None:
    remaining = await left(session, actor, now=now)
    if remaining.now == 0:
        raise NotNow(
            say(
                "You have %(most)s hellos waiting. You can send another when one is"
                " answered, or when three days have passed.",
                most=limits.OPEN_ASKS,
            )
        )
    if remaining.this_week == 0:
        raise NotNow(
            say(
                "In your first week you can say hello to %(most)s people, and you"
                " have. Groups are open to you, and others can still say hello to you.",
                most=limits.FIRST_WEEK_ASKS,
            )
        )


async def _check_own_wishes(session: AsyncSession, actor: Actor, *, now: datetime) -> None:
    if (await presences.of(session, actor.account_id, now=now)).is_paused:
        raise NotNow(say("You're taking a break. To say hello, end the break first."))
    told = await candidates.people(session, [actor.account_id])
    me = told.get(actor.account_id) or Person(id=str(actor.account_id))
    if await pairs.talks_of(session, actor.account_id) >= me.capacity:
        raise NotNow(
            say(
                "You're talking with as many people as you said you can. You can change that number"
                " in About me."
            )
        )
