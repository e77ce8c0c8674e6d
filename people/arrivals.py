"""Whom an organisation brought along from elsewhere, so that nobody is brought in twice.

Their number or name in its own files is kept as a keyed fingerprint. It stays when somebody was
erased: a list that is brought in again must not bring them back.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption
from core.tables import ERASED, Base, Erased, Owned, Retention, field
from core.upserts import insert


class Arrival(Base, Owned):
    """One person of one list, and the account that they have, or had, here."""

    __tablename__ = "arrival"
    __table_args__ = ({"info": {ERASED: Erased.ELSEWHERE}},)

    source_index: Mapped[bytes] = field(Retention.ORGANISATION, primary_key=True)
    account_id: Mapped[UUID] = field(Retention.ORGANISATION, personal="account_id", unique=True)
    at: Mapped[datetime] = field(Retention.ORGANISATION)


def fingerprint(organisation_id: UUID, source_id: str) -> bytes:
    """Return what finds somebody of an organisation's own list again."""
    return encryption.ring().blind("arrival.source", f"{organisation_id}:{source_id}")


async def known(session: AsyncSession, prints: Collection[bytes]) -> dict[bytes, UUID]:
    """Return the accounts of those who were brought in before, by fingerprint."""
    query = select(Arrival.source_index, Arrival.account_id).where(Arrival.source_index.in_(prints))
    return {row.source_index: row.account_id for row in await session.execute(query)}


async def note(
    session: AsyncSession, source_index: bytes, account_id: UUID, *, now: datetime
) -> bool:
    """Keep that somebody came; False when another program brought them in this very moment."""
    row = insert(session, Arrival).values(
        source_index=source_index, account_id=account_id, at=now,
        organisation_id=session.info["organisation_id"],
    )  # fmt: skip
    noted = await session.scalar(row.on_conflict_do_nothing().returning(Arrival.account_id))
    return noted is not None
