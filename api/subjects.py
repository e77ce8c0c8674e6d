"""What somebody can tell us about, when they can see it, and its words as evidence.

The system attaches them: nobody has to copy or prove anything.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chat import messages
from core.errors import NotFound
from core.safety import Subject, SubjectKind
from core.sentences import say
from groups import cards
from matching import introductions, requests
from people.permissions import Actor

Found = tuple[Subject, str]


async def _message(session: AsyncSession, actor: Actor, which: UUID, _now: datetime) -> Found:
    return await messages.tell_subject(session, actor, which)


async def _talk(session: AsyncSession, actor: Actor, which: UUID, _now: datetime) -> Found:
    newest = newest_of_others(await messages.page(session, actor, which), actor)
    return await messages.tell_subject(session, actor, newest)


async def _hello(session: AsyncSession, actor: Actor, which: UUID, now: datetime) -> Found:
    hello = await received(session, actor, which, now=now)
    return Subject(SubjectKind.HELLO, hello.id, hello.asker_id), hello.words


async def _group(session: AsyncSession, _actor: Actor, which: UUID, _now: datetime) -> Found:
    group = await cards.read(session, which)
    return Subject(SubjectKind.GROUP, group.id), f"{group.card.name}\n{group.card.about}"


async def _profile(session: AsyncSession, actor: Actor, which: UUID, now: datetime) -> Found:
    shown = await introductions.read(session, actor, which, now=now)
    words = "\n".join(filter(None, (shown.name, shown.words_for_self, shown.about)))
    return Subject(SubjectKind.PROFILE, which, which), words


Find = Callable[[AsyncSession, Actor, UUID, datetime], Awaitable[Found]]
# By the word that pages and programs name it with.
KINDS: Final[Mapping[str, Find]] = MappingProxyType(
    {"message": _message, "talk": _talk, "hello": _hello, "group": _group, "profile": _profile}
)


async def about(
    session: AsyncSession, actor: Actor, kind: str, which: UUID, *, now: datetime
) -> Found:
    """Return what is named, and its words.

    Raises:
        NotFound: there is no such thing, or the actor can't see it.
    """
    find = KINDS.get(kind)
    if find is None:
        raise NotFound
    return await find(session, actor, which, now)


async def received(
    session: AsyncSession, actor: Actor, hello_id: UUID, *, now: datetime
) -> requests.Received:
    """Return a hello that waits for the actor.

    Raises:
        NotFound: none of that id does.
    """
    for hello in await requests.received(session, actor, now=now):
        if hello.id == hello_id:
            return hello
    raise NotFound


def newest_of_others(logged: Iterable[Any], actor: Actor) -> UUID:
    """Return the newest message of a talk that somebody else wrote.

    Raises:
        NotFound: nobody has yet.
    """
    for frame in reversed(list(logged)):
        if getattr(frame, "text", None) and frame.sender not in (None, actor.account_id):
            found: UUID = frame.id
            return found
    raise NotFound(say("They haven't written anything here yet."))
