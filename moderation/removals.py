"""Removal that holds (promise 18): who was asked to leave for good meets a person if they come.

Kept for twelve months, keyed, so that nobody can read them back: the e-mail address and the
invitations. What looks alike is shown to a person. Nobody is refused by it, ever: people share
addresses and clinics share invitations. A password is not compared: its hash can't be found by.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption, ids
from core.safety import Concern, Source, Subject, SubjectKind
from core.tables import Base, Copied, Identified, Owned, Retention, field
from moderation import flags, interests
from moderation.reasons import REASONS, Reason
from people import accounts, invitations
from people.accounts import Account

KEPT_FOR: Final = timedelta(days=365)
# An invitation that more people came by is a poster on a wall: it tells nothing of anybody.
FEW: Final = 5


class Line(StrEnum):
    """By what somebody may be known again."""

    EMAIL = "email"
    INVITATION = "invitation"


# An address says more than an invitation: where both are alike, it stands for both.
BECAUSE: Final = {Line.EMAIL: Reason.SAME_ADDRESS, Line.INVITATION: Reason.SAME_INVITATION}


class Trace(Base, Identified, Owned):
    """One mark of somebody who was asked to leave for good."""

    __tablename__ = "removal_trace"

    account_id: Mapped[UUID] = field(Retention.CASE, personal="account_id", index=True)
    case_id: Mapped[UUID] = field(Retention.CASE, index=True)
    line: Mapped[Line] = field(Retention.CASE, personal="account_id")
    mark: Mapped[bytes] = field(
        Retention.CASE, personal="account_id", copied=Copied.KEY, index=True
    )
    kept_until: Mapped[datetime] = field(Retention.CASE, personal="account_id", index=True)


async def hold(session: AsyncSession, account_id: UUID, *, case_id: UUID, now: datetime) -> None:
    """Keep the marks of somebody two people decided about; the invitations they made end."""
    account = await session.get(Account, account_id)
    if account is None:
        return
    made = await invitations.end_made_by(session, account_id, now=now)
    known = [_mark(Line.INVITATION, str(one)) for one in made]
    if account.email:
        known.append(_mark(Line.EMAIL, account.email))
    if account.invitation_id and await _is_for_few(session, account.invitation_id):
        known.append(_mark(Line.INVITATION, str(account.invitation_id)))
    for line, mark in dict.fromkeys(known):
        session.add(
            Trace(
                id=ids.new_id(), account_id=account_id, case_id=case_id, line=line, mark=mark,
                kept_until=now + KEPT_FOR,
            )
        )  # fmt: skip
    await session.flush()


def _mark(line: Line, value: str) -> tuple[Line, bytes]:
    return line, encryption.ring().blind(f"removal.{line}", value)


async def _is_for_few(session: AsyncSession, invitation_id: UUID) -> bool:
    count = select(func.count()).where(Account.invitation_id == invitation_id)
    return (await session.scalar(count) or 0) <= FEW


async def forget(session: AsyncSession, case_id: UUID) -> None:
    """Take the marks of a removal away: it was taken back."""
    await session.execute(delete(Trace).where(Trace.case_id == case_id))


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Take away what has been kept for long enough. Swept by upkeep."""
    await session.execute(delete(Trace).where(Trace.kept_until <= now))


async def meet(
    session: AsyncSession, account_id: UUID, *, now: datetime, email: str | None = None
) -> bool:
    """Ask a person to look at somebody who may have been asked to leave; return whether.

    Called where somebody joins, and where an address changes. They are let in as anybody is.
    `email` is what they gave: one that is in use here is not kept a second time.
    """
    account = await accounts.by_id(session, account_id)
    address = accounts.clean_email(email) or account.email
    marks = [_mark(Line.EMAIL, address)] if address else []
    if account.invitation_id:
        marks.append(_mark(Line.INVITATION, str(account.invitation_id)))
    found = await session.scalars(
        select(Trace.line)
        .where(Trace.mark.in_([mark for _, mark in marks]), Trace.kept_until > now)
        .where(Trace.account_id != account_id)
        .distinct()
    )
    alike = set(found)
    if not alike:
        return False
    reason = BECAUSE[Line.EMAIL if Line.EMAIL in alike else Line.INVITATION]
    subject = Subject(SubjectKind.NEWCOMER, account_id, account_id)
    concern = Concern(Source.SCREENING, REASONS[reason].tier, "", now)
    await flags.flag(session, subject, concern, reason=reason)
    return True


async def ask_second(session: AsyncSession, subject: Subject, *, now: datetime) -> None:
    """Put a removal before a second person: until they say yes it is a pause that ends."""
    concern = Concern(Source.SCREENING, REASONS[Reason.SECOND_READER].tier, "", now)
    case_id = await flags.flag(session, subject, concern, reason=Reason.SECOND_READER)
    await interests.tell_if_nobody_may(session, case_id, now=now)
