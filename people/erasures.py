"""Asking to be erased: three weeks to change one's mind, and a choice for each talk.

What is done when the time has come joins all packages: `beenthere.erasing`.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core.errors import Conflict
from core.sentences import When, say
from core.tables import Base, Owned, Retention, field
from core.upserts import insert
from people import notices, roles, ways_in
from people.notices import NoticeKind
from people.permissions import Act, Actor, Role, require

OWN: Final = "account_id"
# product.md §4: time to change one's mind.
TIME_TO_THINK: Final = timedelta(days=21)
REMINDED_BEFORE: Final = timedelta(days=3)
DONE_AT_ONCE: Final = 10


class Erasure(Base, Owned):
    """Somebody's wish to be erased. `keeps` are the talks in which their words stay."""

    __tablename__ = "erasure"

    account_id: Mapped[UUID] = field(Retention.ACCOUNT, primary_key=True, personal=OWN)
    asked_at: Mapped[datetime] = field(Retention.ACCOUNT, personal=OWN)
    due_at: Mapped[datetime] = field(Retention.ACCOUNT, personal=OWN, index=True)
    keeps: Mapped[list[Any]] = field(Retention.ACCOUNT, personal=OWN)


async def ask(
    session: AsyncSession, actor: Actor, *, keeps: Collection[UUID], now: datetime
) -> datetime:
    """Ask to be erased; return when. Asked again, the choice of talks changes and the day stays.

    Raises:
        Conflict: nobody would be left who can give a role.
    """
    require(actor, Act.CHANGE_OWN)
    if await roles.holders(session, Role.ADMINISTRATOR) == [actor.account_id]:
        raise Conflict(say("Please appoint another administrator first: somebody has to be."))
    asked = await of(session, actor)
    kept = sorted(str(room_id) for room_id in keeps)
    row = insert(session, Erasure).values(
        account_id=actor.account_id, organisation_id=actor.organisation_id,
        asked_at=now, due_at=now + TIME_TO_THINK, keeps=kept,
    )  # fmt: skip
    await session.execute(
        row.on_conflict_do_update(index_elements=["account_id"], set_={"keeps": kept})
    )
    if asked is not None:
        return asked.due_at
    due_at = now + TIME_TO_THINK
    said = say(
        "You asked us to erase your account. It will be gone on %(day)s. Until then you can change"
        " your mind under My data.",
        day=When(due_at),
    )
    await ways_in.tell_owner(session, actor, said, kind="erasure_asked", now=now)
    await _remind(session, actor, due_at, now=now)
    return due_at


async def _remind(session: AsyncSession, actor: Actor, due_at: datetime, *, now: datetime) -> None:
    await notices.send(
        session, account_id=actor.account_id, kind=NoticeKind.WAY_IN,
        dedupe_key=f"erasure_soon:{actor.account_id}:{due_at.isoformat()}",
        words=say(
            "Your account will be erased on %(day)s, as you asked. You can still change your mind"
            " under My data.",
            day=When(due_at),
        ),
        due_at=due_at - REMINDED_BEFORE, now=now,
    )  # fmt: skip


async def call_off(session: AsyncSession, actor: Actor, *, now: datetime) -> None:
    """Stay after all; idempotent."""
    require(actor, Act.CHANGE_OWN)
    stays = await session.scalar(
        delete(Erasure)
        .where(Erasure.account_id == actor.account_id)
        .returning(Erasure.account_id)
        .execution_options(synchronize_session=False)
    )
    if stays is not None:
        begins_with = f"erasure_soon:{actor.account_id}:"
        await notices.withdraw(session, begins_with=begins_with, now=now)
        said = say("Your account stays. We're glad that you do.")
        await ways_in.tell_owner(session, actor, said, kind="erasure_called_off", now=now)


async def of(session: AsyncSession, actor: Actor) -> Erasure | None:
    """Return one's own wish, if there is one."""
    require(actor, Act.SEE_OWN)
    query = select(Erasure).where(Erasure.account_id == actor.account_id)
    return (await session.scalars(query)).one_or_none()


async def due(session: AsyncSession, *, but: Collection[UUID] = (), now: datetime) -> list[Erasure]:
    """Return the wishes whose time has come, the oldest first, some at a time, without some."""
    query = (
        select(Erasure)
        .where(Erasure.due_at <= now, Erasure.account_id.not_in(but))
        .order_by(Erasure.due_at)
        .limit(DONE_AT_ONCE)
    )
    return list(await session.scalars(query))
