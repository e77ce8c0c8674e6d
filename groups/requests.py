"""Asking to come in where the door isn't open: a person decides, and says so kindly."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Index, exists, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption, ids, limits
from core.errors import Conflict, Invalid, NotFound
from core.safety import Safety, SubjectKind, Verdict
from core.sentences import Sentence, say
from core.tables import Base, Identified, Owned, Retention, field
from core.upserts import insert
from groups import cards, members
from groups.cards import Group
from groups.members import GroupFull, GroupMember
from matching import concerns, hellos
from matching.concerns import Said
from people import notices
from people.accounts import Account
from people.notices import NoticeKind
from people.permissions import Act, Actor, Standing, require

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


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who would like to come in. `was_removed`: they were in before, and let go."""

    id: UUID
    account_id: UUID
    name: str
    note: str
    folded: hellos.Spans
    asked_at: datetime
    was_removed: bool


class AnsweredElsewhere(Conflict):
    """Somebody else answered this request otherwise, or it was taken back."""

    code, title = "answered_elsewhere", say("This was answered a moment ago. Please look again.")


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


async def accept(
    session: AsyncSession, actor: Actor, request_id: UUID, *,
    now: datetime, group_id: UUID | None = None,
) -> None:  # fmt: skip
    """Let somebody in who asked (this group, if one is named); idempotent.

    Raises:
        AnsweredElsewhere: it was answered otherwise, or taken back.
        GroupFull: there is no place; the request stays open.
        NotFound: there is no such request here, or whoever asked is gone.
    """
    asked, group = await _to_answer(session, actor, request_id, group_id)
    if not await _answer(session, actor, asked, State.ACCEPTED, now=now):
        return
    await members.let_in(session, group, asked.account_id, now=now)
    words = say("You're welcome in %(group)s. Come in when you like.", group=group.name)
    await _tell(session, asked, words, now=now)


async def answer_not_now(
    session: AsyncSession, actor: Actor, request_id: UUID, *,
    now: datetime, group_id: UUID | None = None,
) -> None:  # fmt: skip
    """Say that it doesn't fit just now; idempotent. They may ask again.

    Raises:
        AnsweredElsewhere: it was answered otherwise, or taken back.
        NotFound: there is no such request here.
    """
    asked, group = await _to_answer(session, actor, request_id, group_id)
    if await _answer(session, actor, asked, State.NOT_NOW, now=now):
        words = say(
            "%(group)s can't take anybody new just now. Other groups may be able to.",
            group=group.name,
        )
        await _tell(session, asked, words, now=now)


async def _to_answer(
    session: AsyncSession, actor: Actor, request_id: UUID, group_id: UUID | None
) -> tuple[JoinRequest, Group]:
    asked = await session.scalar(select(JoinRequest).where(JoinRequest.id == request_id))
    if asked is None or group_id not in (None, asked.group_id):
        raise NotFound
    group = await cards.by_id(session, asked.group_id)
    require(actor, Act.LEAD_GROUP, group)
    return asked, group


async def _answer(
    session: AsyncSession, actor: Actor, asked: JoinRequest, state: State, *, now: datetime
) -> bool:
    """Move an open request; False when it was answered just so before."""
    which = JoinRequest.id == asked.id
    moved = await session.scalar(
        update(JoinRequest)
        .where(which, JoinRequest.state == State.ASKED)
        .values(state=state, answered_at=now, answered_by=actor.account_id)
        .returning(JoinRequest.id)
    )
    if moved is not None:
        return True
    if await session.scalar(select(JoinRequest.state).where(which)) is not state:
        raise AnsweredElsewhere
    return False


async def _tell(
    session: AsyncSession, asked: JoinRequest, words: Sentence, *, now: datetime
) -> None:
    await notices.send(
        session,
        account_id=asked.account_id,
        kind=NoticeKind.GROUP,
        subject_id=asked.group_id,
        words=words,
        dedupe_key=f"join-request:{asked.id}",
        now=now,
    )


async def withdraw(session: AsyncSession, actor: Actor, group_id: UUID, *, now: datetime) -> None:
    """Take one's own request back; idempotent."""
    require(actor, Act.CHANGE_OWN)
    await session.execute(
        update(JoinRequest)
        .where(JoinRequest.group_id == group_id, JoinRequest.account_id == actor.account_id)
        .where(JoinRequest.state == State.ASKED)
        .values(state=State.WITHDRAWN, answered_at=now)
    )


async def waiting(session: AsyncSession, actor: Actor, group_id: UUID) -> list[Waiting]:
    """Return who would like to come in, the one who has waited longest first.

    Raises:
        NotFound: there is no such group here, or it has ended.
    """
    group = await cards.by_id(session, group_id)
    require(actor, Act.LEAD_GROUP, group)
    stays = (GroupMember.group_id == group_id, GroupMember.account_id == JoinRequest.account_id)
    query = (
        select(
            JoinRequest, Account.name, exists().where(*stays, GroupMember.removed_at.is_not(None))
        )
        .join(Account, Account.id == JoinRequest.account_id)
        .where(JoinRequest.group_id == group_id, JoinRequest.state == State.ASKED)
        .where(Account.standing == Standing.ACTIVE)
        .where(~exists().where(*stays, GroupMember.left_at.is_(None)))
        .order_by(JoinRequest.asked_at, JoinRequest.id)
        .limit(limits.PAGE_ITEMS)
    )
    return [
        Waiting(
            id=asked.id,
            account_id=asked.account_id,
            name=name or say("Somebody"),
            note=asked.note or "",
            folded=asked.folded,
            asked_at=asked.asked_at,
            was_removed=bool(removed),
        )
        for asked, name, removed in await session.execute(query)
    ]


async def place(session: AsyncSession, actor: Actor, group_id: UUID) -> Place:
    """Return how the actor stands to a group."""
    require(actor, Act.SEE_OWN)
    if await members.here(session, group_id, actor.account_id) is not None:
        return Place.IN
    mine = (JoinRequest.group_id == group_id, JoinRequest.account_id == actor.account_id)
    query = select(JoinRequest.id).where(*mine, JoinRequest.state == State.ASKED)
    return Place.NONE if await session.scalar(query) is None else Place.ASKED
