"""Setting a place up: who may come, and ways back in. No member's words here (promise 27)."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from api import administration as coming_back
from api import group_openings as opening
from api.dependencies import Address, Config, Guard, Here, Now, Someone
from api.groups import card_of
from api.ways_in import Proof
from core.errors import Invalid, Problem
from core.safety import Safety
from core.sentences import say
from groups import facilitators, rosters, welcoming
from groups.cards import Door
from people import accounts, appointments, documents, invitations, notices, roles
from people.accounts import Account
from people.joining import Joining
from people.permissions import Act, Actor, Role, require
from web import forms
from web.forms import Form
from web.labels import ROLE_WORDS
from web.rendering import moment, page, see

router = APIRouter(include_in_schema=False)

ROLES: Final = [
    {"value": "", "label": say("none: a member")},
    *(
        {"value": role, "label": ROLE_WORDS[role]}
        for role in (Role.MODERATOR, Role.ADMINISTRATOR, Role.PEER_SUPPORTER)
    ),
]


@router.get("/administration")
async def administration(request: Request, actor: Someone, here: Here, now: Now) -> Response:
    """Show what can be set up."""
    return await again(request, actor, here, now=now)


async def again(
    request: Request,
    actor: Actor,
    here: Here,
    *,
    now: datetime,
    shown_once: dict[str, str] | None = None,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    """Show the page, with what is shown once, or with what was typed and needs another look."""
    require(actor, Act.INVITE)
    async with here.reading(actor.organisation_id) as session:
        joining = await documents.current(session, Joining)
        still_open = await invitations.still_open(session, actor, now=now)
        appointed = [await _appointed(session, role) for role in Role if role != Role.FACILITATOR]
        groups = await rosters.looked_after(session, actor)
        held_up = await notices.held_up(session)
    return await page(
        request,
        "staff/administration.html",
        say("Setting up"),
        status=422 if errors else 200,
        joining={"is_open": joining.is_open},
        letters_since=moment(held_up.since) if held_up.since else None,
        invitations=[_invitation(row) for row in still_open],
        roles=ROLES,
        appointed=[line for lines in appointed for line in lines],
        groups=[_group_line(group) for group in groups],
        shown_once=shown_once,
        values=values or {},
        errors=errors or {},
    )


def _invitation(row: invitations.Invitation) -> dict[str, Any]:
    return {
        "id": row.id,
        "uses_left": row.uses_left,
        "role": ROLE_WORDS[row.role],
        "until": moment(row.expires_at),
    }


def _group_line(group: rosters.LookedAfter) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "leaders": ", ".join(group.facilitators),
        "waiting": group.waiting,
        "is_welcome": group.is_welcome,
    }


async def _appointed(session: AsyncSession, role: Role) -> list[dict[str, Any]]:
    holders = await roles.holders(session, role)
    names = await accounts.names(session, set(holders))
    return [{"id": one, "name": names.get(one, ""), "role": ROLE_WORDS[role]} for one in holders]


async def _named(session: AsyncSession, form: Form) -> Account:
    account = await accounts.by_name(session, form.get("name"))
    if account is None:
        raise Invalid(say("There is nobody of that name here."), field="name")
    return account


@router.post("/administration/invitations")
@router.post("/administration/joining")
@router.post("/administration/roles")
@router.post("/administration/recovery")
@router.post("/administration/groups")
@router.post("/administration/facilitators")
@router.post("/administration/welcome")
async def change(
    request: Request,
    actor: Someone,
    here: Here,
    config: Config,
    guard: Guard,
    origin: Address,
    now: Now,
) -> Response:
    """Do one of the things on the page; what is shown once is on the answer."""
    require(actor, Act.INVITE)
    what = request.url.path.rpartition("/")[2]
    form = await forms.typed(request)
    try:
        if what == "groups":
            await _open_group(form, actor, here, guard, now=now)
            return see("/administration")
        shown_once = await _do(what, form, actor, here, address=origin, now=now)
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        errors = {f"{what}-{field}": said for field, said in forms.errors_of(problem).items()}
        return await again(request, actor, here, now=now, values=form.values, errors=errors)
    if shown_once is None:
        return see("/administration")
    if what == "invitations":
        shown_once["link"] = f"{config.public_url}/join?invitation={quote(shown_once['code'])}"
    return await again(request, actor, here, now=now, shown_once=shown_once)


async def _do(
    what: str, form: Form, actor: Actor, here: Here, *, address: str, now: datetime
) -> dict[str, str] | None:
    """Return what is shown once, if anything."""
    if what == "recovery":
        return await _give_code(form, actor, here, address=address, now=now)
    async with here.unit_of_work(actor.organisation_id) as session:
        if what == "invitations":
            return await _invite(session, form, actor, now=now)
        if what == "joining":
            await _open_or_close(session, form, actor, now=now)
        elif what == "roles":
            account = await _named(session, form)
            await appointments.appoint(session, actor, account.id, _role(form.get("role")), now=now)
        elif what == "facilitators":
            account = await _named(session, form)
            await facilitators.name(session, actor, _group(form), account.id, now=now)
        elif what == "welcome":
            await _name_welcome(session, form, actor, now=now)
    return None


async def _give_code(
    form: Form, actor: Actor, here: Here, *, address: str, now: datetime
) -> dict[str, str]:
    async with here.reading(actor.organisation_id) as session:
        account = await _named(session, form)
    wish = forms.read(Proof, {"current_password": form.get("current_password")})
    code = await coming_back.give_code(here, actor, account.id, wish, address=address, now=now)
    what = say("A way back in for %(name)s, for 24 hours", name=account.name or "")
    return {"code": code, "what": what}


def _role(value: str) -> Role:
    if value not in {Role.MODERATOR, Role.ADMINISTRATOR, Role.PEER_SUPPORTER}:
        raise Invalid(say("Please choose a role."), field="role")
    return Role(value)


async def _invite(
    session: AsyncSession, form: Form, actor: Actor, *, now: datetime
) -> dict[str, str]:
    uses = form.get("uses", "1")
    role = _role(form.get("role")) if form.has("role") else None
    if not uses.isdigit() or len(uses) > 4:
        raise Invalid(say("Please say for how many people, as a number."), field="uses")
    code = await invitations.make(session, actor, uses=int(uses), role=role, now=now)
    return {"code": code, "what": say("An invitation")}


async def _open_or_close(session: AsyncSession, form: Form, actor: Actor, *, now: datetime) -> None:
    wanted = Joining(is_open=form.get("is_open") == "yes")
    if await documents.current(session, Joining) == wanted:
        return
    version = await documents.version(session, Joining)
    await documents.change(session, actor, wanted, over_version=version, now=now)


async def _name_welcome(session: AsyncSession, form: Form, actor: Actor, *, now: datetime) -> None:
    if form.has("group"):
        await welcoming.name(session, actor, _group(form), now=now)
        return
    for one in await rosters.looked_after(session, actor):
        if one.is_welcome:
            await welcoming.end(session, actor, one.id, now=now)


def _group(form: Form) -> UUID:
    try:
        return UUID(form.get("group"))
    except ValueError:
        raise Invalid(say("Please choose a group."), field="group") from None


async def _open_group(
    form: Form, actor: Actor, here: Here, guard: Safety, *, now: datetime
) -> None:
    async with here.reading(actor.organisation_id) as session:
        leader = await _named(session, form)
    told = {name: form.get(name) for name in ("purpose", "for_whom", "about")}
    told |= {"name": form.get("group"), "door": form.get("door") or Door.ASK}
    card = card_of(told)
    await opening.open_with(here, guard, actor, card, facilitator_id=leader.id, now=now)
