"""Groups: their cards, coming in, and what those who look after them can do."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response, status

from api.dependencies import Guard, Here, Now, Someone
from api.hellos import raising_held, without_folded
from api.profiles import screened
from api.shapes import In, Out, Page, Version
from core.database import Database
from core.safety import Safety
from core.words import Line
from groups import card_changes, cards, doors, members, requests, rosters, welcoming
from groups.cards import Card
from people import documents
from people.permissions import Actor

router = APIRouter(tags=["groups"])


class GroupOut(Out):
    """A group, as anyone in the organisation may read of it."""

    id: UUID
    version: int
    card: dict[str, Any]
    safety_mode: str
    is_just_us: bool
    is_welcome: bool
    member_count: int
    has_room: bool


class CardIn(In):
    """A card over the version it was made from."""

    version: Version
    card: dict[str, Any]


class MineOut(Out):
    """A group one is in."""

    group_id: UUID
    name: str
    room_id: UUID
    is_facilitator: bool


class Standing(Out):
    """How one stands to a group: none, asked, waiting, offered or in.

    `held_until` is there while a place is offered.
    """

    place: str
    held_until: datetime | None


class AskIn(In):
    """A few words to those who look after the group, or none."""

    note: Line = ""


class WaitingOut(Out):
    """Somebody who would like to come in."""

    id: UUID
    account_id: UUID
    name: str
    note: str
    folded: list[list[int]]
    asked_at: datetime
    was_removed: bool
    state: str


def card_of(told: dict[str, Any]) -> Card:
    """Return what was told as a card.

    Raises:
        Invalid: with the field that can't be used.
    """
    return documents.check(Card, told)


def out(group: cards.Shown) -> GroupOut:
    """Return a group as JSON shows it."""
    return GroupOut(
        id=group.id,
        version=group.version,
        card=group.card.model_dump(mode="json"),
        safety_mode=group.safety_mode,
        is_just_us=group.is_just_us,
        is_welcome=group.is_welcome,
        member_count=group.member_count,
        has_room=group.has_room,
    )


async def ask_in(
    database: Database, safety: Safety, actor: Actor, group_id: UUID, note: str, *, now: datetime
) -> UUID:
    """Screen a note, then ask with it."""
    verdict = await screened(database, safety, actor, note)
    async with (
        raising_held(database, safety, actor, note, now=now),
        database.unit_of_work(actor.organisation_id) as session,
    ):
        return await requests.ask(
            session, actor, group_id, note=note, verdict=verdict, safety=safety, now=now
        )


@router.get("/groups")
async def list_all(actor: Someone, here: Here) -> Page[GroupOut]:
    """Return the cards of all groups."""
    async with here.reading(actor.organisation_id) as session:
        return Page(items=[out(group) for group in await cards.everything(session)])


@router.get("/me/groups")
async def list_mine(actor: Someone, here: Here) -> Page[MineOut]:
    """Return the groups one is in."""
    async with here.reading(actor.organisation_id) as session:
        found = await rosters.mine(session, actor)
    items = [
        MineOut(
            group_id=one.group.id,
            name=one.group.card.name,
            room_id=one.room_id,
            is_facilitator=one.is_facilitator,
        )
        for one in found
    ]
    return Page(items=items)


@router.get("/groups/{group_id}")
async def read(group_id: UUID, actor: Someone, here: Here) -> GroupOut:
    """Return a group's card."""
    async with here.reading(actor.organisation_id) as session:
        return out(await cards.read(session, group_id))


@router.put("/groups/{group_id}/card", status_code=status.HTTP_204_NO_CONTENT)
async def change(
    group_id: UUID, body: CardIn, actor: Someone, here: Here, guard: Guard, now: Now
) -> Response:
    """Replace the card; 409 when another was saved meanwhile, or it has too few places."""
    card = card_of(body.card)
    verdict = await screened(here, guard, actor, card.own_words)
    async with (
        raising_held(here, guard, actor, card.own_words, now=now),
        here.unit_of_work(actor.organisation_id) as session,
    ):
        await card_changes.change(
            session,
            actor,
            group_id,
            card,
            over_version=body.version,
            verdict=verdict,
            safety=guard,
            now=now,
        )
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.put("/groups/{group_id}/welcome", status_code=status.HTTP_204_NO_CONTENT)
async def name_welcome(group_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Let everybody new be welcome here, and in no other group first. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await welcoming.name(session, actor, group_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.delete("/groups/{group_id}/welcome", status_code=status.HTTP_204_NO_CONTENT)
async def end_welcome(group_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Let it be a group like any other. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await welcoming.end(session, actor, group_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.get("/groups/{group_id}/place")
async def stand(group_id: UUID, actor: Someone, here: Here) -> Standing:
    """Return how one stands to a group."""
    async with here.reading(actor.organisation_id) as session:
        place, held_until = await requests.stand(session, actor, group_id)
    return Standing(place=place, held_until=held_until)


@router.put("/groups/{group_id}/place", status_code=status.HTTP_204_NO_CONTENT)
async def join(group_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Come in by an open door. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await members.join(session, actor, group_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/groups/{group_id}/place/take", status_code=status.HTTP_204_NO_CONTENT)
async def take(group_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Take the place that is held for oneself; 409 when it is held no longer. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await requests.take(session, actor, group_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.delete("/groups/{group_id}/place", status_code=status.HTTP_204_NO_CONTENT)
async def leave(group_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Go, take back one's asking, or leave a held place to somebody else. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await requests.withdraw(session, actor, group_id, now=now)
        await members.leave(session, actor, group_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post(
    "/groups/{group_id}/requests", status_code=status.HTTP_202_ACCEPTED, response_class=Response
)
async def ask(
    group_id: UUID, body: AskIn, actor: Someone, here: Here, guard: Guard, now: Now
) -> Response:
    """Ask to come in. Idempotent."""
    await ask_in(here, guard, actor, group_id, body.note, now=now)
    return Response(status_code=status.HTTP_202_ACCEPTED)


@router.get("/groups/{group_id}/requests")
async def list_requests(group_id: UUID, actor: Someone, here: Here) -> Page[WaitingOut]:
    """Return who would like to come in, longest waiting first."""
    async with here.reading(actor.organisation_id) as session:
        found = await doors.waiting(session, actor, group_id)
    return Page(items=[_waiting(one) for one in found])


def _waiting(one: doors.Waiting) -> WaitingOut:
    seen = without_folded(one.note, one.folded)
    out = WaitingOut.model_validate(one)
    return out.model_copy(update={"note": seen["words"], "folded": seen["folded"]})


@router.post("/group-requests/{request_id}/accept", status_code=status.HTTP_204_NO_CONTENT)
async def accept(request_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Let somebody in. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await doors.accept(session, actor, request_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/group-requests/{request_id}/not-now", status_code=status.HTTP_204_NO_CONTENT)
async def not_now(request_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Say that it doesn't fit just now. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await doors.answer_not_now(session, actor, request_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
