"""A hash-chained record of staff, privacy and role actions: ids, kinds, times and actor.

Never words or ciphertext: rotating a key or erasing somebody must not break the chain. One chain
per organisation; its head row is locked last in each unit of work.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import events, ids, limits
from core.tables import Base, Copied, Identified, Owned, Retention, field
from core.upserts import insert
from people.permissions import Act, Actor, require

BEGINNING: Final = "0" * 64


class AuditEntry(Base, Identified, Owned):
    """One action. `hash` covers this entry and the one before it."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("organisation_id", "seq"),)

    seq: Mapped[int] = field(Retention.AUDIT)
    kind: Mapped[str] = field(Retention.AUDIT, copied=Copied.YES)
    actor_id: Mapped[UUID | None] = field(Retention.AUDIT, personal="actor_id")
    subject_kind: Mapped[str] = field(Retention.AUDIT)
    subject_id: Mapped[UUID | None] = field(Retention.AUDIT)
    at: Mapped[datetime] = field(Retention.AUDIT, copied=Copied.YES)
    hash: Mapped[str] = field(Retention.AUDIT)


class AuditHead(Base):
    """Where an organisation's chain ends now."""

    __tablename__ = "audit_head"

    organisation_id: Mapped[UUID] = field(Retention.AUDIT, primary_key=True)
    seq: Mapped[int] = field(Retention.AUDIT, default=0)
    hash: Mapped[str] = field(Retention.AUDIT, default=BEGINNING)


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain no longer holds, and how."""

    seq: int
    why: str


def record(
    session: AsyncSession,
    *,
    kind: str,
    actor_id: UUID | None,
    subject_kind: str,
    subject_id: UUID | None,
    now: datetime,
) -> None:
    """Note an action; it joins the chain as this unit of work's last step.

    `actor_id` is None for what the software did on its own.
    """
    entry: dict[str, Any] = {
        "kind": kind,
        "actor_id": actor_id,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "at": now,
    }
    session.info.setdefault("audit", []).append(entry)
    events.before_commit(session, "audit", _append)


async def _append(session: AsyncSession) -> None:
    organisation_id = session.info["organisation_id"]
    pending = session.info.pop("audit")
    head = insert(session, AuditHead).values(organisation_id=organisation_id, seq=0, hash=BEGINNING)
    await session.execute(head.on_conflict_do_nothing())
    # Adding nothing takes the row's lock on PostgreSQL, and reads what is true under it.
    locked = await session.execute(
        update(AuditHead)
        .where(AuditHead.organisation_id == organisation_id)
        .values(seq=AuditHead.seq)
        .returning(AuditHead.seq, AuditHead.hash)
    )
    seq, link = locked.one()
    for entry in pending:
        seq += 1
        link = digest(link, organisation_id, seq, entry)
        session.add(AuditEntry(id=ids.new_id(), seq=seq, hash=link, **entry))
    await session.flush()
    await session.execute(
        update(AuditHead)
        .where(AuditHead.organisation_id == organisation_id)
        .values(seq=seq, hash=link)
    )


def digest(previous: str, organisation_id: UUID, seq: int, entry: dict[str, Any]) -> str:
    """Return the SHA-256 that links an entry to the one before it, in hexadecimal."""
    content = {key: str(value) for key, value in entry.items()}
    content["at"] = entry["at"].isoformat()
    line = json.dumps([previous, str(organisation_id), seq, content], sort_keys=True)
    return hashlib.sha256(line.encode()).hexdigest()


async def verify(session: AsyncSession, organisation_id: UUID) -> Break | None:
    """Walk one organisation's chain from its beginning; return the first break, if any."""
    seq, link = 0, BEGINNING
    mine = AuditEntry.organisation_id == organisation_id
    entries = await session.stream_scalars(select(AuditEntry).where(mine).order_by(AuditEntry.seq))
    async for row in entries:
        seq += 1
        link = digest(link, organisation_id, seq, _content(row))
        if row.seq != seq:
            return Break(seq, "an entry is missing")
        if row.hash != link:
            return Break(seq, "an entry was altered")
    head = await session.scalar(
        select(AuditHead).where(AuditHead.organisation_id == organisation_id)
    )
    if head is None:
        return Break(seq + 1, "where the chain ends is missing") if seq else None
    if (head.seq, head.hash) != (seq, link):
        return Break(seq + 1, "the newest entries are missing")
    return None


def _content(row: AuditEntry) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "actor_id": row.actor_id,
        "subject_kind": row.subject_kind,
        "subject_id": row.subject_id,
        "at": row.at,
    }


async def page(
    session: AsyncSession, actor: Actor, *, after: int = 0, limit: int = limits.PAGE_ITEMS
) -> list[AuditEntry]:
    """Return entries with a `seq` above `after`, oldest first."""
    require(actor, Act.READ_AUDIT)
    query = select(AuditEntry).where(AuditEntry.seq > after).order_by(AuditEntry.seq)
    return list((await session.scalars(query.limit(min(limit, limits.PAGE_ITEMS)))).all())
