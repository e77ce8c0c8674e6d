"""People at the edges of what a page must hold: nothing at all, and names and words that are long.

None of them has told anything of themselves, so that nobody else is offered them.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chat import histories
from chat.histories import Line
from core.limits import NAME_CHARACTERS
from matching import connections, profiles
from moderation.desk import Desk
from moderation.screening import RulesScreening
from people import accounts, consents
from people.consents import Purpose
from people.permissions import Actor

NEW: Final = "Ash"
LONG: Final = "Bartholomew-Featherstonehaugh-Llanfairpwllgwyngyll"[:NAME_CHARACTERS]
RIGHT_TO_LEFT: Final = "نور الهدى"
UNBROKEN: Final = "a" + "r" * 300 + "gh"
WORDS: Final = (
    UNBROKEN,
    "لا أنام الليل، لكن الكلام يساعدني قليلا.",
    "https://example.org/" + "a-very-long-way/" * 12,
    "Short.",
    "One line\n\nand another, after a gap\n" * 8,
)


async def bring(session: AsyncSession, *, now: datetime) -> None:
    """Bring them in: one says hello, two talk, and one has only just come."""
    await _join(session, NEW, now=now)
    long, nour, other = [
        await _join(session, name, now=now) for name in (LONG, RIGHT_TO_LEFT, UNBROKEN[:40])
    ]
    await _ask(session, nour, long, " ".join(WORDS[:2]), now=now)
    hello = await _ask(session, other, long, WORDS[0], now=now)
    talk = await connections.accept(session, long, hello, now=now)
    assert talk.room_id is not None
    said = [
        Line(actor.account_id, words, now + timedelta(seconds=number))
        for number, words in enumerate(WORDS)
        for actor in (long, other)
    ]
    await histories.append(session, talk.room_id, said)


async def _join(session: AsyncSession, name: str, *, now: datetime) -> Actor:
    account = await accounts.create(session, name=name, now=now)
    await consents.give_at_joining(session, account.id, set(Purpose), now=now)
    actor = Actor(account.id, account.organisation_id, name)
    told = profiles.blank(actor)
    await profiles.save(session, actor, told, over_version=0, now=now)
    return actor


async def _ask(
    session: AsyncSession, asker: Actor, asked: Actor, words: str, *, now: datetime
) -> UUID:
    hello = await connections.ask(
        session,
        asker,
        asked.account_id,
        words=words,
        verdict=profiles.UNSCREENED,
        safety=Desk(RulesScreening()),
        now=now,
    )
    return hello.id
