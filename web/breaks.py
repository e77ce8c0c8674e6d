"""A break from a talk: taking one, what its page says meanwhile, and coming back."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Here, Now, Someone
from chat import breaks
from chat.breaks import Break
from chat.kinds import RoomKind
from chat.own_talks import Talk
from core.sentences import When, say, together
from people.permissions import Actor
from web import forms
from web.rendering import see

router = APIRouter(include_in_schema=False)

LENGTHS: Final = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
CHOICES: Final = (
    {"value": "", "label": say("Until I come back")},
    {"value": "day", "label": say("For a day")},
    {"value": "week", "label": say("For a week")},
    {"value": "month", "label": say("For a month")},
)


async def shown(
    session: AsyncSession, actor: Actor, talk: Talk, *, now: datetime
) -> dict[str, Any]:
    """Return what a talk's page says of breaks: of one's own, and of the other's if they say."""
    mine = (await breaks.mine(session, actor, [talk.room_id], now=now)).get(talk.room_id)
    away = await breaks.told(session, actor, talk.room_id, now=now)
    return {
        "is_on": mine is not None,
        "line": on_break(mine) if mine else "",
        "is_told": mine is not None and mine.is_told,
        "choices": CHOICES,
        "may_tell": talk.kind is RoomKind.PRIVATE,
        "others": [_away(talk.names[one]) for one in sorted(away) if one in talk.names],
    }


def on_break(mine: Break) -> str:
    """Say that one is on a break, and until when."""
    if mine.until is None:
        return say("You're on a break from this talk, until you come back.")
    return say("You're on a break from this talk, until %(time)s.", time=When(mine.until))


def _away(name: str) -> str:
    return together(
        say("%(name)s is taking a break from this talk.", name=name),
        say("It isn't about you. What you write is here when they are back."),
    )


@router.post("/talks/{room_id}/break")
async def change(request: Request, room_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Take a break from a talk, or come back from one."""
    form = await forms.typed(request)
    async with here.unit_of_work(actor.organisation_id) as session:
        if form.has("stop"):
            await breaks.end(session, actor, room_id)
            return see(f"/talks/{room_id}#after-log")
        length = LENGTHS.get(form.get("length"))
        until = now + length if length else None
        await breaks.take(session, actor, room_id, until=until, is_told=form.has("tell"), now=now)
    return see(f"/talks/{room_id}")
