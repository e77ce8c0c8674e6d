"""What of somebody's words a person should look at, in the transaction that keeps them.

Distress is a concern about how its author is: its subject is the account, so that a hard week is
one case and no hello is one. Anything else is a concern about the very words.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.safety import (
    Category,
    Concern,
    Response,
    Safety,
    Source,
    Subject,
    SubjectKind,
    Tier,
    Verdict,
)
from core.sentences import say
from people import notices
from people.notices import NoticeKind

# It promises nobody who isn't there (promise 8).
HARD_WORDS: Final = say(
    "You wrote something hard. It stands as you wrote it, nothing is held against you, and the"
    " people who look after this place are told. If you'd like somebody now, here is who answers."
)


@dataclass(frozen=True, slots=True)
class Said:
    """Words that were screened before this unit of work."""

    words: str
    verdict: Verdict
    safety: Safety


async def raise_about(
    session: AsyncSession,
    said: Said,
    *,
    kind: SubjectKind,
    subject_id: UUID,
    author_id: UUID,
    now: datetime,
) -> None:
    """Flag what the verdict says a person should see; nothing when it says none."""
    if said.verdict.tier is Tier.NONE:
        return
    concern = _concern(said, said.verdict.tier, now)
    if Category.DISTRESS in said.verdict.categories:
        author = Subject(SubjectKind.ACCOUNT, author_id, author_id)
        await said.safety.flag(session, author, concern)
        await _be_beside(session, author_id, now=now)
    if said.verdict.folded or said.verdict.categories != {Category.DISTRESS}:
        await said.safety.flag(session, Subject(kind, subject_id, author_id), concern)


async def _be_beside(session: AsyncSession, author_id: UUID, *, now: datetime) -> None:
    """Say, once a day, that it was seen and where somebody is: here nothing stands under a box."""
    await notices.send(
        session, account_id=author_id, kind=NoticeKind.HELP, words=HARD_WORDS, now=now,
        dedupe_key=f"hard-words:{author_id}:{now.date()}",
    )  # fmt: skip


async def raise_held(session: AsyncSession, said: Said, *, author_id: UUID, now: datetime) -> None:
    """Flag words that were held and so not kept: after `HelloHeld`, in a unit of work of its own.

    One subject per author: trying again is no second case. Words that were only asked about, and
    that no person should see, raise nothing.
    """
    is_held = said.verdict.response is Response.HOLD
    tier = Tier.ROUTINE if is_held and said.verdict.tier is Tier.NONE else said.verdict.tier
    if tier is not Tier.NONE:
        subject = Subject(SubjectKind.HELLO, author_id, author_id)
        await said.safety.flag(session, subject, _concern(said, tier, now))


def _concern(said: Said, tier: Tier, now: datetime) -> Concern:
    return Concern(
        source=Source.SCREENING,
        tier=tier,
        words=said.words,
        at=now,
        because=said.verdict.because,
        categories=said.verdict.categories,
    )
