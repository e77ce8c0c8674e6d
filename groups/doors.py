"""At a group's door: who waits there, and what a person who looks after it says, kindly."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import limits
from core.errors import Conflict, NotFound
from core.sentences import Sentence, say
from groups import cards, keepers, members, places, tidings
from groups.cards import Group
from groups.places import UNSETTLED, JoinRequest, State
from groups.stays import GroupMember
from matching import hellos
from people.accounts import Account
from people.permissions import Actor, Standing

SAID_YES: Final = (State.WAITING, State.OFFERED, State.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who would like to come in. `was_removed`: they were in before, and let go."""

    id: UUID
    account_id: UUID
    name: str
    note: str
    folded: hellos.Spans
    asked_at: datetime
    was_removed: bool
    state: State


class AnsweredElsewhere(Conflict):
    """Somebody else answered this request otherwise, or it was taken back."""

    code, title = "answered_elsewhere", say("This was answered a moment ago. Please look again.")


async def waiting(session: AsyncSession, actor: Actor, group_id: UUID) -> list[Waiting]:
    """Return who would like to come in, the one who has waited longest first.

    Raises:
        NotFound: there is no such group here, or it has ended.
    """
    group = await cards.by_id(session, group_id)
    await keepers.require_keeper(session, actor, group)
    stays = (GroupMember.group_id == group_id, GroupMember.account_id == JoinRequest.account_id)
    query = (
        select(
            JoinRequest, Account.name, exists().where(*stays, GroupMember.removed_at.is_not(None))
        )
        .join(Account, Account.id == JoinRequest.account_id)
        .where(JoinRequest.group_id == group_id, JoinRequest.state.in_(UNSETTLED))
        .where(Account.standing == Standing.ACTIVE)
        .where(~exists().where(*stays, GroupMember.left_at.is_(None)))
        .order_by(JoinRequest.asked_at, JoinRequest.id)
        .limit(limits.PAGE_ITEMS)
    )
    return [
        Waiting(
            id=asked.id,
            account_id=asked.account_id,
            name=name or say("Somebody"),
            note=asked.note or "",
            folded=asked.folded,
            asked_at=asked.asked_at,
            was_removed=bool(removed),
            state=asked.state,
        )
        for asked, name, removed in await session.execute(query)
    ]


async def accept(
    session: AsyncSession, actor: Actor, request_id: UUID, *,
    now: datetime, group_id: UUID | None = None,
) -> None:  # fmt: skip
    """Let somebody in who asked (this group, if one is named); idempotent.

    Where there is no place, they are offered the next one that gets free.

    Raises:
        AnsweredElsewhere: it was answered otherwise, or taken back.
        GroupFull: somebody took the last place this moment; the request stays open.
        NotFound: there is no such request here, or whoever asked is gone.
    """
    asked, group = await _to_answer(session, actor, request_id, group_id)
    has_place = await places.has_place(session, group)
    answer = State.ACCEPTED if has_place else State.WAITING
    if not await _answer(session, actor, asked, answer, now=now):
        return
    if not has_place:
        words = say(
            "You're welcome in %(group)s. It is full just now: the next place is offered to"
            " whoever has waited longest, and you'll hear.",
            group=group.name,
        )
        await _tell(session, asked, words, about=State.WAITING, now=now)
        return
    await members.let_in(session, group, asked.account_id, now=now)
    words = say("You're welcome in %(group)s. Come in when you like.", group=group.name)
    await _tell(session, asked, words, about=State.ACCEPTED, now=now)


async def answer_not_now(
    session: AsyncSession, actor: Actor, request_id: UUID, *,
    now: datetime, group_id: UUID | None = None,
) -> None:  # fmt: skip
    """Say that it doesn't fit just now; idempotent. They may ask again.

    Raises:
        AnsweredElsewhere: it was answered otherwise, or taken back.
        NotFound: there is no such request here.
    """
    asked, group = await _to_answer(session, actor, request_id, group_id)
    if await _answer(session, actor, asked, State.NOT_NOW, now=now):
        words = say(
            "%(group)s can't take anybody new just now. Other groups may be able to.",
            group=group.name,
        )
        await _tell(session, asked, words, about=State.NOT_NOW, now=now)


async def _to_answer(
    session: AsyncSession, actor: Actor, request_id: UUID, group_id: UUID | None
) -> tuple[JoinRequest, Group]:
    asked = await session.scalar(select(JoinRequest).where(JoinRequest.id == request_id))
    if asked is None or group_id not in (None, asked.group_id):
        raise NotFound
    group = await cards.by_id(session, asked.group_id)
    await keepers.require_keeper(session, actor, group)
    return asked, group


async def _answer(
    session: AsyncSession, actor: Actor, asked: JoinRequest, state: State, *, now: datetime
) -> bool:
    """Move an open request; False when it was answered just so before."""
    which = JoinRequest.id == asked.id
    is_yes = state is not State.NOT_NOW
    answerable = (State.ASKED,) if is_yes else (State.ASKED, State.WAITING)
    moved = await session.scalar(
        update(JoinRequest)
        .where(which, JoinRequest.state.in_(answerable))
        .values(state=state, answered_at=now, answered_by=actor.account_id)
        .returning(JoinRequest.id)
    )
    if moved is not None:
        return True
    before = await session.scalar(select(JoinRequest.state).where(which))
    if before not in (SAID_YES if is_yes else (State.NOT_NOW,)):
        raise AnsweredElsewhere
    return False


async def _tell(
    session: AsyncSession, asked: JoinRequest, words: Sentence, *, about: State, now: datetime
) -> None:
    once = f"join-request:{asked.id}:{about}"
    await tidings.tell(session, asked.group_id, asked.account_id, words, once=once, now=now)
