"""Asking to come in where the door isn't open. Who answers is `groups.doors`."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Index, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption, ids
from core.errors import Invalid
from core.safety import Safety, SubjectKind, Verdict
from core.sentences import say
from core.tables import Base, Identified, Owned, Retention, field
from core.upserts import insert
from groups import cards, members
from groups.members import GroupFull
from matching import concerns, hellos
from matching.concerns import Said
from people.permissions import Act, Actor, require

OWN: Final = "account_id"
_ASKED: Final = text("state = 'asked'")


class State(StrEnum):
    """Where a request is."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    NOT_NOW = "not_now"
    WITHDRAWN = "withdrawn"


class Place(StrEnum):
    """How an account stands to a group."""

    NONE = "none"
    ASKED = "asked"
    IN = "in"


class JoinRequest(Base, Identified, Owned):
    """One account asks into one group. At most one is open. Folded spans as in a hello."""

    __tablename__ = "join_request"
    __table_args__ = (
        Index(
            "uq_join_request_open", "group_id", "account_id",
            unique=True, sqlite_where=_ASKED, postgresql_where=_ASKED,
        ),
    )  # fmt: skip

    group_id: Mapped[UUID] = field(Retention.ACCOUNT, personal=OWN)
    account_id: Mapped[UUID] = field(Retention.ACCOUNT, personal=OWN, index=True)
    note_sealed: Mapped[bytes | None] = field(Retention.ACCOUNT, personal=OWN)
    folded: Mapped[list[Any]] = field(Retention.ACCOUNT, personal=OWN)
    state: Mapped[State] = field(Retention.ACCOUNT, personal=OWN)
    asked_at: Mapped[datetime] = field(Retention.ACCOUNT, personal=OWN)
    answered_at: Mapped[datetime | None] = field(Retention.ACCOUNT, personal=OWN)
    answered_by: Mapped[UUID | None] = field(Retention.ACCOUNT, personal="answered_by")

    note = encryption.Sealed("note_sealed")


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

    Raises:
        Invalid: too many words, or one is in already.
        HelloHeld: the verdict holds the words.
        GroupFull: there is no place just now.
        NotFound: there is no such group here, or it has ended.
    """
    require(actor, Act.TAKE_PART)
    folded = hellos.admit(note, verdict) if note.strip() else []
    group = await cards.by_id(session, group_id)
    if await members.here(session, group_id, actor.account_id) is not None:
        raise Invalid(say("You're in this group already."))
    if not group.has_room:
        raise GroupFull
    written = await _write(session, actor, group_id, note=note, folded=folded, now=now)
    if written is None:
        return await _open_one(session, group_id, actor.account_id)
    words = say("%(name)s would like to come to %(group)s.", name=actor.name, group=group.name)
    await members.tell_facilitators(session, group, words, about=actor.account_id, now=now)
    await concerns.raise_about(
        session,
        Said(note, verdict, safety),
        kind=SubjectKind.GROUP,
        subject_id=written,
        author_id=actor.account_id,
        now=now,
    )
    return written


async def _write(
    session: AsyncSession,
    actor: Actor,
    group_id: UUID,
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
        state=State.ASKED,
        asked_at=now,
    )
    written: UUID | None = await session.scalar(
        row.on_conflict_do_nothing().returning(JoinRequest.id)
    )
    return written


async def _open_one(session: AsyncSession, group_id: UUID, account_id: UUID) -> UUID:
    query = select(JoinRequest.id).where(
        JoinRequest.group_id == group_id, JoinRequest.account_id == account_id
    )
    return (await session.scalars(query.where(JoinRequest.state == State.ASKED))).one()


async def withdraw(session: AsyncSession, actor: Actor, group_id: UUID, *, now: datetime) -> None:
    """Take one's own request back; idempotent."""
    require(actor, Act.CHANGE_OWN)
    await session.execute(
        update(JoinRequest)
        .where(JoinRequest.group_id == group_id, JoinRequest.account_id == actor.account_id)
        .where(JoinRequest.state == State.ASKED)
        .values(state=State.WITHDRAWN, answered_at=now)
    )


async def place(session: AsyncSession, actor: Actor, group_id: UUID) -> Place:
    """Return how the actor stands to a group."""
    require(actor, Act.SEE_OWN)
    if await members.here(session, group_id, actor.account_id) is not None:
        return Place.IN
    mine = (JoinRequest.group_id == group_id, JoinRequest.account_id == actor.account_id)
    query = select(JoinRequest.id).where(*mine, JoinRequest.state == State.ASKED)
    return Place.NONE if await session.scalar(query) is None else Place.ASKED
