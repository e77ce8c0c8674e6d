"""Consent, per purpose, in plain words, withdrawable; kept as a history."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Index, Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased

from core import events
from core.errors import Invalid
from core.sentences import say
from core.tables import Base, Identified, Owned, Retention, field
from people import audit, documents
from people.accounts import AccountChanged
from people.permissions import Act, Actor, require


class Purpose(StrEnum):
    """What is agreed to. Two of them are conditions of taking part (promise 11)."""

    SHARE_PROFILE = "store_and_share_profile"
    CHECK_FOR_HARM = "checking_for_harm"
    NOTICE_DISTRESS = "noticing_distress"
    EMAIL = "email_notices"
    SHOW_WHAT_HELPED = "show_what_helped"


NEEDED = frozenset({Purpose.SHARE_PROFILE, Purpose.CHECK_FOR_HARM})


class Point(BaseModel):
    """One thing agreed to, in plain words."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    purpose: Purpose
    title: str
    words: str
    needed: bool
    version: int


class Agreements(documents.Settled):
    """The points as an organisation words them."""

    kind: ClassVar[str] = "consents"
    review: str = ""
    consents: tuple[Point, ...]


class Consent(Base, Identified, Owned):
    """One yes or no, at a moment, to one version of the words. The newest counts."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_newest", "account_id", "purpose", "id"),)

    account_id: Mapped[UUID] = field(Retention.ACCOUNT, personal="account_id")
    purpose: Mapped[Purpose] = field(Retention.ACCOUNT, personal="account_id")
    version: Mapped[int] = field(Retention.ACCOUNT, personal="account_id")
    is_given: Mapped[bool] = field(Retention.ACCOUNT, personal="account_id")
    at: Mapped[datetime] = field(Retention.ACCOUNT, personal="account_id")


async def give_at_joining(
    session: AsyncSession, account_id: UUID, purposes: Iterable[Purpose], *, now: datetime
) -> None:
    """Keep what was agreed to while joining.

    Raises:
        Invalid: a purpose that taking part depends on is missing.
    """
    given = set(purposes)
    if not given >= NEEDED:
        raise Invalid(
            say("To take part we need your yes to the first two points."), field="consents"
        )
    versions = await _versions(session)
    for purpose in Purpose:
        is_given = purpose in given
        session.add(_row(account_id, purpose, versions[purpose], is_given=is_given, now=now))
    await session.flush()


async def change(
    session: AsyncSession, actor: Actor, purpose: Purpose, *, is_given: bool, now: datetime
) -> None:
    """Give or withdraw one's own consent; it counts from now on. Idempotent.

    Raises:
        Invalid: taking part depends on it; leaving is the way to withdraw.
    """
    require(actor, Act.CHANGE_OWN)
    if purpose in NEEDED and not is_given:
        raise Invalid(say("Taking part depends on this one. You can leave whenever you like."))
    version = (await _versions(session))[purpose]
    newest = await _newest(session, actor.account_id, purpose)
    if newest is not None and (newest.version, newest.is_given) == (version, is_given):
        return
    session.add(_row(actor.account_id, purpose, version, is_given=is_given, now=now))
    await session.flush()
    audit.record(
        session,
        kind="consent_changed",
        actor_id=actor.account_id,
        subject_kind="account",
        subject_id=actor.account_id,
        now=now,
    )
    changed = AccountChanged(actor.organisation_id, actor.account_id)
    events.after_commit(session, changed)


async def _newest(session: AsyncSession, account_id: UUID, purpose: Purpose) -> Consent | None:
    query = select(Consent).where(Consent.account_id == account_id, Consent.purpose == purpose)
    newest: Consent | None = await session.scalar(
        query.order_by(Consent.at.desc(), Consent.id.desc()).limit(1)
    )
    return newest


async def _versions(session: AsyncSession) -> dict[Purpose, int]:
    agreements = await documents.current(session, Agreements)
    return {point.purpose: point.version for point in agreements.consents}


def _row(
    account_id: UUID, purpose: Purpose, version: int, *, is_given: bool, now: datetime
) -> Consent:
    return Consent(
        account_id=account_id, purpose=purpose, version=version, is_given=is_given, at=now
    )


async def given_by(session: AsyncSession, account_id: UUID) -> set[Purpose]:
    """Return the purposes this account agrees to now."""
    query = select(Consent).where(Consent.account_id == account_id).order_by(Consent.at, Consent.id)
    newest = {row.purpose: row.is_given for row in await session.scalars(query)}
    return {purpose for purpose, is_given in newest.items() if is_given}


async def holds(session: AsyncSession, account_id: UUID, purpose: Purpose) -> bool:
    """Tell whether this account agrees to `purpose` now."""
    return purpose in await given_by(session, account_id)


def agreeing(purpose: Purpose) -> Select[UUID]:
    """Select the accounts that agree to `purpose` now: the newest answer of each counts."""
    later = aliased(Consent)
    is_later = or_(later.at > Consent.at, and_(later.at == Consent.at, later.id > Consent.id))
    newer = exists().where(
        later.account_id == Consent.account_id, later.purpose == Consent.purpose, is_later
    )
    return select(Consent.account_id).where(Consent.purpose == purpose, Consent.is_given, ~newer)
