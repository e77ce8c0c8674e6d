"""Deciding together: anybody in a group asks, everybody in it has one voice.

Who said what is told to nobody: there are only numbers, and they show once one has chosen or the
time is over, so that no early voice leads the others. Whoever has shut the asker out reads the
question folded (promise 17), and has their voice all the same.
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import UniqueConstraint, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from chat import visibility
from chat.kinds import RoomKind
from chat.visibility import Sight, Surface
from core import encryption, ids, limits
from core.errors import Conflict, Invalid, NotFound
from core.safety import Safety, Verdict
from core.sentences import When, say
from core.tables import Base, Identified, Owned, Retention, field
from core.upserts import insert
from groups import cards, stays, tidings, wordings
from matching.concerns import Said
from people import accounts, blocks
from people.permissions import Act, Actor, require

ASKER: Final = "asked_by"
OWN: Final = "account_id"
OPTION_CHARACTERS: Final = 200
FEWEST_OPTIONS: Final = 2
MOST_OPTIONS: Final = 10
LONGEST_DAYS: Final = 14


class Poll(Base, Identified, Owned):
    """A question to a group. `words` is a JSON list: the question, then what one can choose."""

    __tablename__ = "poll"
    __table_args__ = (UniqueConstraint("group_id", "asked_by", "client_id"),)

    group_id: Mapped[UUID] = field(Retention.ACCOUNT, personal=ASKER, index=True)
    asked_by: Mapped[UUID] = field(Retention.ACCOUNT, personal=ASKER)
    client_id: Mapped[str] = field(Retention.ACCOUNT)
    words_sealed: Mapped[bytes | None] = field(Retention.ACCOUNT, personal=ASKER)
    asked_at: Mapped[datetime] = field(Retention.ACCOUNT, personal=ASKER)
    closes_at: Mapped[datetime] = field(Retention.ACCOUNT, personal=ASKER)

    words = encryption.Sealed("words_sealed")


class PollVote(Base, Identified, Owned):
    """One account's voice; it may be changed while the question is open."""

    __tablename__ = "poll_vote"
    __table_args__ = (UniqueConstraint("poll_id", "account_id"),)

    poll_id: Mapped[UUID] = field(Retention.ACCOUNT, personal=OWN)
    account_id: Mapped[UUID] = field(Retention.ACCOUNT, personal=OWN, index=True)
    choice: Mapped[int] = field(Retention.ACCOUNT, personal=OWN)
    said_at: Mapped[datetime] = field(Retention.ACCOUNT, personal=OWN)


class PollOver(Conflict):
    """The time to choose is over."""

    code, title = "poll_over", say("The time to choose is over. What came of it stands here.")


@dataclass(frozen=True, slots=True)
class Question:
    """A question as somebody in the group sees it.

    `asker` is "" where it is folded: they have shut the asker out. `counts` is None until they
    may see it.
    """

    id: UUID
    asker: str
    question: str
    options: tuple[str, ...]
    closes_at: datetime
    is_open: bool
    is_folded: bool
    mine: int | None
    counts: tuple[int, ...] | None


def own_words(question: str, options: list[str]) -> str:
    """Return all that others will read, for screening."""
    return "\n".join((question, *options))


async def ask(
    session: AsyncSession,
    actor: Actor,
    group_id: UUID,
    question: str,
    options: list[str],
    *,
    days: int,
    client_id: str,
    verdict: Verdict,
    safety: Safety,
    now: datetime,
) -> None:
    """Ask the group something; everybody in it is told. Idempotent by `client_id`.

    Raises:
        CardHeld: see `wordings`. Nothing was asked.
        Invalid: no question, fewer than two or too many answers, or not within two weeks.
        NotFound: they are not in this group.
    """
    require(actor, Act.TAKE_PART)
    _check(question, options, days=days)
    wordings.admit(verdict)
    group = await cards.by_id(session, group_id)
    if await stays.here(session, group_id, actor.account_id) is None:
        raise NotFound
    poll_id, closes_at = ids.new_id(), now + timedelta(days=days)
    place = encryption.place("poll", "words_sealed", poll_id)
    row = insert(session, Poll).values(
        id=poll_id,
        organisation_id=actor.organisation_id,
        group_id=group_id,
        asked_by=actor.account_id,
        client_id=client_id,
        words_sealed=encryption.ring().seal(place, json.dumps([question, *options])),
        asked_at=now,
        closes_at=closes_at,
    )
    if await session.scalar(row.on_conflict_do_nothing().returning(Poll.id)) is None:
        return
    said = Said(own_words(question, options), verdict, safety)
    await wordings.look_at(session, actor, said, group_id=group_id, now=now)
    words = say(
        "%(group)s decides something together. It stands on the group's page until %(until)s, and"
        " what you think counts.",
        group=group.name,
        until=When(closes_at),
    )
    about = f"poll:{poll_id}"
    await tidings.tell_members(session, group, words, about=about, but=actor.account_id, now=now)


def _check(question: str, options: list[str], *, days: int) -> None:
    if not question or len(question) > limits.FIELD_CHARACTERS:
        raise Invalid(
            say("Please write what you would like to ask, in a few lines."), field="words"
        )
    if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        raise Invalid(say("Please write two to ten things to choose from."), field="options")
    if any(len(option) > OPTION_CHARACTERS for option in options):
        most = OPTION_CHARACTERS
        raise Invalid(say("Please use at most %(most)s letters.", most=most), field="options")
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(say("Please choose one to fourteen days."), field="days")


async def choose(
    session: AsyncSession,
    actor: Actor,
    group_id: UUID,
    poll_id: UUID,
    *,
    choice: int,
    now: datetime,
) -> None:
    """Say what one thinks, or something else than before; idempotent.

    Raises:
        Invalid: there is nothing of that number to choose.
        NotFound: there is no such question here, or they are not in the group.
        PollOver: see the class.
    """
    require(actor, Act.TAKE_PART)
    query = select(Poll).where(Poll.id == poll_id, Poll.group_id == group_id)
    poll = await session.scalar(query)
    if poll is None or await stays.here(session, group_id, actor.account_id) is None:
        raise NotFound
    if poll.closes_at <= now:
        raise PollOver
    if not 0 <= choice < len(_words(poll)) - 1:
        raise Invalid(say("Please choose one of these."), field="choice")
    row = insert(session, PollVote).values(
        id=ids.new_id(),
        organisation_id=actor.organisation_id,
        poll_id=poll_id,
        account_id=actor.account_id,
        choice=choice,
        said_at=now,
    )
    changed = {"choice": choice, "said_at": now}
    await session.execute(
        row.on_conflict_do_update(index_elements=["poll_id", "account_id"], set_=changed)
    )


async def drop_voices_for(session: AsyncSession, asker_id: UUID) -> None:
    """Let go of what was chosen where somebody asked: their questions go with their account."""
    theirs = select(Poll.id).where(Poll.asked_by == asker_id)
    await session.execute(delete(PollVote).where(PollVote.poll_id.in_(theirs)))


async def listed(
    session: AsyncSession, actor: Actor, group_id: UUID, *, now: datetime
) -> list[Question]:
    """Return what a group was asked, newest first; for the people in it.

    Raises:
        NotFound: there is no such group, or they are not in it.
    """
    require(actor, Act.SEE_OWN)
    if await stays.here(session, group_id, actor.account_id) is None:
        raise NotFound
    query = select(Poll).where(Poll.group_id == group_id).order_by(Poll.asked_at.desc(), Poll.id)
    found = (await session.scalars(query.limit(limits.LIST_ITEMS))).all()
    names = await accounts.names(session, {poll.asked_by for poll in found})
    shut_out = await blocks.made_by(session, actor.account_id)
    voices = await _voices(session, {poll.id for poll in found})
    return [
        _question(
            poll,
            actor,
            name=names.get(poll.asked_by, ""),
            has_shut_out=poll.asked_by in shut_out,
            voices=voices.get(poll.id, {}),
            now=now,
        )
        for poll in found
    ]


async def _voices(session: AsyncSession, poll_ids: set[UUID]) -> dict[UUID, dict[UUID, int]]:
    rows = await session.execute(
        select(PollVote.poll_id, PollVote.account_id, PollVote.choice).where(
            PollVote.poll_id.in_(poll_ids)
        )
    )
    found: dict[UUID, dict[UUID, int]] = {}
    for poll_id, account_id, choice in rows:
        found.setdefault(poll_id, {})[account_id] = choice
    return found


def _question(
    poll: Poll,
    actor: Actor,
    *,
    name: str,
    has_shut_out: bool,
    voices: dict[UUID, int],
    now: datetime,
) -> Question:
    question, *options = _words(poll)
    bond = visibility.bond(
        is_own=poll.asked_by == actor.account_id,
        i_blocked=has_shut_out,
        they_blocked=False,
    )
    is_folded = visibility.sight(Surface.MESSAGE, bond, kind=RoomKind.GROUP) is Sight.FOLDED
    mine, is_open = voices.get(actor.account_id), poll.closes_at > now
    counted = Counter(voices.values())
    counts = tuple(counted[number] for number in range(len(options)))
    return Question(
        id=poll.id,
        asker="" if is_folded else name or say("Somebody"),
        question=question,
        options=tuple(options),
        closes_at=poll.closes_at,
        is_open=is_open,
        is_folded=is_folded,
        mine=mine,
        counts=None if is_open and mine is None else counts,
    )


def _words(poll: Poll) -> list[str]:
    words: list[str] = json.loads(poll.words or "[]")
    return words
