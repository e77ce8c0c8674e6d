"""A copy of one talk, for somebody who is in it: others' words only with their yes (promise 28).

Whoever would like others' words asks once; silence is no, and a yes can be taken back. What the
copy holds is decided when it is made, by what its maker may see then.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from chat import frames, messages, rooms
from chat.kinds import Status
from core import ids, limits
from core.errors import NotFound
from core.sentences import Sentence, say
from core.tables import Base, Identified, Owned, Retention, field
from core.upserts import insert
from people import accounts, audit, blocks, notices
from people.notices import NoticeKind
from people.permissions import Act, Actor, require

ELSE: Final = say("[someone else's words]")


class CopyWish(Base, Identified, Owned):
    """Somebody's wish that another's words may be in their copy of a talk."""

    __tablename__ = "copy_wish"
    __table_args__ = (UniqueConstraint("room_id", "asker_id", "giver_id"),)

    room_id: Mapped[UUID] = field(Retention.TALK, ForeignKey("room.id"))
    asker_id: Mapped[UUID] = field(Retention.TALK, personal="asker_id", index=True)
    giver_id: Mapped[UUID] = field(Retention.TALK, personal="giver_id", index=True)
    asked_at: Mapped[datetime] = field(Retention.TALK, personal="asker_id")
    # None while nothing was said, which is no.
    is_yes: Mapped[bool | None] = field(Retention.TALK, personal="giver_id")
    answered_at: Mapped[datetime | None] = field(Retention.TALK, personal="giver_id")


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else in the talk: whether one asked them, and whether they said yes."""

    account_id: UUID
    name: str
    is_asked: bool
    is_yes: bool


@dataclass(frozen=True, slots=True)
class Wished:
    """Somebody who would like one's own words in their copy; `is_yes` is None before an answer."""

    asker_id: UUID
    name: str
    is_yes: bool | None


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the copy. `name` is None for somebody whose words aren't in it."""

    at: datetime
    name: str | None
    is_own: bool
    note: str
    words: str | Sentence


async def others(session: AsyncSession, actor: Actor, room_id: UUID) -> list[Other]:
    """Return who else is in the talk, or was in a talk of two, by name.

    Raises:
        NotFound: there is no such room, or one is not in it.
    """
    require(actor, Act.SEE_OWN)
    await rooms.membership(session, actor, room_id)
    there = await rooms.members(session, room_id) - {actor.account_id}
    there -= await blocks.made_by(session, actor.account_id)
    names = await accounts.names(session, there)
    query = select(CopyWish.giver_id, CopyWish.is_yes).where(
        CopyWish.room_id == room_id, CopyWish.asker_id == actor.account_id
    )
    # Of somebody who shut the actor out since, it reads as if they had taken their yes back.
    unmet = await blocks.between(session, actor.account_id)
    wishes = {
        giver_id: bool(is_yes) and giver_id not in unmet
        for giver_id, is_yes in await session.execute(query)
    }
    found = [Other(one, names[one], one in wishes, wishes.get(one, False)) for one in names]
    return sorted(found, key=lambda one: one.name)


async def ask(session: AsyncSession, actor: Actor, room_id: UUID, *, now: datetime) -> None:
    """Ask everybody else in the talk, each once; idempotent.

    Who shut the actor out isn't called, and reads so from nothing (promise 17).

    Raises:
        NotFound: there is no such room, or one is not in it.
    """
    require(actor, Act.TAKE_PART)
    unmet = await blocks.between(session, actor.account_id)
    said = say(
        "%(name)s would like a copy of your talk to keep. Your words are in it only if you say"
        " yes.",
        name=actor.name,
    )
    for other in await others(session, actor, room_id):
        row = insert(session, CopyWish).values(
            id=ids.new_id(), organisation_id=actor.organisation_id, room_id=room_id,
            asker_id=actor.account_id, giver_id=other.account_id, asked_at=now,
        )  # fmt: skip
        await session.execute(row.on_conflict_do_nothing())
        if other.account_id not in unmet:
            await notices.send(
                session, account_id=other.account_id, kind=NoticeKind.TALK_COPY,
                subject_id=room_id, words=said, now=now,
                dedupe_key=f"copy:{room_id}:{actor.account_id}:{other.account_id}",
            )  # fmt: skip


async def wished(session: AsyncSession, actor: Actor, room_id: UUID) -> list[Wished]:
    """Return who would like one's own words in their copy of this talk, the first to ask first.

    Raises:
        NotFound: there is no such room, or one is not in it.
    """
    require(actor, Act.SEE_OWN)
    await rooms.membership(session, actor, room_id)
    query = (
        select(CopyWish.asker_id, CopyWish.is_yes)
        .where(CopyWish.room_id == room_id, CopyWish.giver_id == actor.account_id)
        .order_by(CopyWish.asked_at, CopyWish.id)
    )
    rows = (await session.execute(query)).all()
    unmet = await blocks.between(session, actor.account_id)
    names = await accounts.names(session, {row.asker_id for row in rows} - unmet)
    return [Wished(one, names[one], is_yes) for one, is_yes in rows if one in names]


async def answer(
    session: AsyncSession,
    actor: Actor,
    room_id: UUID,
    asker_id: UUID,
    *,
    is_yes: bool,
    now: datetime,
) -> None:
    """Say yes, or no, or take a yes back; idempotent. Nobody is told of a no.

    Raises:
        NotFound: nobody of that id asked for one's words there.
    """
    require(actor, Act.CHANGE_OWN)
    changed = await session.scalar(
        update(CopyWish)
        .where(CopyWish.room_id == room_id, CopyWish.asker_id == asker_id)
        .where(CopyWish.giver_id == actor.account_id)
        .values(is_yes=is_yes, answered_at=now)
        .returning(CopyWish.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        raise NotFound


async def note(session: AsyncSession, actor: Actor, room_id: UUID, *, now: datetime) -> None:
    """Put it into the audit that a copy is made.

    Raises:
        NotFound: there is no such room, or one is not in it.
    """
    require(actor, Act.SEE_OWN)
    await rooms.membership(session, actor, room_id)
    audit.record(
        session, kind="talk_copied", actor_id=actor.account_id, subject_kind="room",
        subject_id=room_id, now=now,
    )  # fmt: skip


async def read(session: AsyncSession, actor: Actor, room_id: UUID) -> list[Line]:
    """Return the talk as the actor may keep it: what they can see, others' words by their yes.

    Raises:
        NotFound: there is no such room, or one is not in it.
    """
    require(actor, Act.SEE_OWN)
    names = {
        one.account_id: one.name for one in await others(session, actor, room_id) if one.is_yes
    }
    names[actor.account_id] = actor.name
    found: list[Line] = []
    after = 0
    while True:
        logged = await messages.page(session, actor, room_id, after=after, limit=limits.PAGE_ITEMS)
        found += _lines(logged, actor.account_id, names)
        if len(logged) < limits.PAGE_ITEMS:
            return found
        after = logged[-1].seq


def _lines(logged: Collection[frames.Logged], me: UUID, names: dict[UUID, str]) -> list[Line]:
    return [
        _line(frame, me, names.get(frame.sender) if frame.sender else None)
        for frame in logged
        if isinstance(frame, frames.Message) and _is_there(frame, me)
    ]


def _is_there(frame: frames.Message, me: UUID) -> bool:
    """Tell whether the talk's page shows words there: what was put away is its author's alone."""
    is_put_away = frame.status is Status.HIDDEN and frame.sender != me
    return frame.status is not Status.REMOVED and not is_put_away


def _line(frame: frames.Message, me: UUID, name: str | None) -> Line:
    at, is_own = frame.written_at or frame.at, frame.sender == me
    if name is None or frame.text is None:
        return Line(at, None, is_own=False, note="", words=ELSE)
    return Line(at, name, is_own=is_own, note=frame.note or "", words=frame.text)
