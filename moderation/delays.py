"""Telling somebody later that staff looked (promise 29): two people, a ground, and an end.

Whoever asked for the look sees it at once all the same, and nobody waits longer than ninety days.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, UniqueConstraint, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped

from core import ids
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.sentences import say
from core.tables import Base, Identified, Owned, Retention, field
from core.upserts import insert
from moderation import interests
from people import audit
from people.permissions import Act, Actor, require

LONGEST: Final = timedelta(days=90)


class Ground(StrEnum):
    """Why it may be told later; nothing else is a reason."""

    DANGER = "danger"  # somebody could come to harm
    INQUIRY = "inquiry"  # a safeguarding check or the police would be warned of
    WITNESS = "witness"  # it would show who told us


class LookDelay(Base, Identified, Owned):
    """Looks of one case that are told later. It counts once a second person said so."""

    __tablename__ = "look_delay"
    __table_args__ = (UniqueConstraint("case_id"),)

    case_id: Mapped[UUID] = field(Retention.CASE)
    ground: Mapped[Ground] = field(Retention.CASE)
    asked_by: Mapped[UUID] = field(Retention.CASE, personal="asked_by")
    confirmed_by: Mapped[UUID | None] = field(Retention.CASE, personal="confirmed_by")
    ends_at: Mapped[datetime] = field(Retention.CASE)


class AskedAlready(Conflict):
    """Somebody has asked for it, and a second person is to say yes."""

    code, title = "delay_asked", say("Somebody has asked for that already. Please look again.")


def holds(case_id: InstrumentedAttribute[UUID | None], now: datetime) -> ColumnElement[bool]:
    """Return the condition that a case's looks are told later, for use within a query."""
    return exists().where(
        LookDelay.case_id == case_id,
        LookDelay.confirmed_by.is_not(None),
        LookDelay.ends_at > now,
    )


async def of_case(session: AsyncSession, case_id: UUID, *, now: datetime) -> LookDelay | None:
    """Return what was asked for or holds in a case, if it isn't over."""
    query = select(LookDelay).where(LookDelay.case_id == case_id, LookDelay.ends_at > now)
    return (await session.scalars(query)).one_or_none()


async def ask(
    session: AsyncSession, actor: Actor, case_id: UUID, *, ground: str, days: int, now: datetime
) -> None:
    """Ask that its author is told later that we looked; a second person has to say yes. Idempotent.

    Raises:
        NotFound: there is no such case, or the actor has a part in it.
        Invalid: without a ground there is, longer than ninety days, or not at all.
        AskedAlready: somebody has.
    """
    require(actor, Act.DECIDE_CASE)
    await interests.require_no_part(session, actor, case_id)
    if ground not in set(Ground):
        raise Invalid(say("Please choose why."), field="ground")
    if not 1 <= days <= LONGEST.days:
        raise Invalid(say("Please choose 1 to %(most)s days.", most=LONGEST.days), field="days")
    told = {
        "ground": Ground(ground), "asked_by": actor.account_id, "confirmed_by": None,
        "ends_at": now + timedelta(days=days),
    }  # fmt: skip
    row = insert(session, LookDelay).values(
        id=ids.new_id(), organisation_id=session.info["organisation_id"], case_id=case_id, **told
    )
    # One that is over makes room for another.
    again = row.on_conflict_do_update(
        index_elements=["case_id"], set_=told, where=LookDelay.ends_at <= now
    )
    if await session.scalar(again.returning(LookDelay.id)) is None:
        held = await of_case(session, case_id, now=now)
        if held is not None and (held.asked_by, held.ground) == (actor.account_id, ground):
            return
        raise AskedAlready
    _record(session, actor, "look_delay_asked", case_id, now=now)


async def confirm(session: AsyncSession, actor: Actor, case_id: UUID, *, now: datetime) -> None:
    """Say yes, as somebody else than who asked; idempotent.

    Raises:
        Forbidden: they asked themselves.
        NotFound: nothing was asked, or the actor has a part in the case.
    """
    require(actor, Act.DECIDE_CASE)
    await interests.require_no_part(session, actor, case_id)
    asked = await of_case(session, case_id, now=now)
    if asked is None:
        raise NotFound
    if asked.asked_by == actor.account_id:
        raise Forbidden(say("You asked for it yourself. Somebody else has to say yes."))
    said = await session.scalar(
        update(LookDelay)
        .where(LookDelay.id == asked.id, LookDelay.confirmed_by.is_(None))
        .values(confirmed_by=actor.account_id)
        .returning(LookDelay.id)
    )
    if said is not None:
        _record(session, actor, "look_delay_confirmed", case_id, now=now)


async def end(session: AsyncSession, actor: Actor, case_id: UUID, *, now: datetime) -> None:
    """Let them be told as anybody is; idempotent. It takes only one.

    Raises:
        NotFound: there is no such case, or the actor has a part in it.
    """
    require(actor, Act.DECIDE_CASE)
    await interests.require_no_part(session, actor, case_id)
    ended = await session.scalar(
        update(LookDelay)
        .where(LookDelay.case_id == case_id, LookDelay.ends_at > now)
        .values(ends_at=now)
        .returning(LookDelay.id)
    )
    if ended is not None:
        _record(session, actor, "look_delay_ended", case_id, now=now)


def _record(
    session: AsyncSession, actor: Actor, kind: str, case_id: UUID, *, now: datetime
) -> None:
    audit.record(
        session, kind=kind, actor_id=actor.account_id, subject_kind="safety_case",
        subject_id=case_id, now=now,
    )  # fmt: skip
