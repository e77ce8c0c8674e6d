"""One batch of messages in one unit of work: recognised, admitted, numbered, stored, flagged.

Everything here is decided by rows read in the same transaction that writes.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from chat import admissions, concerns, edits, events, frames, help_cards, logs, repeats, waiting
from chat.drafts import Draft, Kept, Key, Outcome, Refusal
from chat.entries import Entry
from chat.events import RoomEvent
from chat.help_cards import Wanted
from chat.kinds import EventKind
from chat.waiting import PendingMessage, State
from core.safety import Response, Safety


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch: an answer per key, and what each room's listeners get."""

    outcomes: dict[Key, Outcome]
    entries: dict[UUID, list[Entry]]


async def store(
    session: AsyncSession,
    drafts: Sequence[Draft],
    *,
    safety: Safety,
    now: datetime,
    is_careful: bool = True,
) -> Stored:
    """Store what may be stored. A resend gets its first answer before anything else is asked.

    Not `is_careful`, messages that are in the log already are not looked for: resends are rare,
    and looking costs more than all the rest. The caller tries again with care.

    Raises:
        IntegrityError: only without care; one of these was sent before.
    """
    first: dict[Key, Draft] = {}
    for draft in drafts:
        first.setdefault(draft.key, draft)
    refused = await _refused(session, first.values(), now=now)
    looked_for = {key: one for key, one in first.items() if is_careful or _is_aside(one, refused)}
    known = await repeats.put_aside(session, first, now=now)
    known |= await repeats.in_log(session, looked_for)
    refused = {key: refusal for key, refusal in refused.items() if key not in known}
    refused |= repeats.other_words(known)
    fresh = [draft for key, draft in first.items() if key not in known or key in refused]
    admitted = [draft for draft in fresh if draft.key not in refused]
    entries = await _append(session, [d for d in admitted if d.verdict.reaches_peers], now=now)
    aside = [draft for draft in admitted if draft.key not in entries]
    if aside:
        session.add_all(_pending(draft, now=now) for draft in aside)
        await session.flush()
    await concerns.raise_all(session, safety, fresh, stored=entries, refused=refused, now=now)
    outcomes: dict[Key, Outcome] = {**known, **refused}
    outcomes |= {key: _sent(entry, key) for key, entry in entries.items()}
    new = await waiting.new_talks(session, {draft.room_id for draft in aside}, now=now)
    outcomes |= {draft.key: _aside(draft, new) for draft in aside}
    await _help(session, first, outcomes, now=now)
    return Stored(outcomes, _by_room(entries.values()))


def _is_aside(draft: Draft, refused: Collection[Key]) -> bool:
    """Tell whether storing it would not show by itself that it is in the log already."""
    return draft.key in refused or not draft.verdict.reaches_peers


async def _refused(
    session: AsyncSession, drafts: Collection[Draft], *, now: datetime
) -> dict[Key, Refusal]:
    pairs = {(draft.room_id, draft.sender_id) for draft in drafts}
    faults = await admissions.check(session, pairs, now=now)
    kept_out = {
        draft.key: Refusal(fault)
        for draft in drafts
        if (fault := faults[draft.room_id, draft.sender_id]) is not None
    }
    return await edits.refused(session, drafts, now=now) | kept_out


async def _append(
    session: AsyncSession, drafts: Sequence[Draft], *, now: datetime
) -> dict[Key, Entry]:
    """Number the drafts in their order and store them; return the entry of each key."""
    if not drafts:
        return {}
    counts = Counter(draft.room_id for draft in drafts)
    last = await logs.advance(session, counts, now=now)
    following = {room_id: last[room_id] - counts[room_id] for room_id in counts}
    replies = await _replies(session, drafts)
    stand = await edits.targets(session, drafts)
    entries: dict[Key, Entry] = {}
    for draft in drafts:
        following[draft.room_id] += 1
        seq = following[draft.room_id]
        if draft.edits is not None:
            entry = edits.of_draft(draft, stand[draft.edits], seq, now=now)
            # The next change in this batch begins where this one ends.
            stand[draft.edits] = entry.subject or stand[draft.edits]
        else:
            entry = _entry(draft, seq, now=now)
        if draft.reply_to is not None and (draft.room_id, draft.reply_to) not in replies:
            entry = replace(entry, reply_to=None)
        entries[draft.key] = entry
    await events.write(session, list(entries.values()))
    if stand:
        await edits.write(session, entries.values())
    return entries


async def _replies(session: AsyncSession, drafts: Sequence[Draft]) -> set[tuple[UUID, UUID | None]]:
    """Return the (room, message) pairs among what is replied to that are there to be quoted.

    A reply to what isn't there is said without the quote: words matter more than the quote.
    """
    wanted = {draft.reply_to for draft in drafts if draft.reply_to is not None}
    if not wanted:
        return set()
    found = await session.execute(
        select(RoomEvent.room_id, RoomEvent.id).where(RoomEvent.id.in_(wanted))
    )
    return {(room_id, event_id) for room_id, event_id in found}


def _entry(draft: Draft, seq: int, *, now: datetime) -> Entry:
    return Entry(
        room_id=draft.room_id,
        seq=seq,
        id=draft.id,
        kind=EventKind.MESSAGE,
        at=now,
        sender_id=draft.sender_id,
        client_id=draft.client_id,
        body=draft.text,
        note=draft.note,
        reply_to=draft.reply_to,
        folded=draft.verdict.folded,
        written_at=now,
    )


def _pending(draft: Draft, *, now: datetime) -> PendingMessage:
    is_asked = draft.verdict.response is Response.ASK
    row = PendingMessage(
        id=draft.id,
        room_id=draft.room_id,
        sender_id=draft.sender_id,
        client_id=draft.client_id,
        reply_to=draft.reply_to,
        edits=draft.edits,
        folded=[list(span) for span in draft.verdict.folded],
        state=State.ASKED if is_asked else State.HELD,
        tier=draft.verdict.tier,
        categories=sorted(draft.verdict.categories),
        written_at=draft.written_at,
        asked_at=now if is_asked else None,
    )
    row.body, row.note = draft.text, draft.note
    row.because_words = "\n".join(draft.verdict.because)
    return row


def _sent(entry: Entry, key: Key) -> frames.Sent:
    return frames.Sent(room=key[0], client_id=key[2], seq=entry.seq, id=entry.id, at=entry.at)


def _aside(draft: Draft, new: Collection[UUID]) -> Kept:
    why = draft.verdict.because
    if draft.verdict.response is Response.ASK:
        is_new = draft.room_id in new
        return repeats.asked(draft.room_id, draft.client_id, draft.id, why, is_new=is_new)
    return frames.Held(room=draft.room_id, client_id=draft.client_id, id=draft.id, why=why)


async def _help(
    session: AsyncSession,
    drafts: Mapping[Key, Draft],
    outcomes: dict[Key, Outcome],
    *,
    now: datetime,
) -> None:
    """Put under each answer the help that belongs there, also when the words weren't taken."""
    wanted = {
        key: Wanted(draft.sender_id, _id(draft, outcomes[key]), draft.verdict.tier)
        for key, draft in drafts.items()
        if draft.wants_help
    }
    given = await help_cards.give(session, list(wanted.values()), now=now)
    for key, one in wanted.items():
        outcome, chosen = outcomes[key], given[one.message_id]
        if isinstance(outcome, Refusal):
            outcomes[key] = replace(outcome, help=chosen)
        else:
            outcomes[key] = msgspec.structs.replace(outcome, help=chosen)


def _id(draft: Draft, outcome: Outcome) -> UUID:
    return draft.id if isinstance(outcome, Refusal) else outcome.id


def _by_room(entries: Collection[Entry]) -> dict[UUID, list[Entry]]:
    rooms: dict[UUID, list[Entry]] = {}
    for entry in entries:
        rooms.setdefault(entry.room_id, []).append(entry)
    return rooms
