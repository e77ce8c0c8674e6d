"""Leases: timed work is done by one process at a time, and taken over when that one is gone."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core.tables import Base, Owned, Retention, field
from core.upserts import insert


class Lease(Base, Owned):
    """Who does a piece of timed work until when."""

    __tablename__ = "lease"

    name: Mapped[str] = field(Retention.SHORT, primary_key=True)
    holder_id: Mapped[UUID] = field(Retention.SHORT)
    until: Mapped[datetime] = field(Retention.SHORT)


async def note(session: AsyncSession, name: str, *, until: datetime) -> None:
    """Keep a moment under a name in the session's organisation; nobody holds it."""
    organisation_id = session.info["organisation_id"]
    row = insert(session, Lease).values(
        name=f"{name}:{organisation_id}", organisation_id=organisation_id,
        holder_id=organisation_id, until=until,
    )  # fmt: skip
    await session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"until": until}))


async def noted(session: AsyncSession, name: str) -> datetime | None:
    """Return the moment that was kept under a name, if there is one."""
    which = Lease.name == f"{name}:{session.info['organisation_id']}"
    until: datetime | None = await session.scalar(select(Lease.until).where(which))
    return until


async def take(
    session: AsyncSession, name: str, *, holder_id: UUID, lasts: timedelta, now: datetime
) -> bool:
    """Take or renew the lease in the session's organisation; False while another holds it."""
    organisation_id = session.info["organisation_id"]
    row = insert(session, Lease).values(
        name=f"{name}:{organisation_id}", organisation_id=organisation_id,
        holder_id=holder_id, until=now + lasts,
    )  # fmt: skip
    taken = row.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder_id": holder_id, "until": now + lasts},
        # Further ahead than any lease is taken for, it was taken before the clock was set back.
        where=or_(Lease.holder_id == holder_id, Lease.until <= now, Lease.until > now + lasts),
    ).returning(Lease.name)
    return await session.scalar(taken) is not None
