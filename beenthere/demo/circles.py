"""The made-up community's groups: opened, kept up, asked into, and deciding things together."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from beenthere.demo import stories
from beenthere.demo.stories import Asking, Circle, Decided
from core.safety import Context, Safety, Verdict
from groups import agreements, facilitators, keeping, members, openings, polls, requests
from groups.cards import Group
from people.permissions import Actor, Grant, Role

# By short name; the rooms of two people by both of theirs.
Actors = dict[str, Actor]
Rooms = dict[tuple[str, ...], UUID]


async def fill(
    session: AsyncSession,
    keeper: Actor,
    actors: Actors,
    *,
    safety: Safety,
    began_at: datetime,
    now: datetime,
) -> Rooms:
    """Open every group, three months ago; return its room by its short name."""
    rooms: Rooms = {}
    for name, one in stories.groups().items():
        group = await _begin(session, keeper, one, actors, now=began_at)
        for member in one.members:
            await members.let_in(session, group, actors[member].account_id, now=began_at)
        await _keep_up(session, group, one, actors, safety=safety, now=began_at)
        for decided in one.decides:
            await _decide(session, group, decided, actors, safety=safety, now=now)
        for asking in one.asking:
            await _ask(session, group, asking, actors, safety=safety, now=now)
        rooms[(name,)] = group.room_id
    return rooms


async def _begin(
    session: AsyncSession, keeper: Actor, one: Circle, actors: Actors, *, now: datetime
) -> Group:
    first = actors[one.facilitator]
    if one.is_just_us:
        return await openings.start(session, first, one.card, now=now)
    return await openings.open_group(
        session, keeper, one.card, facilitator_id=first.account_id, now=now
    )


async def _keep_up(
    session: AsyncSession,
    group: Group,
    one: Circle,
    actors: Actors,
    *,
    safety: Safety,
    now: datetime,
) -> None:
    first = _leading(actors[one.facilitator], group)
    for name in one.together:
        await facilitators.share(session, first, group.id, actors[name].account_id, now=now)
    if one.line:
        await keeping.announce(
            session, first, group.id, one.line, verdict=_read(safety, one.line), safety=safety,
            now=now,
        )  # fmt: skip
    if one.agreement:
        words = "\n".join(one.agreement)
        version = await keeping.write_agreement(
            session, first, group.id, words, over_version=0, verdict=_read(safety, words),
            safety=safety, now=now,
        )  # fmt: skip
        for name in one.members:
            await agreements.accept(session, actors[name], group.id, version=version)


def _leading(actor: Actor, group: Group) -> Actor:
    """Return somebody as they are once they have signed in again: with the role for this group."""
    grants = actor.grants | {Grant(Role.FACILITATOR, group.id)}
    return Actor(actor.account_id, actor.organisation_id, actor.name, grants=frozenset(grants))


def _read(safety: Safety, words: str) -> Verdict:
    return safety.screen(words, Context())


async def _decide(
    session: AsyncSession,
    group: Group,
    one: Decided,
    actors: Actors,
    *,
    safety: Safety,
    now: datetime,
) -> None:
    asker, at = actors[one.by], now - timedelta(hours=one.hours_ago)
    options = list(one.options)
    await polls.ask(
        session, asker, group.id, one.question, options, days=one.days, client_id=one.question[:60],
        verdict=_read(safety, polls.own_words(one.question, options)), safety=safety, now=at,
    )  # fmt: skip
    (asked, *_) = await polls.listed(session, asker, group.id, now=at)
    for name, choice in one.chose.items():
        await polls.choose(session, actors[name], group.id, asked.id, choice=choice - 1, now=at)


async def _ask(
    session: AsyncSession,
    group: Group,
    one: Asking,
    actors: Actors,
    *,
    safety: Safety,
    now: datetime,
) -> None:
    await requests.ask(
        session, actors[one.by], group.id, note=one.words, verdict=_read(safety, one.words),
        safety=safety, now=now - timedelta(hours=one.hours_ago),
    )  # fmt: skip
