"""Saying hello, answering, leaving a talk (promises 12 and 35).

A hello is said to whom an introduction may be read; to anybody else it is as to nobody, so that
being blocked can't be told from somebody not free, resting, gone, or never here. Each act takes
both people's presences first, so that acts of the same two happen one after the other.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat import rooms
from core.errors import Conflict, NotFound
from core.safety import Safety, SubjectKind, Verdict
from core.sentences import say
from matching import asks, concerns, hellos, introductions, pairs, presences, tidings
from matching.concerns import Said
from matching.pairs import Connection, State
from matching.presences import Presence
from matching.tidings import Word
from people import accounts, blocks
from people.accounts import Account
from people.permissions import Act, Actor, Standing, require

# Promise 35: two unanswered hellos, and a person rests from being offered.
UNANSWERED: Final = 2
# A sweep holds the writer's lock: what is left comes next time.
SWEPT_AT_ONCE: Final = 200


class NotFree(Conflict):
    """The hello is not open any more; for which reason is not told."""

    code, title = "not_free", say("They're not free to talk just now.")


async def ask(
    session: AsyncSession,
    actor: Actor,
    other_id: UUID,
    *,
    words: str,
    verdict: Verdict,
    safety: Safety,
    now: datetime,
) -> Connection:
    """Say hello; asking again gives the same hello, and asking back whoever asked opens the talk.

    Raises:
        Invalid: there are no words, too many, or it is oneself.
        HelloHeld: the verdict holds the words.
        NotFound: it is nobody, or nobody to say hello to now (see `introductions.admit`).
        NotNow: a limit of the asker's own (see `asks`).
    """
    require(actor, Act.TAKE_PART)
    said, folded = Said(words, verdict, safety), hellos.admit(words, verdict)
    other = await asks.other(session, actor, other_id)
    both = {actor.account_id, other.id if other else actor.account_id}
    await presences.hold(session, *both, now=now)
    await presences.come_back(session, actor, now=now)
    found = await _already(session, actor, other_id, now=now)
    if found is None:
        await asks.check(session, actor, other_id, now=now)
        other = await introductions.admit(session, actor, other, now=now)
        return await _begin(session, actor, other, said=said, folded=folded, now=now)
    if found.state is State.ASKED and found.asker_id == other_id:
        await asks.check_alone(session, actor)
        return await _meet(session, actor, found, said=said, folded=folded, now=now)
    return found


async def _already(
    session: AsyncSession, actor: Actor, other_id: UUID, *, now: datetime
) -> Connection | None:
    """Return the pair's open connection, after putting one away that holds no longer."""
    found = await pairs.open_between(session, actor.account_id, other_id)
    if found is None or found.state is State.ACCEPTED:
        return found
    if found.expires_at <= now:
        await _expire(session, [found.id], now=now)
        return None
    if found.asker_id == other_id and not await _can_talk(session, actor, other_id):
        # They said hello, then blocked or were let go: theirs is shown no more.
        return None
    return found


async def _begin(
    session: AsyncSession,
    actor: Actor,
    other: Account,
    *,
    said: Said,
    folded: hellos.Spans,
    now: datetime,
) -> Connection:
    hello = await pairs.add(
        session,
        asker_id=actor.account_id,
        asked_id=other.id,
        words=said.words,
        folded=folded,
        now=now,
    )
    await tidings.tell(session, hello, other.id, Word.HELLO, name=actor.name, now=now)
    await _raise(session, actor, said, hello.id, now=now)
    return hello


async def _meet(
    session: AsyncSession,
    actor: Actor,
    hello: Connection,
    *,
    said: Said,
    folded: hellos.Spans,
    now: datetime,
) -> Connection:
    """Both said hello: the second is a yes, and its words are kept as the answer."""
    met = await _open_talk(session, actor, hello, now=now)
    met.answer, met.answer_folded = said.words, folded
    await _close_others(session, actor.account_id, now=now)
    # Its own subject: the hello's is about the other's words.
    await _raise(session, actor, said, met.room_id or met.id, now=now)
    return met


async def _raise(
    session: AsyncSession, actor: Actor, said: Said, subject_id: UUID, *, now: datetime
) -> None:
    await concerns.raise_about(
        session,
        said,
        kind=SubjectKind.HELLO,
        subject_id=subject_id,
        author_id=actor.account_id,
        now=now,
    )


async def accept(
    session: AsyncSession, actor: Actor, connection_id: UUID, *, now: datetime
) -> Connection:
    """Say yes: a room opens for the two. Saying it again gives the same room.

    It is the asker's first yes: their other hellos are closed, kindly (promise 35).

    Raises:
        NotFound: no such hello came to this account.
        NotFree: it is not open any more.
    """
    require(actor, Act.TAKE_PART)
    hello = await _mine(session, actor, connection_id)
    if hello.state is State.ACCEPTED:
        return hello
    await presences.hold(session, actor.account_id, hello.asker_id, now=now)
    await presences.come_back(session, actor, now=now)
    await asks.check_alone(session, actor)
    if not await _can_talk(session, actor, hello.asker_id):
        raise NotFree
    return await _open_talk(session, actor, hello, now=now)


async def _mine(session: AsyncSession, actor: Actor, connection_id: UUID) -> Connection:
    which = (Connection.id == connection_id, Connection.asked_id == actor.account_id)
    hello = await pairs.one(session, *which, Connection.is_delivered)
    if hello is None:
        raise NotFound
    return hello


async def _can_talk(session: AsyncSession, actor: Actor, other_id: UUID) -> bool:
    if other_id in await blocks.between(session, actor.account_id):
        return False
    free = Account.standing == Standing.ACTIVE, Account.private_until.is_(None)
    here = (Account.id == other_id, *free)
    return await session.scalar(select(Account.id).where(*here)) is not None


async def _open_talk(
    session: AsyncSession, actor: Actor, hello: Connection, *, now: datetime
) -> Connection:
    which = (Connection.id == hello.id, Connection.expires_at > now)
    moved = await pairs.move(session, State.ACCEPTED, *which, now=now, answered_at=now)
    if not moved:
        there = await pairs.one(session, Connection.id == hello.id)
        if there is None or there.state is not State.ACCEPTED:
            raise NotFree
        return there
    room = await rooms.open_private(session, account_ids=(hello.asker_id, hello.asked_id), now=now)
    moved[0].room_id = room.id
    await tidings.settle(session, moved[0], now=now)
    await tidings.tell(session, moved[0], hello.asker_id, Word.YES, name=actor.name, now=now)
    await _close_others(session, hello.asker_id, now=now)
    return moved[0]


async def _close_others(session: AsyncSession, asker_id: UUID, *, now: datetime) -> None:
    """Close what else this account asked: the first yes opened a talk."""
    mine = Connection.asker_id == asker_id
    closed = await pairs.move(session, State.WITHDRAWN, mine, now=now)
    name = (await accounts.names(session, {asker_id})).get(asker_id)
    for hello in closed:
        if hello.is_delivered:
            await tidings.tell(session, hello, hello.asked_id, Word.NOT_FREE, name=name, now=now)


async def answer_not_free(
    session: AsyncSession, actor: Actor, connection_id: UUID, *, now: datetime
) -> None:
    """Say "not just now"; idempotent. Whoever asked reads what they'd read without an answer.

    Raises:
        NotFound: no such hello came to this account.
    """
    require(actor, Act.TAKE_PART)
    hello = await _mine(session, actor, connection_id)
    await presences.hold(session, actor.account_id, hello.asker_id, now=now)
    await presences.come_back(session, actor, now=now)
    which = Connection.id == hello.id
    for closed in await pairs.move(session, State.NOT_FREE, which, now=now, answered_at=now):
        await tidings.settle(session, closed, now=now)
        await tidings.tell(
            session, closed, closed.asker_id, Word.NOT_FREE, name=actor.name, now=now
        )


async def withdraw(
    session: AsyncSession, actor: Actor, connection_id: UUID, *, now: datetime
) -> None:
    """Take one's own hello back; idempotent, and silent to the one it was for."""
    require(actor, Act.CHANGE_OWN)
    which = (Connection.id == connection_id, Connection.asker_id == actor.account_id)
    for taken in await pairs.move(session, State.WITHDRAWN, *which, now=now):
        await tidings.settle(session, taken, now=now)


async def end(session: AsyncSession, actor: Actor, connection_id: UUID, *, now: datetime) -> None:
    """Leave a talk: it ends for both and stays readable. Idempotent; no reason is asked.

    Raises:
        NotFound: it is not a talk of this account.
    """
    require(actor, Act.CHANGE_OWN)
    mine = or_(Connection.asker_id == actor.account_id, Connection.asked_id == actor.account_id)
    which = (Connection.id == connection_id, mine)
    if await pairs.one(session, *which, Connection.room_id.is_not(None)) is None:
        raise NotFound
    ended_by = actor.account_id
    for ended in await pairs.move(session, State.ENDED, *which, now=now, ended_by=ended_by):
        if ended.room_id is not None:
            await rooms.close(session, room_id=ended.room_id, now=now)
        await tidings.tell(
            session, ended, ended.other_of(ended_by), Word.LEFT, name=actor.name, now=now
        )


async def expire(session: AsyncSession, now: datetime) -> int:
    """Close hellos that were not answered in time; return how many. Swept by upkeep."""
    due = (
        select(Connection.id)
        .where(Connection.state == State.ASKED, Connection.expires_at <= now)
        .order_by(Connection.expires_at)
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = list(await session.scalars(due))
    return len(await _expire(session, found, now=now))


async def _expire(
    session: AsyncSession, connection_ids: list[UUID], *, now: datetime
) -> list[Connection]:
    closed = await pairs.move(session, State.EXPIRED, Connection.id.in_(connection_ids), now=now)
    names = await accounts.names(session, {hello.asked_id for hello in closed})
    for hello in closed:
        name = names.get(hello.asked_id)
        await tidings.settle(session, hello, now=now)
        await tidings.tell(session, hello, hello.asker_id, Word.NOT_FREE, name=name, now=now)
    return closed


async def rest(session: AsyncSession, now: datetime) -> int:
    """Let people rest who left two hellos unanswered since they were last back; swept by upkeep."""
    missed = (
        select(Connection.asked_id)
        .join(Presence, Presence.account_id == Connection.asked_id)
        .where(Connection.state == State.EXPIRED, Connection.is_delivered)
        .where(Connection.expires_at > Presence.back_at, Presence.resting_since.is_(None))
        .group_by(Connection.asked_id)
        .having(func.count() >= UNANSWERED)
        .order_by(Connection.asked_id)
        .limit(SWEPT_AT_ONCE)
    )
    found = list(await session.scalars(missed))
    return sum([await presences.rest(session, account_id, now=now) for account_id in found])
