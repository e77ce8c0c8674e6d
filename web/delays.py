"""What comes after a look: telling of it later, and coming back to somebody a day after."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Here, Now, Someone
from core.sentences import say, together
from moderation import aftercare, delays
from moderation.aftercare import Task, Waiting
from moderation.delays import Ground, LookDelay
from people.permissions import Actor
from web.forms import Form
from web.rendering import moment, see

router = APIRouter(include_in_schema=False)

GROUNDS: Final = {
    Ground.DANGER: say("somebody could come to harm"),
    Ground.INQUIRY: say("it would warn of a safeguarding check"),
    Ground.WITNESS: say("it would show who told us"),
}


TASKS: Final = {
    Task.ASK_THEM: say("Ask them how they are today"),
    Task.ASK_WHO_READ: say("Ask those who read it how they are"),
}


def task(one: Waiting) -> dict[str, Any]:
    """Return a task as the queue's page shows it."""
    where = one.where.group_name or (say("a private talk") if one.where.is_private else "")
    return {
        "id": one.id,
        "href": f"/staff/cases/{one.case_id}",
        "words": together(TASKS[one.task], where, by=": "),
        "at": moment(one.due_at),
    }


def shown(delay: LookDelay | None, actor: Actor, typed: Form | None) -> dict[str, Any]:
    """Return what the page needs: what was asked, and what this moderator can do about it."""
    return {
        "values": typed.values if typed else {},
        "ground": GROUNDS[delay.ground] if delay else "",
        "until": moment(delay.ends_at) if delay else None,
        "holds": delay is not None and delay.confirmed_by is not None,
        "can_confirm": delay is not None
        and delay.confirmed_by is None
        and delay.asked_by != actor.account_id,
        # Never a ground that nobody chose.
        "grounds": [{"value": "", "label": say("choose")}]
        + [{"value": ground, "label": label} for ground, label in GROUNDS.items()],
        "lengths": [
            {"value": str(days), "label": say("%(days)s days", days=days)} for days in (7, 30, 90)
        ],
    }


async def change(
    session: AsyncSession, actor: Actor, case_id: UUID, form: Form, *, now: datetime
) -> None:
    """Ask for it, say yes to it, or end it."""
    if form.get("do") == "confirm":
        await delays.confirm(session, actor, case_id, now=now)
    elif form.get("do") == "end":
        await delays.end(session, actor, case_id, now=now)
    else:
        ground, days = form.get("ground"), form.number("days")
        await delays.ask(session, actor, case_id, ground=ground, days=days, now=now)


@router.post("/staff/aftercare/{task_id}/done")
async def done(task_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Note that somebody came back to them."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await aftercare.finish(session, actor, task_id, now=now)
    return see("/queue#aftercare")
