"""What stands under "Your message was sent.": once a day the card, then a line (promise 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from chat.kinds import Help
from core.safety import Tier
from core.tables import Base, Owned, Retention, field
from core.upserts import insert

# Promise 4.
ONCE_IN: Final = timedelta(hours=24)


class HelpCard(Base, Owned):
    """The last full card somebody got, and with which message, so that a resend repeats it."""

    __tablename__ = "help_card"

    account_id: Mapped[UUID] = field(Retention.SHORT, primary_key=True, personal="account_id")
    message_id: Mapped[UUID] = field(Retention.SHORT, personal="account_id")
    tier: Mapped[Tier] = field(Retention.SHORT, personal="account_id")
    shown_at: Mapped[datetime] = field(Retention.SHORT, personal="account_id")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message after which help belongs."""

    account_id: UUID
    message_id: UUID
    tier: Tier


@dataclass(frozen=True, slots=True)
class Given:
    """When the last full card was given, for what tier, with which message."""

    message_id: UUID
    tier: Tier
    shown_at: datetime


def choose(last: Given | None, wanted: Wanted, *, now: datetime) -> Help:
    """Return the card or the line; the card again after a day or when the tier has risen."""
    if last is None or last.message_id == wanted.message_id:
        return Help.CARD
    if wanted.tier.urgency > last.tier.urgency or now - last.shown_at >= ONCE_IN:
        return Help.CARD
    return Help.LINE


async def give(
    session: AsyncSession, wanted: Sequence[Wanted], *, now: datetime
) -> dict[UUID, Help]:
    """Return what each message gets, in order, and note the cards among them."""
    if not wanted:
        return {}
    before = await _last(session, {one.account_id for one in wanted})
    last, given = dict(before), dict[UUID, Help]()
    for one in wanted:
        chosen = choose(last.get(one.account_id), one, now=now)
        given[one.message_id] = chosen
        if chosen is Help.CARD:
            last[one.account_id] = Given(one.message_id, one.tier, now)
    for account_id, card in last.items():
        if before.get(account_id) != card:
            await _note(session, account_id, card)
    return given


async def _last(session: AsyncSession, account_ids: set[UUID]) -> dict[UUID, Given]:
    rows = await session.scalars(select(HelpCard).where(HelpCard.account_id.in_(account_ids)))
    return {row.account_id: Given(row.message_id, row.tier, row.shown_at) for row in rows}


async def _note(session: AsyncSession, account_id: UUID, card: Given) -> None:
    values = {"message_id": card.message_id, "tier": card.tier, "shown_at": card.shown_at}
    organisation_id = session.info["organisation_id"]
    row = insert(session, HelpCard).values(
        account_id=account_id, organisation_id=organisation_id, **values
    )
    await session.execute(row.on_conflict_do_update(index_elements=["account_id"], set_=values))
