"""Messages sent again: recognised by room, sender and client id, and answered as before."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from chat import edits, events, frames, waiting
from chat.drafts import Draft, Key, OtherWords, Outcome, Refusal, TakenBack
from chat.events import RoomEvent
from chat.waiting import PendingMessage, State

_PENDING: Final = cast("Table", PendingMessage.__table__)
# A plain statement, made once: it is asked for every batch. Most people have nothing waiting.
_PUT_ASIDE: Final = (
    select(_PENDING.c.id)
    .where(_PENDING.c.organisation_id == bindparam("organisation"))
    .where(_PENDING.c.sender_id.in_(bindparam("senders", expanding=True)))
    .where(_PENDING.c.room_id.in_(bindparam("rooms", expanding=True)))
    .where(_PENDING.c.state != State.RELEASED)
)


async def put_aside(
    session: AsyncSession, drafts: Mapping[Key, Draft], *, now: datetime
) -> dict[Key, Outcome]:
    """Return the answers of those drafts that are, or were, not in a log."""
    wanted = {
        "rooms": list({key[0] for key in drafts}),
        "senders": list({key[1] for key in drafts}),
        "organisation": session.info["organisation_id"],
    }
    ids = (await (await session.connection()).execute(_PUT_ASIDE, wanted)).scalars().all()
    if not ids:
        return {}
    query = select(PendingMessage).where(PendingMessage.id.in_(ids))
    rows = (await session.scalars(query)).all()
    new = await waiting.new_talks(session, {row.room_id for row in rows}, now=now)
    found = {(row.room_id, row.sender_id, row.client_id): row for row in rows}
    return {
        key: _first_answer(drafts[key], row.body, _waiting(row, new))
        for key, row in found.items()
        if key in drafts
    }


async def in_log(session: AsyncSession, drafts: Mapping[Key, Draft]) -> dict[Key, Outcome]:
    """Return the first answer of every draft that is in a log."""
    if not drafts:
        return {}
    columns = (RoomEvent.room_id, RoomEvent.sender_id, RoomEvent.client_id)
    rows = await session.execute(select(RoomEvent.id).where(tuple_(*columns).in_(list(drafts))))
    found = await events.by_ids(session, rows.scalars())
    changed = await edits.put(session, found.values())
    answers = dict[Key, Outcome]()
    for one in found.values():
        assert one.sender_id is not None
        assert one.client_id is not None
        sent = frames.Sent(
            room=one.room_id, client_id=one.client_id, seq=one.seq, id=one.id, at=one.at
        )
        key = (one.room_id, one.sender_id, one.client_id)
        answers[key] = _first_answer(drafts[key], changed.get(one.id, one.body), sent)
    return answers


def _first_answer(draft: Draft, words: str | None, answer: Outcome) -> Outcome:
    """Return the answer, but not for other words: they would be lost as if they had been sent."""
    if words is None or draft.says(words):
        return answer
    return Refusal(OtherWords())


def other_words(known: Mapping[Key, Outcome]) -> dict[Key, Refusal]:
    """Return those that are no repeats at all: new words, which nobody has read yet."""
    return {
        key: answer
        for key, answer in known.items()
        if isinstance(answer, Refusal) and isinstance(answer.fault, OtherWords)
    }


def _waiting(row: PendingMessage, new: Collection[UUID]) -> Outcome:
    if row.state is State.HELD:
        return frames.Held(room=row.room_id, client_id=row.client_id, id=row.id, why=row.because)
    if row.state is State.ASKED:
        return asked(row.room_id, row.client_id, row.id, row.because, is_new=row.room_id in new)
    return Refusal(TakenBack())


def asked(
    room: UUID, client_id: str, pending_id: UUID, why: tuple[str, ...], *, is_new: bool
) -> frames.Asked:
    """Return the answer that leaves the choice to the author (promise 25)."""
    choices = waiting.choices(is_new=is_new)
    return frames.Asked(room=room, client_id=client_id, id=pending_id, why=why, choices=choices)
