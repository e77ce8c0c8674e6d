"""How sure heads are here, as counts by day: what drift and a proposal beside are told from.

Numbers of an organisation alone: no text, no person, no room, and nothing finer than a day.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import UniqueConstraint, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import ids
from core.safety import Category
from core.tables import Base, Identified, Owned, Retention, field
from core.upserts import insert
from moderation.counting import Counts, Mark

KEPT: Final = timedelta(days=120)


class ScreeningTally(Base, Identified, Owned):
    """On one day, how many texts were so sure of one category, by one model."""

    __tablename__ = "screening_tally"
    __table_args__ = (UniqueConstraint("organisation_id", "day", "model", "category", "place"),)

    day: Mapped[date] = field(Retention.ORGANISATION)
    model: Mapped[str] = field(Retention.ORGANISATION)
    category: Mapped[Category] = field(Retention.ORGANISATION)
    place: Mapped[int] = field(Retention.ORGANISATION)
    times: Mapped[int] = field(Retention.ORGANISATION)


async def keep(session: AsyncSession, counts: Counts, *, now: datetime) -> None:
    """Add counts to the day's, and let go of what is too old to tell anything."""
    organisation_id, day = session.info["organisation_id"], now.date()
    for mark, times in sorted(counts.items()):
        row = insert(session, ScreeningTally).values(
            id=ids.new_id(), organisation_id=organisation_id, day=day, model=mark.model,
            category=mark.about, place=mark.place, times=times,
        )  # fmt: skip
        more = {"times": ScreeningTally.times + row.excluded.times}
        known = ["organisation_id", "day", "model", "category", "place"]
        await session.execute(row.on_conflict_do_update(index_elements=known, set_=more))
    await session.execute(delete(ScreeningTally).where(ScreeningTally.day < day - KEPT))


async def since(session: AsyncSession, first: date, last: date) -> Counter[Mark]:
    """Return the counts of these days, both included."""
    query = (
        select(
            ScreeningTally.model,
            ScreeningTally.category,
            ScreeningTally.place,
            func.sum(ScreeningTally.times),
        )
        .where(ScreeningTally.day >= first, ScreeningTally.day <= last)
        .group_by(ScreeningTally.model, ScreeningTally.category, ScreeningTally.place)
    )
    found = await session.execute(query)
    return Counter({Mark(model, about, place): int(times) for model, about, place, times in found})
