"""Notes that moderators leave each other in a case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core import limits
from core import words as plain
from core.errors import Invalid
from core.sentences import say
from moderation import case_words, cases, interests
from moderation.fold import Happening, Kind
from people import audit
from people.permissions import Act, Actor, require


async def leave(
    session: AsyncSession, actor: Actor, case_id: UUID, *, words: str, now: datetime
) -> None:
    """Leave a note for colleagues; sealed, and never shown to members. A double click counts once.

    Raises:
        NotFound: there is no such case, or the actor has a part in it.
        Invalid: there are no words.
    """
    require(actor, Act.DECIDE_CASE)
    words = plain.check(words.strip(), most=limits.NOTE_CHARACTERS, field="words")
    if not words:
        raise Invalid(say("Please write something, or leave it."), field="words")
    await interests.require_no_part(session, actor, case_id)
    case = await cases.lock(session, case_id)
    if await case_words.are_last(session, case, words, by_id=actor.account_id):
        return
    noted = Happening(Kind.NOTED, now, actor_id=actor.account_id)
    await case_words.write(session, await cases.append(session, case, noted), words)
    audit.record(
        session,
        kind="case_noted",
        actor_id=actor.account_id,
        subject_kind="safety_case",
        subject_id=case_id,
        now=now,
    )
