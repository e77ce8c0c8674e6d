"""What must reach somebody: reasons, outcomes, answers, reminders.

A notice is written in the same transaction as what it tells. Upkeep makes it visible when it is
due, and mails a neutral line about it where the account wants that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption, events, ids, limits
from core.sentences import Sentence
from core.tables import TOLD_FROM, Base, Copied, Identified, Owned, Retention, field
from core.upserts import insert
from people.permissions import Act, Actor, require

UNMAILED = text("mailed_at IS NULL")
UNREAD = text("read_at IS NULL")


class NoticeKind(StrEnum):
    """What a notice is about; pages choose its heading and link by it."""

    HELLO = "hello"
    HELLO_ANSWERED = "hello_answered"
    GROUP = "group"
    REASON = "reason"
    OUTCOME = "outcome"
    MESSAGE_ANSWERED = "message_answered"
    RECOVERY = "recovery"
    WAY_IN = "way_in"
    APPOINTMENT = "appointment"
    ROLE = "role"
    SUPPORT = "support"
    TALK = "talk"
    TALK_COPY = "talk_copy"
    HELP = "help"


# Longer than two rounds of upkeep take, so that none falls between them.
RUNG_FOR: Final = timedelta(seconds=30)


class Notice(Base, Identified, Owned):
    """Words for one account, due at a time, told once per `dedupe_key`."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("organisation_id", "dedupe_key"),
        Index("ix_notice_unmailed", "due_at", sqlite_where=UNMAILED, postgresql_where=UNMAILED),
        # Every round of upkeep asks which of those that nobody has read fell due just now.
        Index("ix_notice_unread", "due_at", sqlite_where=UNREAD, postgresql_where=UNREAD),
        {"info": {TOLD_FROM: "due_at"}},
    )

    account_id: Mapped[UUID] = field(Retention.SHORT, personal="account_id", index=True)
    kind: Mapped[NoticeKind] = field(Retention.SHORT, personal="account_id")
    subject_id: Mapped[UUID | None] = field(Retention.SHORT, personal="account_id")
    words_sealed: Mapped[bytes | None] = field(Retention.SHORT, personal="account_id")
    dedupe_key: Mapped[str] = field(Retention.SHORT)
    created_at: Mapped[datetime] = field(Retention.SHORT, copied=Copied.YES)
    due_at: Mapped[datetime] = field(Retention.SHORT)
    read_at: Mapped[datetime | None] = field(Retention.SHORT, personal="account_id")
    mailed_at: Mapped[datetime | None] = field(Retention.SHORT)
    # While mail about it can't be handed over: how often that was tried, and when it is again.
    mail_tries: Mapped[int] = field(Retention.SHORT, default=0, server_default="0")
    mail_after: Mapped[datetime | None] = field(Retention.SHORT)

    words = encryption.Sealed("words_sealed")


@dataclass(frozen=True, slots=True)
class NoticeSent(events.Event):
    """Somebody has something new to read."""

    account_id: UUID
    notice_id: UUID


async def send(
    session: AsyncSession,
    *,
    account_id: UUID,
    kind: NoticeKind,
    dedupe_key: str,
    now: datetime,
    words: Sentence | None = None,
    subject_id: UUID | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Write a notice; return False when this `dedupe_key` was told before.

    Its words are kept so that they come out in their reader's language.
    """
    notice_id = ids.new_id()
    place = encryption.place("notice", "words_sealed", notice_id)
    organisation_id = session.info["organisation_id"]
    row = insert(session, Notice).values(
        id=notice_id,
        organisation_id=organisation_id,
        account_id=account_id,
        kind=kind,
        subject_id=subject_id,
        words_sealed=encryption.ring().seal(place, words or ""),
        dedupe_key=dedupe_key,
        created_at=now,
        due_at=due_at or now,
    )
    written = await session.scalar(row.on_conflict_do_nothing().returning(Notice.id))
    if written is not None:
        events.after_commit(session, NoticeSent(organisation_id, account_id, notice_id))
    return written is not None


async def withdraw(session: AsyncSession, *, begins_with: str, now: datetime) -> None:
    """Take back what isn't due yet, by the beginning of its `dedupe_key`; idempotent."""
    await session.execute(
        delete(Notice).where(
            Notice.dedupe_key.startswith(begins_with, autoescape=True), Notice.due_at > now
        )
    )


async def settle(session: AsyncSession, *, dedupe_key: str, now: datetime) -> None:
    """Put away what asked for something that is answered by now; idempotent."""
    which = Notice.dedupe_key == dedupe_key, Notice.read_at.is_(None)
    await session.execute(
        update(Notice)
        .where(*which)
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


async def told(session: AsyncSession, *, begins_with: str) -> set[UUID]:
    """Return who was sent something with this beginning of a `dedupe_key`."""
    query = select(Notice.account_id).where(
        Notice.dedupe_key.startswith(begins_with, autoescape=True)
    )
    return set(await session.scalars(query))


async def unread(session: AsyncSession, actor: Actor, *, now: datetime) -> list[Notice]:
    """Return what this account has not read yet and is due, newest first."""
    require(actor, Act.SEE_OWN)
    query = (
        select(Notice)
        .where(Notice.account_id == actor.account_id, Notice.due_at <= now)
        .where(Notice.read_at.is_(None))
        .order_by(Notice.due_at.desc(), Notice.id.desc())
        .limit(limits.PAGE_ITEMS)
    )
    return list((await session.scalars(query)).all())


async def ring_due(session: AsyncSession, now: datetime) -> None:
    """Ring for what was written for later and fell due just now. Swept by upkeep.

    A doorbell may be lost and may ring twice: what it is about is read anyway.
    """
    query = (
        select(Notice.account_id, Notice.id)
        .where(Notice.due_at > now - RUNG_FOR, Notice.due_at <= now)
        .where(Notice.due_at > Notice.created_at, Notice.read_at.is_(None))
    )
    for account_id, notice_id in await session.execute(query):
        events.after_commit(
            session, NoticeSent(session.info["organisation_id"], account_id, notice_id)
        )


async def mark_read(session: AsyncSession, actor: Actor, notice_id: UUID, *, now: datetime) -> None:
    """Put one's own notice away; idempotent, silent about others'."""
    require(actor, Act.CHANGE_OWN)
    await session.execute(
        update(Notice)
        .where(Notice.id == notice_id, Notice.account_id == actor.account_id)
        .values(read_at=func.coalesce(Notice.read_at, now))
    )


async def unmailed(session: AsyncSession, *, now: datetime, limit: int = 50) -> list[Notice]:
    """Return due notices that no mail has gone out about, oldest first; put-off ones later."""
    query = (
        select(Notice)
        .where(Notice.mailed_at.is_(None), Notice.read_at.is_(None), Notice.due_at <= now)
        .where(or_(Notice.mail_after.is_(None), Notice.mail_after <= now))
        .order_by(Notice.due_at)
        .limit(limit)
    )
    return list((await session.scalars(query)).all())


@dataclass(frozen=True, slots=True)
class HeldUp:
    """How many letters could not be handed over so far, and since when the first one waits."""

    letters: int
    since: datetime | None


async def held_up(session: AsyncSession) -> HeldUp:
    """Return what a mail server that is down, or will not have them, has kept from going out."""
    query = select(func.count(), func.min(Notice.due_at)).where(
        Notice.mailed_at.is_(None), Notice.read_at.is_(None), Notice.mail_after.is_not(None)
    )
    letters, since = (await session.execute(query)).one()
    return HeldUp(letters, since)


async def mark_mailed(session: AsyncSession, notice_ids: Iterable[UUID], *, now: datetime) -> None:
    """Note that mail about these is settled: sent, not wanted, or given up. They stay on pages."""
    await session.execute(update(Notice).where(Notice.id.in_(notice_ids)).values(mailed_at=now))


async def put_off_mail(
    session: AsyncSession, notice_ids: Iterable[UUID], *, until: datetime, is_try: bool
) -> None:
    """Let mail about these wait, so that others come first; `is_try` counts it as a try."""
    await session.execute(
        update(Notice)
        .where(Notice.id.in_(notice_ids))
        .values(mail_after=until, mail_tries=Notice.mail_tries + int(is_try))
    )
