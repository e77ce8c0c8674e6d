"""Lists an administrator takes away: who is here, and invitations by the dozen."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import Config, Here, Now, Someone
from core import spreadsheets
from core.errors import Invalid
from core.sentences import say
from people import invitations, registers
from people.permissions import Act, require
from web import administration, forms
from web.rendering import page

router = APIRouter(include_in_schema=False)
# So that Excel takes it for UTF-8.
MARK: Final = "\ufeff"


def _file(name: str, rows: list[tuple[str, ...]]) -> Response:
    kept = {"content-disposition": f'attachment;filename="{name}"', "cache-control": "no-store"}
    return Response(MARK + spreadsheets.written(rows), media_type="text/csv", headers=kept)


@router.post("/administration/people")
async def people(actor: Someone, here: Here, now: Now) -> Response:
    """Who is here, since when, with which roles. Nobody's words, groups or addresses."""
    async with here.unit_of_work(actor.organisation_id) as session:
        listed = await registers.take_away(session, actor, now=now)
    return _file("people.csv", [registers.COLUMNS, *(one.cells for one in listed)])


@router.post("/administration/invitations/many")
async def invite_many(
    request: Request, actor: Someone, here: Here, config: Config, now: Now
) -> Response:
    """Make many, and show them once: as slips to print, or as a table."""
    require(actor, Act.INVITE)
    form = await forms.typed(request)
    try:
        async with here.unit_of_work(actor.organisation_id) as session:
            codes = await invitations.make_many(session, actor, count=form.number("count"), now=now)
    except Invalid as fault:
        errors = {f"many-{field}": said for field, said in forms.errors_of(fault).items()}
        return await administration.again(
            request, actor, here, now=now, values=form.values, errors=errors
        )
    if form.get("as") == "csv":
        rows = [(code, f"{config.public_url}/join?invitation={code}") for code in codes]
        return _file("invitations.csv", [("code", "link"), *rows])
    return await page(
        request, "staff/invitations.html", say("Invitations"), codes=codes, site=config.public_url
    )
