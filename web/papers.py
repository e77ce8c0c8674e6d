"""The organisation's own words and hours, changed on a page. Each saving is a new version.

Whoever saves over a version that somebody else has replaced is told so, with their words kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import Here, Now, Someone
from core.database import Database
from core.errors import Conflict, Invalid, Problem
from core.sentences import Sentence, say
from matching.vocabulary import Vocabulary
from moderation.documents import Screening, StaffedHours
from people import documents
from people.documents import Settled
from people.permissions import Act, Actor, require
from web import forms, paper_fields
from web.forms import Form
from web.labels import CATEGORIES
from web.rendering import page, see

router = APIRouter(include_in_schema=False)
What = Literal["vocabulary", "staffed-hours", "screening"]

LOOKS: Final = ("0", "1", "2", "5", "10", "20")
CHANGED: Final = say(
    "Somebody else saved this while you were writing. Yours is still here: please look at theirs"
    " in another window, put the two together, and save again."
)


@dataclass(frozen=True, slots=True)
class Paper:
    """One document as a form: what is in its fields, and what was typed into them."""

    model: type[Settled]
    title: Sentence
    template: str
    values: Callable[[Any], dict[str, str]]
    read: Callable[[Form, Any], dict[str, Any]]


PAPERS: Final[dict[What, Paper]] = {
    "vocabulary": Paper(
        Vocabulary, say("Our words"), "staff/vocabulary.html",
        paper_fields.vocabulary_values, paper_fields.vocabulary_read,
    ),
    "staffed-hours": Paper(
        StaffedHours, say("When we are here"), "staff/staffed_hours.html",
        paper_fields.hours_values, paper_fields.hours_read,
    ),
    "screening": Paper(
        Screening, say("What brings somebody to look"), "staff/screening.html",
        paper_fields.screening_values, paper_fields.screening_read,
    ),
}  # fmt: skip


@router.get("/administration/documents/{what}")
async def show(
    request: Request, what: What, actor: Someone, here: Here, saved: bool = False
) -> Response:
    """The document of now, as a form."""
    require(actor, Act.CHANGE_DOCUMENT)
    paper = PAPERS[what]
    now_there, version = await newest(here, actor, paper.model)
    values = paper.values(now_there)
    return await _form(request, paper, version=version, values=values, is_saved=saved)


async def newest(here: Database, actor: Actor, model: type[Settled]) -> tuple[Any, int]:
    """Return what holds now, and its version."""
    async with here.reading(actor.organisation_id) as session:
        return await documents.current(session, model), await documents.version(session, model)


async def _form(
    request: Request,
    paper: Paper,
    *,
    version: int,
    values: dict[str, str],
    errors: dict[str, str] | None = None,
    status: int = 200,
    is_saved: bool = False,
) -> Response:
    days = [{"name": day, "label": label} for day, label in paper_fields.DAY_NAMES.items()]
    return await page(
        request, paper.template, paper.title, status=status, title=paper.title, version=version,
        values=values, errors=errors or {}, days=days, is_saved=is_saved,
        categories=CATEGORIES, looks=LOOKS,
    )  # fmt: skip


@router.post("/administration/documents/{what}")
async def save(request: Request, what: What, actor: Someone, here: Here, now: Now) -> Response:
    """Store a new version, or say what needs another look."""
    require(actor, Act.CHANGE_DOCUMENT)
    paper, form = PAPERS[what], await forms.typed(request)
    now_there, version = await newest(here, actor, paper.model)
    try:
        body = documents.check(paper.model, paper.read(form, now_there))
        await keep(here, actor, body, over_version=form.number("version"), now=now)
    except (Conflict, Invalid) as fault:
        return await _form(
            request, paper, version=over_now(fault, form, version), values=form.values,
            errors=errors_of(fault), status=fault.status,
        )  # fmt: skip
    return see(f"/administration/documents/{what}?saved=1")


async def keep(
    here: Database, actor: Actor, body: Settled, *, over_version: int, now: datetime
) -> None:
    """Store a new version.

    Raises:
        Conflict: somebody else did since `over_version`.
    """
    async with here.unit_of_work(actor.organisation_id) as session:
        await documents.change(session, actor, body, over_version=over_version, now=now)


def over_now(fault: Problem, form: Form, version: int) -> int:
    """Return what the form saves over next: the newest only once its writer was told of it."""
    return version if isinstance(fault, Conflict) else form.number("version")


def errors_of(fault: Problem) -> dict[str, str]:
    """Return a fault beside its field, and a lost race in words that say what to do."""
    if isinstance(fault, Conflict):
        return {"": CHANGED}
    by_field = forms.errors_of(fault)
    return {
        field.replace("easy_read.", "easy_").partition(".")[0]: said
        for field, said in by_field.items()
    }
