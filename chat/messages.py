"""Messages as people read them: pages, windows, and what can become of a message later."""

from collections.abc import Iterable, Set
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat import entries, events, frames, logs, rooms, signs, visibility, waiting, withdrawn
from chat.entries import Entry
from chat.events import RoomEvent
from chat.kinds import EventKind, RoomKind, Status, Viewer
from chat.visibility import Sight, Surface
from core import limits
from core.errors import NotFound
from core.safety import Subject, SubjectKind
from people import blocks
from people.permissions import Act, Actor, require

PAGE_MESSAGES = 50


async def page(
    session: AsyncSession,
    actor: Actor,
    room_id: UUID,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = PAGE_MESSAGES,
) -> list[frames.Logged]:
    """Return up to `limit` (1–100) events of a room one is in, as one may see them, by seq.

    The first ones past `after`, or the last ones before `before`, or the newest. No seq between
    the first and the last is missing: what is not for this viewer stands there as skipped.

    Raises:
        NotFound: there is no such room, or one is not in it.
    """
    seat = await rooms.membership(session, actor, room_id)
    limit = max(1, min(limit, limits.PAGE_ITEMS))
    found = await events.read(session, room_id, after=after, before=before, limit=limit)
    blocked = await blocks.made_by(session, actor.account_id)
    put = await signs.under(session, room_id, [one.id for one in found if _is_shown(one)])
    me, kind = actor.account_id, seat.room.kind
    return [
        _signed(
            seen(entry, me, kind, blocked), signs.seen(put.get(entry.id, {}), me, kind, blocked)
        )
        for entry in found
    ]


def _is_shown(entry: Entry) -> bool:
    return entry.kind == EventKind.MESSAGE and entry.status is not Status.REMOVED


def _signed(frame: frames.Logged, put: signs.Signs) -> frames.Logged:
    is_message = put and isinstance(frame, frames.Message)
    return msgspec.structs.replace(frame, signs=put) if is_message else frame


def seen(
    entry: Entry,
    account_id: UUID,
    kind: RoomKind,
    blocked: Set[UUID],
    *,
    surface: Surface = Surface.PAGE,
) -> frames.Logged:
    """Return the frame one member gets of an event; `blocked` is whom they blocked."""
    is_own = entry.sender_id == account_id
    if entry.kind == EventKind.REACTED:
        surface = Surface.SIGN
    bond = visibility.bond(is_own=is_own, i_blocked=entry.sender_id in blocked, they_blocked=False)
    if visibility.sight(surface, bond, kind=kind) is not Sight.WORDS:
        return entries.skipped(entry)
    return entries.frame(entry, Viewer.AUTHOR if is_own else Viewer.PEER)


async def quoted(
    session: AsyncSession, actor: Actor, room_id: UUID, *, message_ids: Iterable[UUID]
) -> dict[UUID, frames.Logged]:
    """Return the messages that replies in this room quote, as one may see them.

    Raises:
        NotFound: there is no such room, or one is not in it.
    """
    seat = await rooms.membership(session, actor, room_id)
    found = await events.by_ids(session, message_ids)
    blocked = await blocks.made_by(session, actor.account_id)
    return {
        entry.id: seen(entry, actor.account_id, seat.room.kind, blocked, surface=Surface.REPLY)
        for entry in found.values()
        if entry.room_id == room_id and entry.kind == EventKind.MESSAGE
    }


async def window(
    session: AsyncSession, *, room_id: UUID, seq: int, around: int = 5
) -> list[frames.Message]:
    """Return up to `around` messages on each side of `seq`, and the one there, as staff see them.

    Signs and changes between them are not counted. The caller logs that it was looked at.
    """
    earlier = await events.said(session, room_id, upto=seq, limit=around + 1)
    if not earlier or earlier[-1].seq != seq:
        earlier = earlier[-around:]
    later = await events.said(session, room_id, after=seq, limit=around)
    return [entries.message(entry, Viewer.STAFF) for entry in (*earlier, *later)]


async def by_id(session: AsyncSession, message_id: UUID) -> Entry:
    """Return a message as it stands, with its words; for those who may, decided by the caller.

    Raises:
        NotFound: there is no message of that id here.
    """
    entry = (await events.by_ids(session, [message_id])).get(message_id)
    if entry is None or entry.kind != EventKind.MESSAGE:
        raise NotFound
    return entry


async def tell_subject(
    session: AsyncSession, actor: Actor, message_id: UUID
) -> tuple[Subject, str]:
    """Return what a report of this message is about, and its words as evidence.

    Of one that was taken back, too: its words while they are kept, then none.

    Raises:
        NotFound: there is no such message, or one is not in its room.
    """
    require(actor, Act.SEE_OWN)
    entry = await by_id(session, message_id)
    await rooms.membership(session, actor, entry.room_id)
    return subject(entry), entry.body or ""


def subject(entry: Entry) -> Subject:
    """Return what a concern about this message is about."""
    return Subject(
        SubjectKind.MESSAGE, entry.id, entry.sender_id, room_id=entry.room_id, seq=entry.seq
    )


async def hide(session: AsyncSession, *, message_id: UUID, now: datetime) -> bool:
    """Hide a message from peers; idempotent. Return whether it was shown before.

    Raises:
        NotFound: there is no message of that id here.
    """
    shown = RoomEvent.hidden_at.is_(None)
    return await _turn(session, message_id, EventKind.HIDDEN, shown, hidden_at=now, now=now)


async def unhide(session: AsyncSession, *, message_id: UUID, now: datetime) -> bool:
    """Show a hidden message again; idempotent. Return whether it was hidden before.

    Raises:
        NotFound: there is no message of that id here.
    """
    hidden = RoomEvent.hidden_at.is_not(None)
    return await _turn(session, message_id, EventKind.UNHIDDEN, hidden, hidden_at=None, now=now)


async def _turn(
    session: AsyncSession,
    message_id: UUID,
    kind: EventKind,
    only_if: ColumnElement[bool],
    *,
    hidden_at: datetime | None,
    now: datetime,
) -> bool:
    message = await by_id(session, message_id)
    await logs.lock(session, [message.room_id])
    turned = await session.scalar(
        update(RoomEvent)
        .where(RoomEvent.id == message_id, RoomEvent.erased_at.is_(None), only_if)
        .values(hidden_at=hidden_at)
        .returning(RoomEvent.id)
    )
    if turned is None:
        return False
    await events.append(
        session, message.room_id, kind, sender_id=message.sender_id, subject_id=message_id, now=now
    )
    return True


async def remove(session: AsyncSession, actor: Actor, message_id: UUID, *, now: datetime) -> bool:
    """Take one's own words out of a talk; idempotent. Return whether they were there.

    They are kept aside for a while (`chat.withdrawn`).

    Raises:
        NotFound: there is no such message of one's own.
    """
    require(actor, Act.CHANGE_OWN)
    message = await by_id(session, message_id)
    if message.sender_id != actor.account_id:
        raise NotFound
    await logs.lock(session, [message.room_id])
    if not await withdrawn.put_aside(session, message_id, now=now):
        return False
    await waiting.withdraw_changes(session, [message_id], now=now)
    await events.append(
        session,
        message.room_id,
        EventKind.REMOVED,
        sender_id=actor.account_id,
        subject_id=message_id,
        now=now,
    )
    return True


async def remove_all(session: AsyncSession, actor: Actor, room_id: UUID, *, now: datetime) -> bool:
    """Take all one said out of a talk one is in; idempotent. Return whether anything was there.

    As with `remove`, messages are kept aside for a while. One event stands for all of them.

    Raises:
        NotFound: there is no such room, or one is not in it.
    """
    require(actor, Act.CHANGE_OWN)
    await rooms.membership(session, actor, room_id)
    await logs.lock(session, [room_id])
    taken = await withdrawn.put_all_aside(session, room_id, actor.account_id, now=now)
    if not taken:
        return False
    await waiting.withdraw_changes(session, taken, now=now)
    await events.append(session, room_id, EventKind.REMOVED, sender_id=actor.account_id, now=now)
    return True


async def erase(
    session: AsyncSession,
    *,
    account_id: UUID,
    now: datetime,
    room_ids: set[UUID] | None = None,
) -> None:
    """Blank one author's words, everywhere or in these rooms; numbers stay, peers are told.

    One `removed` event per room stands for all of them. Called when an account is erased, or by
    its owner's choice per talk.
    """
    theirs = (RoomEvent.sender_id == account_id) & RoomEvent.body_sealed.is_not(None)
    # What they had changed or taken back is nowhere what they chose to leave.
    meant = theirs & RoomEvent.kept_until.is_not(None)
    standing = theirs & RoomEvent.kept_until.is_(None)
    if room_ids is not None:
        standing &= RoomEvent.room_id.in_(room_ids)
    found = await session.scalars(select(RoomEvent.room_id).where(standing).distinct())
    concerned = sorted(found)
    await logs.lock(session, concerned)
    await _blank(session, meant | standing, now=now)
    for room_id in concerned:
        await events.append(session, room_id, EventKind.REMOVED, sender_id=account_id, now=now)
    if room_ids is None:
        await waiting.erase(session, account_id=account_id, now=now)


async def _blank(session: AsyncSession, which: ColumnElement[bool], *, now: datetime) -> None:
    await session.execute(
        update(RoomEvent)
        .where(which)
        .values(withdrawn.NO_WORDS | {"erased_at": func.coalesce(RoomEvent.erased_at, now)})
        .execution_options(synchronize_session=False)
    )


async def retire(session: AsyncSession, *, room_id: UUID, before: datetime) -> int:
    """Forget a room's events from before that moment; return the first seq still kept.

    Only a prefix goes, so that what is left has no hole. Older cursors get `limited`.
    """
    kept = await session.scalar(
        select(func.min(RoomEvent.seq)).where(RoomEvent.room_id == room_id, RoomEvent.at >= before)
    )
    first_seq = (await logs.by_id(session, room_id)).last_seq + 1 if kept is None else kept
    await events.forget(session, room_id, before_seq=first_seq)
    await logs.begin_at(session, room_id, first_seq=first_seq)
    return first_seq
