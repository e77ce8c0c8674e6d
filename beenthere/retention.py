"""What is kept no longer: what has ended, expired or was settled long ago goes, table by table.

The lengths are the organisation's (`people.retentions`). Legal hold: nothing of a case goes while
somebody works on it, while what it decided holds, or while another case about the same person is
open. The audit chain is kept whole: a part taken out could not be told from tampering.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from beenthere.overdue import OF_A_CASE, RULES, Rule
from chat import messages, withdrawn
from chat.events import KEPT_ASIDE, RoomEvent
from chat.logs import Room
from core.safety import SubjectKind
from core.tables import Retention
from groups.stays import GroupMember
from moderation.case_words import CaseWords
from moderation.cases import Case, CaseEvent
from moderation.flags import Flag
from moderation.fold import Status
from people import audit, documents
from people.retentions import Lengths

# So few at once that whoever writes meanwhile waits for a moment only.
AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Found:
    """How many rows of a table go, and since when they are over."""

    name: str
    rows: int
    since: str
    before: datetime


async def look(session: AsyncSession, *, now: datetime) -> list[Found]:
    """Return what would go now; nothing is changed."""
    found = []
    for rule, before in await _due(session, now=now):
        over = select(func.count()).select_from(rule.table).where(rule.is_over(before, now))
        rows = await session.scalar(over) or 0
        found.append(Found(rule.name, rows, rule.since, before))
    said_before = await _before(session, Retention.TALK, now=now)
    if said_before is not None:
        said = RoomEvent.at < said_before
        query = select(func.count()).select_from(RoomEvent).where(said, ~_HELD)
        found.append(Found("room_event", await session.scalar(query) or 0, "said", said_before))
    aside = await withdrawn.count_due(session, _TOLD_OF, now=now)
    return [*found, _put_aside(aside, now=now)]


async def sweep(session: AsyncSession, *, now: datetime) -> list[Found]:
    """Let some of it go; return what went. Whoever calls comes again until nothing does."""
    gone = []
    for rule, before in await _due(session, now=now):
        over = select(rule.key).where(rule.is_over(before, now)).limit(AT_ONCE)
        ids = (await session.scalars(over)).all()
        if ids:
            await _take_away(session, rule, ids)
            gone.append(Found(rule.name, len(ids), rule.since, before))
    gone += await _blank_reasons(session, now=now)
    gone += await _shorten_talks(session, now=now)
    aside = await withdrawn.forget(session, _TOLD_OF, now=now, most=AT_ONCE)
    gone += [_put_aside(aside, now=now)] if aside else []
    if gone:
        audit.record(
            session, kind="retention_swept", actor_id=None, subject_kind="organisation",
            subject_id=session.info["organisation_id"], now=now,
        )  # fmt: skip
    return gone


async def _due(session: AsyncSession, *, now: datetime) -> list[tuple[Rule, datetime]]:
    lengths = await documents.current(session, Lengths)
    due = ((rule, lengths.before(rule.kind, now=now)) for rule in RULES)
    return [(rule, before) for rule, before in due if before is not None]


async def _before(session: AsyncSession, kind: Retention, *, now: datetime) -> datetime | None:
    return (await documents.current(session, Lengths)).before(kind, now=now)


async def _take_away(session: AsyncSession, rule: Rule, ids: Sequence[Any]) -> None:
    if rule.table is Case:
        await _take_away_of_cases(session, ids)
    gone = delete(rule.table).where(rule.key.in_(ids))
    await session.execute(gone.execution_options(synchronize_session=False))


async def _take_away_of_cases(session: AsyncSession, case_ids: Sequence[Any]) -> None:
    events = select(CaseEvent.id).where(CaseEvent.case_id.in_(case_ids))
    event_ids = (await session.scalars(events)).all()
    words = delete(CaseWords).where(CaseWords.event_id.in_(event_ids))
    for statement in (words, *(delete(one).where(one.case_id.in_(case_ids)) for one in OF_A_CASE)):
        await session.execute(statement.execution_options(synchronize_session=False))


async def _blank_reasons(session: AsyncSession, *, now: datetime) -> list[Found]:
    """Blank why somebody had to leave a group; that they had to stays, and so does the door."""
    before = await _before(session, Retention.CASE, now=now)
    if before is None:
        return []
    blanked = await session.execute(
        update(GroupMember)
        .where(GroupMember.removed_at < before, GroupMember.reason_sealed.is_not(None))
        .values(reason_sealed=None)
        .returning(GroupMember.account_id)
        .execution_options(synchronize_session=False)
    )
    rows = len(blanked.all())
    return [Found("group_member", rows, "removed", before)] if rows else []


# Words of a talk that somebody is asked to look at stay until they have.
_HELD: Final = exists().where(Case.room_id == RoomEvent.room_id, Case.status != Status.DECIDED)


# Words that were changed or taken back stay while a case about that very message is open.
_TOLD_OF: Final = exists().where(
    Flag.subject_kind == SubjectKind.MESSAGE,
    or_(Flag.subject_id == RoomEvent.id, Flag.subject_id == RoomEvent.subject_id),
    Flag.case_id == Case.id,
    Case.status != Status.DECIDED,
)


def _put_aside(rows: int, *, now: datetime) -> Found:
    return Found("room_event_words", rows, "changed or taken back", now - KEPT_ASIDE)


async def _shorten_talks(session: AsyncSession, *, now: datetime) -> list[Found]:
    """Forget what was said before the organisation's length of talk, where it has one."""
    before = await _before(session, Retention.TALK, now=now)
    if before is None:
        return []
    begins = and_(RoomEvent.room_id == Room.id, RoomEvent.seq == Room.first_seq)
    query = select(Room.id).join(RoomEvent, begins).where(RoomEvent.at < before, ~_HELD)
    room_ids = (await session.scalars(query.limit(AT_ONCE))).all()
    for room_id in room_ids:
        await messages.retire(session, room_id=room_id, before=before)
    return [Found("room", len(room_ids), "said", before)] if room_ids else []
