"""What an administrator does: invitations, roles, codes to get back in, the audit chain.

No route here returns a member's words (promise 27).
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from pydantic import Field

from api import ways_in
from api.dependencies import Address, Here, Now, Someone
from api.shapes import GREATEST, In, Out, Page
from api.ways_in import Proof
from core import limits
from core.database import Database
from people import accounts, appointments, audit, invitations, recovery, roles
from people.permissions import Act, Actor, Role, require

router = APIRouter(tags=["administration"])


class InvitationWish(In):
    """For how many people, and what it carries."""

    uses: int = Field(1, ge=1, le=invitations.MOST_USES)
    role: Role | None = None


class Code(Out):
    """A code that is shown once."""

    code: str


class InvitationOut(Out):
    """An invitation that can still be used; its code is not kept."""

    id: UUID
    uses_left: int
    role: Role | None
    expires_at: datetime


class AppointmentOut(Out):
    """A role that counts once another person has confirmed it."""

    id: UUID
    account_id: UUID
    role: Role
    asked_by: UUID
    asked_at: datetime


class Settling(In):
    """Yes or no to a role that was asked for."""

    is_confirmed: bool


class Entry(Out):
    """One link of the audit chain."""

    seq: int
    kind: str
    actor_id: UUID | None
    subject_kind: str
    subject_id: UUID | None
    at: datetime
    hash: str


@router.post("/invitations", status_code=status.HTTP_201_CREATED)
async def invite(body: InvitationWish, actor: Someone, here: Here, now: Now) -> Code:
    """Make an invitation."""
    async with here.unit_of_work(actor.organisation_id) as session:
        code = await invitations.make(session, actor, uses=body.uses, role=body.role, now=now)
    return Code(code=code)


@router.get("/invitations")
async def list_invitations(actor: Someone, here: Here, now: Now) -> Page[InvitationOut]:
    """Return the invitations that can still be used."""
    async with here.reading(actor.organisation_id) as session:
        rows = await invitations.still_open(session, actor, now=now)
    return Page(items=[InvitationOut.model_validate(row) for row in rows])


@router.delete("/invitations/{invitation_id}", status_code=status.HTTP_204_NO_CONTENT)
async def end_invitation(invitation_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Let an invitation be used no more. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await invitations.end(session, actor, invitation_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.put(
    "/accounts/{account_id}/roles/{role}", status_code=status.HTTP_204_NO_CONTENT,
    responses={202: {"description": "another person has to confirm it"}},
)  # fmt: skip
async def appoint(account_id: UUID, role: Role, actor: Someone, here: Here, now: Now) -> Response:
    """Give somebody else a role; 202 while another person has to confirm it. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        counts = await appointments.appoint(session, actor, account_id, role, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT if counts else status.HTTP_202_ACCEPTED)


@router.get("/appointments")
async def list_appointments(actor: Someone, here: Here) -> Page[AppointmentOut]:
    """Return the roles that wait for another person to confirm them."""
    async with here.reading(actor.organisation_id) as session:
        rows = await appointments.waiting(session, actor)
    return Page(items=[AppointmentOut.model_validate(row) for row in rows])


@router.put("/appointments/{appointment_id}", status_code=status.HTTP_204_NO_CONTENT)
async def settle_appointment(
    appointment_id: UUID, body: Settling, actor: Someone, here: Here, now: Now
) -> Response:
    """Confirm a role that somebody else asked for, or let it not come to be."""
    settle = appointments.confirm if body.is_confirmed else appointments.decline
    async with here.unit_of_work(actor.organisation_id) as session:
        await settle(session, actor, appointment_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.delete("/accounts/{account_id}/roles/{role}", status_code=status.HTTP_204_NO_CONTENT)
async def dismiss(account_id: UUID, role: Role, actor: Someone, here: Here, now: Now) -> Response:
    """End somebody's role. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await roles.dismiss(session, actor, account_id, role, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


async def give_code(
    database: Database,
    actor: Actor,
    account_id: UUID,
    wish: Proof,
    *,
    address: str,
    now: datetime,
) -> str:
    """Let somebody back in, once whoever does it typed their own password.

    A code is a way into another's account: a borrowed phone must not give one.
    """
    require(actor, Act.ISSUE_RECOVERY)
    async with database.reading(actor.organisation_id) as session:
        await accounts.by_id(session, account_id)
    await ways_in.prove(database, actor, wish.current_password, address=address, now=now)
    async with database.unit_of_work(actor.organisation_id) as session:
        return await recovery.issue(session, actor, account_id, now=now)


@router.post("/accounts/{account_id}/recovery", status_code=status.HTTP_201_CREATED)
async def issue_recovery(
    account_id: UUID, body: Proof, actor: Someone, here: Here, origin: Address, now: Now
) -> Code:
    """Give somebody one code for 24 hours; all their sign-ins end, and they are told."""
    return Code(code=await give_code(here, actor, account_id, body, address=origin, now=now))


@router.get("/audit")
async def read_audit(
    actor: Someone,
    here: Here,
    after: Annotated[int, Query(ge=0, le=GREATEST)] = 0,
    limit: Annotated[int, Query(ge=1, le=limits.PAGE_ITEMS)] = limits.PAGE_ITEMS,
) -> Page[Entry]:
    """Return the chain, oldest first."""
    async with here.reading(actor.organisation_id) as session:
        rows = await audit.page(session, actor, after=after, limit=limit)
    items = [Entry.model_validate(row) for row in rows]
    return Page(items=items, next=str(rows[-1].seq) if len(rows) == limit else None)
