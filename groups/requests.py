"""Asking to come in where the door isn't open. Who answers is `groups.doors`."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import encryption, ids
from core.errors import Conflict, Invalid, NotFound
from core.safety import Safety, SubjectKind, Verdict
from core.sentences import say
from core.upserts import insert
from groups import cards, members, places, stays, tidings
from groups.cards import Door, Group
from groups.places import JoinRequest, OfferOver, State
from matching import concerns, hellos
from matching.concerns import Said
from people.permissions import Act, Actor, require


class Place(StrEnum):
    """How an account stands to a group."""

    NONE = "none"
    ASKED = "asked"
    WAITING = "waiting"
    OFFERED = "offered"
    IN = "in"


class DoorClosed(Conflict):
    """The people in the group stay the same."""

    code = "door_closed"
    title = say("The same people stay together in this group. Other groups are glad of somebody.")


async def ask(
    session: AsyncSession,
    actor: Actor,
    group_id: UUID,
    *,
    note: str,
    verdict: Verdict,
    safety: Safety,
    now: datetime,
) -> UUID:
    """Ask to come in, with a few words or none; idempotent. Return the request's id.

    Where the door is open and there is no place, one waits for one, and nobody has to say yes.

    Raises:
        Invalid: too many words, or one is in already.
        HelloHeld: the verdict holds the words.
        DoorClosed: the people in it stay the same.
        NotFound: there is no such group here, or it has ended.
    """
    require(actor, Act.TAKE_PART)
    folded = hellos.admit(note, verdict) if note.strip() else []
    group = await cards.by_id(session, group_id)
    if await stays.here(session, group_id, actor.account_id) is not None:
        raise Invalid(say("You're in this group already."))
    if group.door is Door.CLOSED:
        raise DoorClosed
    state = await _first_state(session, actor, group)
    written = await _write(session, actor, group_id, state, note=note, folded=folded, now=now)
    if written is None:
        return await _open_one(session, group_id, actor.account_id)
    if state is State.ASKED:
        words = say("%(name)s would like to come to %(group)s.", name=actor.name, group=group.name)
        await tidings.tell_keepers(session, group, words, about=actor.account_id, now=now)
    await concerns.raise_about(
        session,
        Said(note, verdict, safety),
        kind=SubjectKind.GROUP,
        subject_id=written,
        author_id=actor.account_id,
        now=now,
    )
    return written


async def _first_state(session: AsyncSession, actor: Actor, group: Group) -> State:
    """Nobody has to say yes at an open door, unless one was let go before."""
    by_itself = group.door is Door.OPEN and not await places.has_place(session, group)
    if by_itself and not await stays.was_removed(session, group.id, actor.account_id):
        return State.WAITING
    return State.ASKED


async def _write(
    session: AsyncSession,
    actor: Actor,
    group_id: UUID,
    state: State,
    *,
    note: str,
    folded: hellos.Spans,
    now: datetime,
) -> UUID | None:
    request_id = ids.new_id()
    place = encryption.place("join_request", "note_sealed", request_id)
    row = insert(session, JoinRequest).values(
        id=request_id,
        organisation_id=actor.organisation_id,
        group_id=group_id,
        account_id=actor.account_id,
        note_sealed=encryption.ring().seal(place, note),
        folded=folded,
        state=state,
        asked_at=now,
    )
    written: UUID | None = await session.scalar(
        row.on_conflict_do_nothing().returning(JoinRequest.id)
    )
    return written


async def _open_one(session: AsyncSession, group_id: UUID, account_id: UUID) -> UUID:
    request = await places.open_request(session, group_id, account_id)
    if request is None:
        raise NotFound
    return request.id


async def take(session: AsyncSession, actor: Actor, group_id: UUID, *, now: datetime) -> None:
    """Take the place that is held for oneself; idempotent.

    Raises:
        NotFound: the group has ended, or no place was ever held for them.
        OfferOver: it is held no longer.
    """
    require(actor, Act.TAKE_PART)
    group = await cards.by_id(session, group_id)
    if await stays.here(session, group_id, actor.account_id) is not None:
        return
    mine = (JoinRequest.group_id == group_id, JoinRequest.account_id == actor.account_id)
    taken = await session.scalar(
        update(JoinRequest)
        .where(*mine, JoinRequest.state == State.OFFERED, JoinRequest.held_until > now)
        .values(state=State.ACCEPTED, answered_at=now)
        .returning(JoinRequest.id)
    )
    if taken is None:
        # The second half of a double click comes here once the first has taken it.
        if await stays.here(session, group_id, actor.account_id) is not None:
            return
        was_held = select(JoinRequest.id).where(*mine, JoinRequest.held_until.is_not(None))
        raise NotFound if await session.scalar(was_held.limit(1)) is None else OfferOver
    await members.let_in(session, group, actor.account_id, now=now, is_held=True)


async def withdraw(session: AsyncSession, actor: Actor, group_id: UUID, *, now: datetime) -> None:
    """Take one's own request back, or leave a held place to somebody else; idempotent."""
    require(actor, Act.CHANGE_OWN)
    mine = (JoinRequest.group_id == group_id, JoinRequest.account_id == actor.account_id)
    held = await _withdraw(session, *mine, JoinRequest.state == State.OFFERED, now=now)
    waits = JoinRequest.state.in_((State.ASKED, State.WAITING))
    await _withdraw(session, *mine, waits, now=now)
    if held:
        await places.hold(session, group_id, by=-1)
        await places.offer(session, group_id, now=now)


async def _withdraw(session: AsyncSession, *which: ColumnElement[bool], now: datetime) -> bool:
    moved = await session.scalar(
        update(JoinRequest)
        .where(*which)
        .values(state=State.WITHDRAWN, answered_at=now)
        .returning(JoinRequest.id)
    )
    return moved is not None


async def place(session: AsyncSession, actor: Actor, group_id: UUID) -> Place:
    """Return how the actor stands to a group."""
    require(actor, Act.SEE_OWN)
    return (await stand(session, actor, group_id))[0]


async def stand(
    session: AsyncSession, actor: Actor, group_id: UUID
) -> tuple[Place, datetime | None]:
    """Return how the actor stands to a group, and until when a place is held for them."""
    require(actor, Act.SEE_OWN)
    if await stays.here(session, group_id, actor.account_id) is not None:
        return Place.IN, None
    request = await places.open_request(session, group_id, actor.account_id)
    if request is None:
        return Place.NONE, None
    return Place(request.state), request.held_until
