"""Hellos: asking, answering, and the talks they open."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response, status

from api.dependencies import Guard, Here, Now, Someone
from api.profiles import screened
from api.shapes import In, Out, Page
from chat import entries
from core.database import Database
from core.safety import Safety
from core.words import Line
from matching import concerns, connections, introductions, requests
from matching.concerns import Said
from matching.hellos import HelloHeld
from matching.pairs import Connection
from people.permissions import Actor

router = APIRouter(tags=["hellos"])


class HelloIn(In):
    """To whom, and in which words."""

    to: UUID
    words: Line


class HelloId(Out):
    """A hello that was taken. Whether it reaches anybody is nobody's to know."""

    id: UUID


class RoomId(Out):
    """The talk that opened."""

    room_id: UUID


class ReceivedOut(Out):
    """A hello that waits for an answer; `folded` are spans of `words`."""

    id: UUID
    asker_id: UUID
    name: str
    words: str
    folded: list[list[int]]
    words_for_self: str
    about: str
    because: tuple[str, ...]
    asked_at: datetime
    expires_at: datetime


class IntroductionOut(Out):
    """Somebody one is about to say hello to, and three ways to begin."""

    id: UUID
    name: str
    words_for_self: str
    about: str
    because: tuple[str, ...]
    starters: tuple[str, ...]


class SentOut(Out):
    """A hello of one's own."""

    id: UUID
    asked_id: UUID
    name: str
    words: str
    outcome: str
    asked_at: datetime
    expires_at: datetime
    room_id: UUID | None


@asynccontextmanager
async def raising_held(
    database: Database, safety: Safety, actor: Actor, words: str, *, now: datetime
) -> AsyncIterator[None]:
    """Let a person look at words that were held, though nothing of them was kept or sent."""
    try:
        yield
    except HelloHeld as held:
        said = Said(words, held.verdict, safety)
        async with database.unit_of_work(actor.organisation_id) as session:
            await concerns.raise_held(session, said, author_id=actor.account_id, now=now)
        raise


async def say(
    database: Database, safety: Safety, actor: Actor, to: UUID, words: str, *, now: datetime
) -> Connection:
    """Screen a hello, then send it."""
    verdict = await screened(database, safety, actor, words)
    async with (
        raising_held(database, safety, actor, words, now=now),
        database.unit_of_work(actor.organisation_id) as session,
    ):
        return await connections.ask(
            session, actor, to, words=words, verdict=verdict, safety=safety, now=now
        )


@router.post("/hellos", status_code=status.HTTP_201_CREATED)
async def ask(body: HelloIn, actor: Someone, here: Here, guard: Guard, now: Now) -> HelloId:
    """Say hello to somebody."""
    hello = await say(here, guard, actor, body.to, body.words, now=now)
    return HelloId(id=hello.id)


@router.get("/people/{account_id}/introduction")
async def introduce(account_id: UUID, actor: Someone, here: Here, now: Now) -> IntroductionOut:
    """Return what to say hello with; 404 for whoever isn't offered to one now."""
    async with here.reading(actor.organisation_id) as session:
        found = await introductions.read(session, actor, account_id, now=now)
    return IntroductionOut.model_validate(found)


def without_folded(words: str, spans: Iterable[Sequence[int]]) -> dict[str, Any]:
    """Return `words` without what is folded, and where the folds stand in them (promise 1).

    Whoever it would harm doesn't get it, whichever program they read with.
    """
    cut, folds = entries.fold(words, tuple((start, end) for start, end in spans))
    return {"words": cut, "folded": [list(span) for span in folds]}


@router.get("/hellos/received")
async def list_received(actor: Someone, here: Here, now: Now) -> Page[ReceivedOut]:
    """Return the hellos that wait for one's answer, the oldest first."""
    async with here.reading(actor.organisation_id) as session:
        found = await requests.received(session, actor, now=now)
    return Page(items=[_received(hello) for hello in found])


def _received(hello: requests.Received) -> ReceivedOut:
    seen = without_folded(hello.words, hello.folded)
    return ReceivedOut.model_validate(hello).model_copy(update=seen)


@router.get("/hellos/sent")
async def list_sent(actor: Someone, here: Here, now: Now) -> Page[SentOut]:
    """Return one's own hellos of the last month, the newest first."""
    async with here.reading(actor.organisation_id) as session:
        found = await requests.sent(session, actor, now=now)
    return Page(items=[SentOut.model_validate(hello) for hello in found])


@router.post("/hellos/{hello_id}/yes")
async def accept(hello_id: UUID, actor: Someone, here: Here, now: Now) -> RoomId:
    """Say yes: a talk opens. Saying it again gives the same talk."""
    async with here.unit_of_work(actor.organisation_id) as session:
        talk = await connections.accept(session, actor, hello_id, now=now)
    return RoomId.model_validate(talk)


@router.post("/hellos/{hello_id}/not-now", status_code=status.HTTP_204_NO_CONTENT)
async def not_now(hello_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Say "not just now". Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await connections.answer_not_free(session, actor, hello_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.delete("/hellos/{hello_id}", status_code=status.HTTP_204_NO_CONTENT)
async def withdraw(hello_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Take one's own hello back. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await connections.withdraw(session, actor, hello_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/hellos/{hello_id}/end", status_code=status.HTTP_204_NO_CONTENT)
async def end(hello_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Leave the talk it opened; it stays readable. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await connections.end(session, actor, hello_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
