"""Who can be rung from here, changed on a page: one line at a time, each saving a new version."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import Here, Now, Someone
from core.errors import Conflict, Invalid, NotFound
from core.sentences import say
from moderation.documents import CrisisDirectory, Line, Region
from people import documents
from people.permissions import Act, require
from web import directory_lines, forms, paper_fields, papers
from web.rendering import page, see

router = APIRouter(include_in_schema=False)


@router.get("/administration/directory")
async def show(request: Request, actor: Someone, here: Here, saved: bool = False) -> Response:
    """Every line, and when it was last looked at."""
    require(actor, Act.CHANGE_DOCUMENT)
    directory, version = await papers.newest(here, actor, CrisisDirectory)
    first = directory.emergency
    values = {"words": first.words, "tel": first.phone.tel, "display": first.phone.display}
    return await _list(request, directory, version, values=values, is_saved=saved)


async def _list(
    request: Request,
    directory: CrisisDirectory,
    version: int,
    *,
    values: dict[str, str],
    errors: dict[str, str] | None = None,
    is_saved: bool = False,
) -> Response:
    regions = [
        {"name": region.name, "number": number, "lines": [_row(line) for line in region.services]}
        for number, region in enumerate(directory.regions)
    ]
    return await page(
        request, "staff/directory.html", say("Who can be rung"),
        status=422 if errors else 200, regions=regions, version=version, values=values,
        errors=errors or {}, is_saved=is_saved,
    )  # fmt: skip


def _row(line: Line) -> dict[str, Any]:
    seen = line.last_reviewed
    return {"id": line.id, "name": line.name, "reviewed": seen.isoformat() if seen else ""}


@router.post("/administration/directory")
async def change_emergency(request: Request, actor: Someone, here: Here, now: Now) -> Response:
    """What stands first, wherever help is listed."""
    require(actor, Act.CHANGE_DOCUMENT)
    form = await forms.typed(request)
    directory, version = await papers.newest(here, actor, CrisisDirectory)
    phone = {"tel": directory_lines.digits(form.get("tel")), "display": form.get("display")}
    body = directory.model_dump(by_alias=True)
    body["emergency"] = {"words": form.get("words"), "phone": phone}
    try:
        checked = documents.check(CrisisDirectory, body)
        await papers.keep(here, actor, checked, over_version=form.number("version"), now=now)
    except (Conflict, Invalid) as fault:
        errors = {_last(name): said for name, said in forms.errors_of(fault).items()}
        if isinstance(fault, Conflict):
            errors = papers.errors_of(fault)
        over = papers.over_now(fault, form, version)
        return await _list(request, directory, over, values=form.values, errors=errors)
    return see("/administration/directory?saved=1")


def _last(where: str) -> str:
    return where.rpartition(".")[2]


@router.get("/administration/directory/{region}/{line}")
async def show_line(
    request: Request, region: int, line: str, actor: Someone, here: Here
) -> Response:
    """One line, as a form; `new` is an empty one."""
    require(actor, Act.CHANGE_DOCUMENT)
    directory, version = await papers.newest(here, actor, CrisisDirectory)
    place = _region(directory, region)
    values = (
        {"always": "yes"}
        if line == directory_lines.NEW
        else directory_lines.values(directory_lines.line_of(place, line))
    )
    return await _form(request, place, line, version=version, values=values)


def _region(directory: CrisisDirectory, number: int) -> Region:
    if not 0 <= number < len(directory.regions):
        raise NotFound
    return directory.regions[number]


async def _form(
    request: Request,
    region: Region,
    line_id: str,
    *,
    version: int,
    values: dict[str, str],
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    days = [{"name": day, "label": label} for day, label in paper_fields.DAY_NAMES.items()]
    return await page(
        request, "staff/directory_line.html", say("Who can be rung"), status=status,
        region=region.name, is_new=line_id == directory_lines.NEW, days=days, version=version,
        values=values, errors=errors or {},
    )  # fmt: skip


@router.post("/administration/directory/{region}/{line}")
async def save_line(
    request: Request, region: int, line: str, actor: Someone, here: Here, now: Now
) -> Response:
    """Store the line as it was rung and checked just now, or take it away."""
    require(actor, Act.CHANGE_DOCUMENT)
    form = await forms.typed(request)
    directory, version = await papers.newest(here, actor, CrisisDirectory)
    place = _region(directory, region)
    try:
        lines = directory_lines.changed(place, line, form, today=now.date())
        body = directory.model_dump(by_alias=True)
        body["regions"][region]["services"] = lines
        checked = documents.check(CrisisDirectory, body)
        await papers.keep(here, actor, checked, over_version=form.number("version"), now=now)
    except (Conflict, Invalid) as fault:
        return await _form(
            request, place, line, version=papers.over_now(fault, form, version),
            values=form.values, errors=_errors(fault), status=fault.status,
        )  # fmt: skip
    return see("/administration/directory?saved=1")


def _errors(fault: Conflict | Invalid) -> dict[str, str]:
    if isinstance(fault, Conflict):
        return papers.errors_of(fault)
    return {_field(name): said for name, said in forms.errors_of(fault).items()}


def _field(where: str) -> str:
    """Return the form's name for a place in the document: `regions.0.services.3.phone.tel`."""
    name = _last(where)
    return "text_display" if where.endswith("text.display") else name
