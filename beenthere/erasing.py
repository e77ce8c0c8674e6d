"""Erasing somebody who asked for it three weeks ago, in every package.

Others are told kindly that they left; what they said goes from the talks they did not choose to
leave it in; a nameless account stays, so that what others said keeps its shape.
"""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat import messages
from chat.events import RoomEvent
from core.database import savepoint
from groups import members, polls, requests
from groups.places import UNSETTLED, JoinRequest
from groups.stays import GroupMember
from matching import candidates, connections
from matching.pairs import Connection, State
from people import accounts, audit, erasures, privacy, roles, sign_ins
from people.erasures import Erasure
from people.permissions import Actor

log = structlog.get_logger(__name__)


async def erase_due(session: AsyncSession, *, now: datetime) -> int:
    """Erase those whose time has come, some at a time; return how many.

    However many fail, and fail again, they keep nobody waiting who comes after them.
    """
    done, failed = 0, set[UUID]()
    while done < erasures.DONE_AT_ONCE:
        wishes = await erasures.due(session, but=failed, now=now)
        if not wishes:
            break
        for wish in wishes:
            account_id = wish.account_id
            try:
                async with savepoint(session):
                    await _erase(session, wish, now=now)
                done += 1
            except Exception as fault:  # noqa: BLE001 - one that fails must not keep the others here
                log.error("erasure_failed", kind=type(fault).__name__)
                failed.add(account_id)
    return done


async def _erase(session: AsyncSession, wish: Erasure, *, now: datetime) -> None:
    account_id, keeps = wish.account_id, {UUID(one) for one in wish.keeps}
    account = await accounts.by_id(session, account_id)
    # As themselves, also while they are paused: leaving is free.
    actor = Actor(account_id, account.organisation_id, account.name or "")
    await _end_talks(session, actor, now=now)
    await _leave_groups(session, actor, now=now)
    for grant in await roles.held_by(session, account_id):
        await roles.end(
            session, account_id=account_id, role=grant.role, scope_id=grant.scope_id,
            by_id=account_id, now=now,
        )  # fmt: skip
    said_in = select(RoomEvent.room_id).where(RoomEvent.sender_id == account_id).distinct()
    rooms = set(await session.scalars(said_in)) - keeps
    await messages.erase(session, account_id=account_id, now=now, room_ids=rooms)
    await polls.drop_voices_for(session, account_id)
    await candidates.remove(session, account_id, now=now)
    await sign_ins.end_all(session, account_id, now=now)
    await session.flush()
    await privacy.erase(session, account_id)
    await accounts.make_nameless(session, account_id, now=now)
    audit.record(
        session, kind="account_erased", actor_id=account_id, subject_kind="account",
        subject_id=account_id, now=now,
    )  # fmt: skip


async def _end_talks(session: AsyncSession, actor: Actor, *, now: datetime) -> None:
    me = actor.account_id
    mine = or_(Connection.asker_id == me, Connection.asked_id == me)
    query = select(Connection).where(mine, Connection.state.in_((State.ASKED, State.ACCEPTED)))
    for connection in (await session.scalars(query)).all():
        if connection.state is State.ACCEPTED:
            await connections.end(session, actor, connection.id, now=now)
        elif connection.asker_id == me:
            await connections.withdraw(session, actor, connection.id, now=now)
        else:
            await connections.answer_not_free(session, actor, connection.id, now=now)


async def _leave_groups(session: AsyncSession, actor: Actor, *, now: datetime) -> None:
    query = select(GroupMember.group_id).where(
        GroupMember.account_id == actor.account_id, GroupMember.left_at.is_(None)
    )
    for group_id in (await session.scalars(query)).all():
        await members.leave(session, actor, group_id, now=now)
    asked = select(JoinRequest.group_id).where(
        JoinRequest.account_id == actor.account_id, JoinRequest.state.in_(UNSETTLED)
    )
    for group_id in (await session.scalars(asked)).all():
        await requests.withdraw(session, actor, group_id, now=now)
