"""Who may read or decide for others, and who waits for another person's yes (promise 31)."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Here, Now, Someone
from core.sentences import say
from people import accounts, appointments, roles
from people.permissions import Actor, Role
from web import forms
from web.labels import ROLE_WORDS
from web.rendering import moment, page, see

router = APIRouter(include_in_schema=False)
SHOWN = (Role.ADMINISTRATOR, Role.MODERATOR, Role.PEER_SUPPORTER)


@router.get("/staff/roles")
async def everybody(request: Request, actor: Someone, here: Here) -> Response:
    """Show who has a role, and what waits to be confirmed."""
    async with here.reading(actor.organisation_id) as session:
        waiting = await _waiting(session, actor)
        holders = [await _holders(session, role) for role in SHOWN]
    appointed = [line for lines in holders for line in lines]
    return await page(
        request, "staff/roles.html", say("Roles"), waiting=waiting, appointed=appointed
    )


async def _waiting(session: AsyncSession, actor: Actor) -> list[dict[str, Any]]:
    rows = await appointments.waiting(session, actor)
    names = await accounts.names(session, {one for row in rows for one in _people(row)})
    return [
        {
            "id": row.id,
            "name": names.get(row.account_id, ""),
            "role": ROLE_WORDS[row.role],
            "asked_by": names.get(row.asked_by, ""),
            "asked_at": moment(row.asked_at),
            "may_confirm": appointments.may_confirm(actor, row),
        }
        for row in rows
    ]


def _people(row: appointments.Appointment) -> tuple[UUID, UUID]:
    return row.account_id, row.asked_by


async def _holders(session: AsyncSession, role: Role) -> list[dict[str, Any]]:
    holders = await roles.holders(session, role)
    names = await accounts.names(session, set(holders))
    return [{"name": names.get(one, ""), "role": ROLE_WORDS[role]} for one in holders]


@router.post("/staff/roles/{appointment_id}")
async def settle(
    request: Request, appointment_id: UUID, actor: Someone, here: Here, now: Now
) -> Response:
    """Confirm a role that somebody else asked for, or let it not come to be."""
    is_confirmed = (await forms.typed(request)).get("answer") == "yes"
    change = appointments.confirm if is_confirmed else appointments.decline
    async with here.unit_of_work(actor.organisation_id) as session:
        await change(session, actor, appointment_id, now=now)
    return see("/staff/roles")
