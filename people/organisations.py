"""The organisation that hosts: every other row belongs to exactly one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import ids
from core.errors import NotFound
from core.sentences import say
from core.tables import Base, Retention, field


class Organisation(Base):
    """One hosting organisation. `is_demo` marks a database that `serve` refuses."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = field(Retention.ORGANISATION, primary_key=True, default=ids.new_id)
    slug: Mapped[str] = field(Retention.ORGANISATION, unique=True)
    name: Mapped[str] = field(Retention.ORGANISATION)
    is_demo: Mapped[bool] = field(Retention.ORGANISATION, default=False)
    created_at: Mapped[datetime] = field(Retention.ORGANISATION)


async def create(
    session: AsyncSession, *, slug: str, name: str, now: datetime, is_demo: bool = False
) -> Organisation:
    """Add an organisation; `slug` is its short name in addresses."""
    organisation = Organisation(
        id=ids.new_id(), slug=slug, name=name, created_at=now, is_demo=is_demo
    )
    session.add(organisation)
    await session.flush()
    return organisation


async def everyone(session: AsyncSession) -> list[Organisation]:
    """Return all organisations here, oldest first."""
    return list((await session.scalars(select(Organisation).order_by(Organisation.id))).all())


async def by_slug(session: AsyncSession, slug: str | None) -> Organisation:
    """Return the organisation of that name; without one, the only one there is.

    Raises:
        NotFound: there is none of that name, or none is named and there are several (or none).
    """
    query = select(Organisation).limit(2)
    if slug is not None:
        # PostgreSQL can't be asked for a text with a NUL in it.
        query = query.where(Organisation.slug == slug.replace("\0", "?"))
    found = (await session.scalars(query)).all()
    if len(found) != 1:
        raise NotFound(say("There is no organisation of that name here."))
    return found[0]
