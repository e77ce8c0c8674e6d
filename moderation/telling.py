"""The members' way in: "tell us", "I'm worried about them", "look at this again"."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import limits
from core import words as plain
from core.errors import Invalid, NotFound
from core.safety import Concern, Source, Subject, SubjectKind
from core.sentences import Sentence, When, say, together
from moderation import cases, codes, flags, interests
from moderation.effects import Effect
from moderation.reasons import DESKS_OWN, REASONS, Reason
from moderation.safety_words import SafetyWords
from moderation.words import NOBODY_LOOKS_YET, SOMEBODY_LOOKS
from people import accounts, documents, invitations, notices
from people.notices import NoticeKind
from people.permissions import Act, Actor, require

# Promise 7: the next day.
ASKED_AFTER: Final = timedelta(days=1)


async def tell(
    session: AsyncSession,
    actor: Actor,
    subject: Subject,
    words: str,
    *,
    reason: Reason,
    note: str = "",
    now: datetime,
) -> None:
    """Ask for a person to look at something; a double click counts once. The author isn't told.

    `words` are the evidence, attached by the system (`chat.messages.tell_subject`). Whoever is
    suspended may still tell. Somebody who was worried is asked the next day how they are.
    """
    require(actor, Act.CHANGE_OWN)
    if reason in DESKS_OWN:
        raise Invalid(say("Please choose what fits best."), field="what")
    meaning = REASONS[reason]
    concern = Concern(
        Source.MEMBER,
        meaning.tier,
        words,
        now,
        categories=meaning.categories,
        reporter_id=actor.account_id,
        note=plain.check(note.strip(), most=limits.NOTE_CHARACTERS, field="note"),
    )
    case_id = await flags.flag(session, subject, concern, reason=reason)
    if reason is Reason.WORRIED and subject.author_id not in (None, actor.account_id):
        await _ask_after(session, actor, subject, case_id, now=now)


async def tell_of_invitation(
    session: AsyncSession,
    code: str,
    *,
    reason: Reason,
    note: str = "",
    reporter_id: UUID | None = None,
    now: datetime,
) -> None:
    """Ask for a person to look at an invitation. Whoever holds one may have no account yet.

    Raises:
        NotAnInvitation: there never was one of this code.
    """
    if reason in DESKS_OWN:
        raise Invalid(say("Please choose what fits best."), field="what")
    found = await invitations.by_code(session, code)
    meaning = REASONS[reason]
    concern = Concern(
        Source.MEMBER,
        meaning.tier,
        say("An invitation that was made on %(at)s.", at=When(found.created_at, shape="date")),
        now,
        categories=meaning.categories,
        reporter_id=reporter_id,
        note=plain.check(note.strip(), most=limits.NOTE_CHARACTERS, field="note"),
    )
    subject = Subject(SubjectKind.INVITATION, found.id, found.made_by)
    await flags.flag(session, subject, concern, reason=reason)


async def _ask_after(
    session: AsyncSession, actor: Actor, subject: Subject, case_id: UUID, *, now: datetime
) -> None:
    assert subject.author_id is not None
    names = await accounts.names(session, {subject.author_id})
    safety = await documents.current(session, SafetyWords)
    await notices.send(
        session,
        account_id=actor.account_id,
        kind=NoticeKind.SUPPORT,
        # Promise 7: next day, once for each day and talk.
        dedupe_key=f"worried:{case_id}:{actor.account_id}:{now.date()}",
        words=together(safety.next_day(names.get(subject.author_id))),
        due_at=now + ASKED_AFTER,
        now=now,
    )


async def look_again(
    session: AsyncSession, actor: Actor, case_id: UUID, *, words: str, now: datetime
) -> Sentence:
    """Say that a decision about oneself is wrong; return what happens now, truly.

    Somebody else decides then. Open to whoever is suspended; sending the same twice counts once.

    Raises:
        NotFound: nothing was decided there that holds for this account.
    """
    require(actor, Act.CHANGE_OWN)
    return await _ask_again(session, actor.account_id, case_id, words=words, now=now)


async def look_again_by_code(
    session: AsyncSession, code: str, *, words: str, now: datetime
) -> Sentence:
    """Say that a decision about oneself is wrong, signed out, paused or erased.

    Return what happens now, truly.

    Raises:
        NotACode: no decision has this code.
    """
    found = await codes.read(session, code, now=now)
    return await _ask_again(session, found.account_id, found.case_id, words=words, now=now)


async def _ask_again(
    session: AsyncSession, account_id: UUID, case_id: UUID, *, words: str, now: datetime
) -> Sentence:
    mine = Effect.case_id == case_id, Effect.account_id == account_id
    if await session.scalar(select(Effect.id).where(*mine).limit(1)) is None:
        raise NotFound
    case = await cases.by_id(session, case_id)
    meaning = REASONS[Reason.LOOK_AGAIN]
    concern = Concern(
        Source.MEMBER,
        meaning.tier,
        plain.check(words.strip(), most=limits.NOTE_CHARACTERS, field="words"),
        now,
        reporter_id=account_id,
    )
    await flags.flag(session, case.subject, concern, reason=Reason.LOOK_AGAIN)
    is_somebody = await interests.tell_if_nobody_may(session, case_id, now=now)
    return SOMEBODY_LOOKS if is_somebody else NOBODY_LOOKS_YET
