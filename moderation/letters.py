"""Writing to the team, and being answered: open to everybody, also while an account is paused.

Each account has one such talk with the team, and it is one case; a letter opens it again.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption, ids, limits
from core import words as plain
from core.errors import Invalid
from core.safety import Concern, Source, Subject, SubjectKind, Verdict
from core.sentences import say
from core.tables import Base, Identified, Owned, Retention, field
from moderation import flags
from moderation.reasons import REASONS, Reason
from people import accounts
from people.permissions import Act, Actor, require


class Letter(Base, Identified, Owned):
    """One letter; `by_id` names who from the team wrote it, None the member themselves."""

    __tablename__ = "letter"

    account_id: Mapped[UUID] = field(Retention.ACCOUNT, personal="account_id", index=True)
    by_id: Mapped[UUID | None] = field(Retention.ACCOUNT)
    words_sealed: Mapped[bytes | None] = field(Retention.ACCOUNT, personal="account_id")
    at: Mapped[datetime] = field(Retention.ACCOUNT, personal="account_id")

    words = encryption.Sealed("words_sealed")


@dataclass(frozen=True, slots=True)
class Said:
    """A letter as its reader has it; `by` is None for one's own."""

    by: str | None
    words: str
    at: datetime


async def write(
    session: AsyncSession, actor: Actor, words: str, *, verdict: Verdict, now: datetime
) -> None:
    """Write to the team; a double click counts once. Never held, whatever it says.

    Raises:
        Invalid: there are no words, or too many.
    """
    require(actor, Act.CHANGE_OWN)
    words = plain.check(words.strip(), most=limits.NOTE_CHARACTERS, field="words")
    if not words:
        raise Invalid(say("Please write something, or leave it."), field="words")
    me = actor.account_id
    tier = max(REASONS[Reason.LETTER].tier, verdict.tier, key=lambda one: one.urgency)
    concern = Concern(
        Source.MEMBER, tier, words, now, because=verdict.because, categories=verdict.categories
    )
    await flags.flag(session, Subject(SubjectKind.LETTER, me, me), concern, reason=Reason.LETTER)
    last = await _last(session, me)
    if last is None or last.by_id is not None or last.words != words:
        await _keep(session, me, words, by_id=None, now=now)


async def answer(
    session: AsyncSession, account_id: UUID, words: str, *, by_id: UUID, now: datetime
) -> None:
    """Keep what somebody from the team answered, beside what was asked."""
    await _keep(session, account_id, words, by_id=by_id, now=now)


async def _keep(
    session: AsyncSession, account_id: UUID, words: str, *, by_id: UUID | None, now: datetime
) -> None:
    session.add(Letter(id=ids.new_id(), account_id=account_id, by_id=by_id, words=words, at=now))
    await session.flush()


async def _last(session: AsyncSession, account_id: UUID) -> Letter | None:
    query = select(Letter).where(Letter.account_id == account_id)
    newest = query.order_by(Letter.at.desc(), Letter.id.desc()).limit(1)
    return (await session.scalars(newest)).one_or_none()


async def mine(session: AsyncSession, actor: Actor) -> list[Said]:
    """Return one's talk with the team, oldest first."""
    require(actor, Act.SEE_OWN)
    query = select(Letter).where(Letter.account_id == actor.account_id)
    found = list(await session.scalars(query.order_by(Letter.at, Letter.id)))
    names = await accounts.names(session, {one.by_id for one in found if one.by_id})
    somebody = say("Somebody from the team")
    return [
        Said(names.get(one.by_id, somebody) if one.by_id else None, one.words or "", one.at)
        for one in found
    ]
