"""How somebody wishes talks to be: words they'd rather not meet, and what others see of them.

What is shown goes both ways: only who shows how far they have read, or that they are writing,
sees it of others. Nobody is told which of the two somebody chose.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from chat import muted_words
from core import encryption
from core import events as doorbells
from core.tables import Base, Owned, Retention, field
from core.upserts import insert
from people.accounts import AccountChanged
from people.permissions import Act, Actor, require


class TalkWish(Base, Owned):
    """One person's wishes; without a row, the defaults hold."""

    __tablename__ = "talk_wish"

    account_id: Mapped[UUID] = field(Retention.ACCOUNT, primary_key=True, personal="account_id")
    muted_sealed: Mapped[bytes | None] = field(Retention.ACCOUNT, personal="account_id")
    shows_reading: Mapped[bool] = field(Retention.ACCOUNT, personal="account_id", default=False)
    shows_typing: Mapped[bool] = field(Retention.ACCOUNT, personal="account_id", default=False)

    muted = encryption.Sealed("muted_sealed", id_column="account_id")


@dataclass(frozen=True, slots=True)
class Wishes:
    """`muted` are words and rows of words as they were typed."""

    muted: tuple[str, ...] = ()
    shows_reading: bool = False
    shows_typing: bool = False

    @property
    def unmet(self) -> tuple[muted_words.Words, ...]:
        """The words one would rather not meet, as texts are compared with them."""
        return tuple(muted_words.cut(one) for one in self.muted)


async def read(session: AsyncSession, actor: Actor) -> Wishes:
    """Return one's own wishes."""
    require(actor, Act.SEE_OWN)
    row = await session.get(TalkWish, actor.account_id)
    if row is None:
        return Wishes()
    muted = tuple(json.loads(row.muted)) if row.muted else ()
    return Wishes(muted, row.shows_reading, row.shows_typing)


async def save(session: AsyncSession, actor: Actor, wishes: Wishes) -> None:
    """Keep one's own wishes; they count at once, also in talks that are open."""
    require(actor, Act.CHANGE_OWN)
    place = encryption.place("talk_wish", "muted_sealed", actor.account_id)
    words = json.dumps(wishes.muted, ensure_ascii=False)
    wished = {
        "muted_sealed": encryption.ring().seal(place, words) if wishes.muted else None,
        "shows_reading": wishes.shows_reading,
        "shows_typing": wishes.shows_typing,
    }
    row = insert(session, TalkWish).values(
        account_id=actor.account_id, organisation_id=actor.organisation_id, **wished
    )
    await session.execute(row.on_conflict_do_update(index_elements=["account_id"], set_=wished))
    doorbells.after_commit(session, AccountChanged(actor.organisation_id, actor.account_id))


async def showing_typing(session: AsyncSession, account_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these let others see that they are writing."""
    query = select(TalkWish.account_id).where(
        TalkWish.account_id.in_(account_ids), TalkWish.shows_typing
    )
    return set(await session.scalars(query))
