"""Lists of who is in a group, and of the groups somebody is in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat import rooms
from core.errors import NotFound
from core.sentences import say
from groups import cards, keepers, stays
from groups.cards import Group, Shown
from groups.places import JoinRequest, State
from groups.stays import GroupMember
from people.accounts import Account
from people.permissions import Act, Actor, Standing, require

# Where a group is just us, nobody has to be found to look after it.
ITS_PEOPLE: Final = say("its people, together")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a group, as others in it see them. `muted_until` is for facilitators."""

    account_id: UUID
    name: str
    is_facilitator: bool
    joined_at: datetime
    muted_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mine:
    """A group somebody is in."""

    group: Shown
    room_id: UUID
    is_facilitator: bool


@dataclass(frozen=True, slots=True)
class LookedAfter:
    """A group as whoever appoints sees it: by whom it is looked after, and how many wait there."""

    id: UUID
    name: str
    facilitators: tuple[str, ...]
    waiting: int
    is_welcome: bool


async def looked_after(session: AsyncSession, actor: Actor) -> list[LookedAfter]:
    """Return all groups by name, those that nobody looks after first.

    Whoever is suspended or gone looks after nothing.
    """
    require(actor, Act.OPEN_GROUP)
    leading = (
        select(GroupMember.group_id, Account.name)
        .join(Account, Account.id == GroupMember.account_id)
        .where(GroupMember.left_at.is_(None), GroupMember.is_facilitator)
        .where(Account.standing == Standing.ACTIVE)
        .order_by(GroupMember.joined_at, GroupMember.id)
    )
    names: dict[UUID, list[str]] = {}
    for group_id, name in await session.execute(leading):
        names.setdefault(group_id, []).append(name or "Somebody")
    waiting = await _waiting(session)
    found = [
        LookedAfter(
            one.id,
            one.card.name,
            (ITS_PEOPLE,) if one.is_just_us else tuple(names.get(one.id, ())),
            waiting.get(one.id, 0),
            one.is_welcome,
        )
        for one in await cards.everything(session)
    ]
    return sorted(found, key=lambda one: bool(one.facilitators))


async def _waiting(session: AsyncSession) -> dict[UUID, int]:
    query = (
        select(JoinRequest.group_id, func.count())
        .join(Account, Account.id == JoinRequest.account_id)
        .where(JoinRequest.state == State.ASKED, Account.standing == Standing.ACTIVE)
        .group_by(JoinRequest.group_id)
    )
    return dict((await session.execute(query)).all())


async def listed(session: AsyncSession, actor: Actor, group_id: UUID) -> list[Member]:
    """Return who is in a group, facilitators first; for the people in it.

    Raises:
        NotFound: there is no such group, or the actor is not in it.
    """
    require(actor, Act.SEE_OWN)
    group = await cards.by_id(session, group_id)
    leads = await keepers.keeps(session, actor, group)
    if not leads and await stays.here(session, group_id, actor.account_id) is None:
        raise NotFound
    query = (
        select(GroupMember, Account.name)
        .join(Account, Account.id == GroupMember.account_id)
        .where(GroupMember.group_id == group_id, GroupMember.left_at.is_(None))
        .order_by(GroupMember.is_facilitator.desc(), GroupMember.joined_at, GroupMember.id)
    )
    quiet = await _muted(session, group.room_id) if leads else {}
    return [
        Member(
            stay.account_id,
            name or say("Somebody"),
            stay.is_facilitator,
            stay.joined_at,
            quiet.get(stay.account_id),
        )
        for stay, name in await session.execute(query)
    ]


async def ever(session: AsyncSession, group_id: UUID, account_id: UUID) -> bool:
    """Tell whether somebody is or was in the group."""
    query = select(GroupMember.id).where(
        GroupMember.group_id == group_id, GroupMember.account_id == account_id
    )
    return await session.scalar(query.limit(1)) is not None


async def _muted(session: AsyncSession, room_id: UUID) -> dict[UUID, datetime]:
    query = select(rooms.Membership.account_id, rooms.Membership.muted_until).where(
        rooms.Membership.room_id == room_id, rooms.Membership.muted_until.is_not(None)
    )
    return {account_id: until for account_id, until in await session.execute(query) if until}


async def mine(session: AsyncSession, actor: Actor) -> list[Mine]:
    """Return the groups this account is in, by name."""
    require(actor, Act.SEE_OWN)
    query = (
        select(Group, GroupMember.is_facilitator)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.account_id == actor.account_id, GroupMember.left_at.is_(None))
        .where(Group.closed_at.is_(None))
        .order_by(Group.name, Group.id)
    )
    rows = await session.execute(query)
    return [Mine(cards.shown(group), group.room_id, leads) for group, leads in rows]
