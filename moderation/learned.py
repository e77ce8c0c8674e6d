"""What was learned here, as it is kept: corrections of the shipped heads, never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core.tables import Base, Identified, Owned, Retention, field
from moderation import corrections
from moderation.heads import Broken, Heads

log = structlog.get_logger(__name__)


class ScreeningCorrection(Base, Identified, Owned):
    """A correction of the shipped heads, with the figures that were told of it."""

    __tablename__ = "screening_correction"

    made_at: Mapped[datetime] = field(Retention.ORGANISATION)
    by_id: Mapped[UUID] = field(Retention.ORGANISATION)
    base: Mapped[str] = field(Retention.ORGANISATION)
    kept: Mapped[bytes | None] = field(Retention.ORGANISATION)
    told: Mapped[list[Any]] = field(Retention.ORGANISATION)


async def heads_of(session: AsyncSession, heads: Heads, one_id: UUID) -> Heads | None:
    """Return the shipped heads with a correction; None where it can't be used with them."""
    one = await row(session, one_id)
    if one is None or one.kept is None:
        return None
    try:
        return corrections.applied(heads, corrections.read(one.kept))
    except Broken as fault:
        # A newer program has another model: the shipped one judges until somebody learns anew.
        log.warning("screening_correction_outdated", fault=str(fault))
        return None


async def row(session: AsyncSession, one_id: UUID | None) -> ScreeningCorrection | None:
    """Return one correction; None where there is none of that id."""
    query = select(ScreeningCorrection).where(ScreeningCorrection.id == one_id)
    return (await session.scalars(query)).one_or_none() if one_id else None


async def newest(session: AsyncSession) -> ScreeningCorrection | None:
    """Return what was learned last."""
    query = select(ScreeningCorrection).order_by(
        ScreeningCorrection.made_at.desc(), ScreeningCorrection.id.desc()
    )
    return (await session.scalars(query.limit(1))).one_or_none()
