"""Opening a group for others to look after, and starting one that is just us."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, status

from api.dependencies import Guard, Here, Now, Someone
from api.groups import GroupOut, card_of, out
from api.hellos import raising_held
from api.profiles import screened
from api.shapes import In
from core.database import Database
from core.safety import Safety
from core.words import Line
from groups import cards, openings
from groups.cards import Card
from people.permissions import Actor

router = APIRouter(tags=["groups"])


class GroupIn(In):
    """A new group, and who looks after it."""

    card: dict[str, Any]
    facilitator_id: UUID


class StartIn(In):
    """A group that is just us: a name, a purpose and a time are all it takes."""

    name: Line
    purpose: Line
    meets: Line


async def open_with(
    database: Database,
    safety: Safety,
    actor: Actor,
    card: Card,
    *,
    facilitator_id: UUID,
    now: datetime,
) -> cards.Shown:
    """Screen a card, then open its group."""
    verdict = await screened(database, safety, actor, card.own_words)
    async with (
        raising_held(database, safety, actor, card.own_words, now=now),
        database.unit_of_work(actor.organisation_id) as session,
    ):
        group = await openings.open_group(
            session,
            actor,
            card,
            facilitator_id=facilitator_id,
            verdict=verdict,
            safety=safety,
            now=now,
        )
        return cards.shown(group)


async def start_with(
    database: Database, safety: Safety, actor: Actor, told: dict[str, str], *, now: datetime
) -> cards.Shown:
    """Screen what was told, then start a group that is just us."""
    card = card_of(told)
    verdict = await screened(database, safety, actor, card.own_words)
    async with (
        raising_held(database, safety, actor, card.own_words, now=now),
        database.unit_of_work(actor.organisation_id) as session,
    ):
        group = await openings.start(session, actor, card, verdict=verdict, safety=safety, now=now)
        return cards.shown(group)


@router.post("/groups/just-us", status_code=status.HTTP_201_CREATED)
async def start(body: StartIn, actor: Someone, here: Here, guard: Guard, now: Now) -> GroupOut:
    """Start a group with nobody in charge, and be the first in it."""
    return out(await start_with(here, guard, actor, body.model_dump(), now=now))


@router.post("/groups", status_code=status.HTTP_201_CREATED)
async def open_one(body: GroupIn, actor: Someone, here: Here, guard: Guard, now: Now) -> GroupOut:
    """Open a group and ask somebody else to look after it."""
    card = card_of(body.card)
    leader_id = body.facilitator_id
    return out(await open_with(here, guard, actor, card, facilitator_id=leader_id, now=now))
