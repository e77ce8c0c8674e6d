"""What somebody answered to an offer: then it isn't made again for a while, or at all."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core.tables import Base, Owned, Retention, field
from core.upserts import insert
from matching.candidates import Candidate
from people.permissions import Act, Actor, require

OWN: Final = "account_id"


class Answer(StrEnum):
    """The first two are the person's own; the others groups push about their people."""

    NOT_NOW = "not_now"
    SHOW_OTHERS = "show_others"
    JOINED = "joined"
    KEPT_APART = "kept_apart"


OWN_ANSWERS: Final = (Answer.NOT_NOW, Answer.SHOW_OTHERS)
# "Not now" is not "never": a small place must not run out of people (promises 36, 38). A week is
# as long as nobody may go without being offered to anybody.
HOLDS: Final = {Answer.NOT_NOW: timedelta(days=30), Answer.SHOW_OTHERS: timedelta(days=7)}


class OfferAnswer(Base, Owned):
    """One account's answer to one person or group; the newest counts."""

    __tablename__ = "offer_answer"

    account_id: Mapped[UUID] = field(Retention.ACCOUNT, primary_key=True, personal=OWN)
    candidate_id: Mapped[UUID] = field(
        Retention.ACCOUNT, primary_key=True, personal=OWN, index=True
    )
    answer: Mapped[Answer] = field(Retention.ACCOUNT, personal=OWN)
    at: Mapped[datetime] = field(Retention.ACCOUNT, personal=OWN)


async def set_aside(
    session: AsyncSession,
    actor: Actor,
    candidate_id: UUID,
    *,
    now: datetime,
    answer: Answer = Answer.NOT_NOW,
) -> None:
    """Answer an offer; idempotent. Silent to them, and about ids that are nobody's."""
    require(actor, Act.CHANGE_OWN)
    known = select(Candidate.id).where(Candidate.id == candidate_id)
    if await session.scalar(known) is not None:
        await keep(session, actor.account_id, candidate_id, answer, now=now)


async def take_back(session: AsyncSession, actor: Actor) -> None:
    """Forget one's own answers: everybody set aside may be offered again. Idempotent."""
    require(actor, Act.CHANGE_OWN)
    mine = OfferAnswer.account_id == actor.account_id
    await session.execute(delete(OfferAnswer).where(mine, OfferAnswer.answer.in_(OWN_ANSWERS)))


async def keep(
    session: AsyncSession, account_id: UUID, candidate_id: UUID, answer: Answer, *, now: datetime
) -> None:
    """Write an answer; one's own never takes the place of what a group pushed."""
    row = insert(session, OfferAnswer).values(
        account_id=account_id,
        candidate_id=candidate_id,
        organisation_id=session.info["organisation_id"],
        answer=answer,
        at=now,
    )
    is_weaker = OfferAnswer.answer.in_(OWN_ANSWERS) if answer in OWN_ANSWERS else None
    replaced = row.on_conflict_do_update(
        index_elements=["account_id", "candidate_id"],
        set_={"answer": answer, "at": now},
        where=is_weaker,
    )
    await session.execute(replaced)


async def release(session: AsyncSession, account_id: UUID, candidate_id: UUID) -> None:
    """Forget what was answered about this candidate; idempotent. For groups."""
    which = (OfferAnswer.account_id == account_id, OfferAnswer.candidate_id == candidate_id)
    await session.execute(delete(OfferAnswer).where(*which))


async def around(session: AsyncSession, account_id: UUID, *, now: datetime) -> dict[UUID, Answer]:
    """Return whom and which groups not to offer to this account, and why.

    Who set this account aside is in it too: neither is shown to the other.
    """
    still = or_(
        OfferAnswer.answer.not_in(OWN_ANSWERS),
        *(
            and_(OfferAnswer.answer == answer, OfferAnswer.at > now - length)
            for answer, length in HOLDS.items()
        ),
    )
    either = or_(OfferAnswer.account_id == account_id, OfferAnswer.candidate_id == account_id)
    rows = await session.scalars(select(OfferAnswer).where(either, still))
    return {
        row.candidate_id if row.account_id == account_id else row.account_id: row.answer
        for row in rows
    }
