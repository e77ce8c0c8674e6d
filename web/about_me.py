"""About me: all optional, saved as one goes, in one's own words."""

import re
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import profiles as own
from api.dependencies import Guard, Here, Now, Someone
from core.errors import Conflict, Problem
from core.sentences import When, say
from matching import presences
from matching.documents import Person
from matching.presences import Shows
from matching.profiles import OwnProfile
from matching.vocabulary import Vocabulary
from people import documents
from web import forms, mentions
from web.forms import Form
from web.rendering import page, see

router = APIRouter(include_in_schema=False)

# What is typed with a line for each.
LINES: Final = ("used", "wanted", "interests", "wont_talk_about")
MANY: Final = ("looking_for", "can_offer", "available", "languages")
TICKED: Final = (*MANY, "found")
EMPTY: Final = {"id": "", "words": "", "topic": "", "where": "rather_not_say", "weight": "nice"}
LANGUAGES: Final = (
    ("en", "English"),
    ("cy", "Cymraeg"),
    ("ga", "Gaeilge"),
    ("gd", "Gàidhlig"),
    ("pl", "Polski"),
    ("ur", "اردو"),
    ("pa", "ਪੰਜਾਬੀ"),
    ("bn", "বাংলা"),
    ("ar", "العربية"),
    ("ro", "Română"),
    ("pt", "Português"),
    ("bfi", "BSL"),
    ("isg", "ISL"),
)


@router.get("/about-me")
async def about_me(request: Request, actor: Someone, here: Here, now: Now) -> Response:
    """Show what one has told, to be changed."""
    mine = await own.read_own(here, actor, now=now)
    saved = (
        say("Saved %(at)s", at=When(mine.saved_at, shape="clock"))
        if mine.saved_at and "saved" in request.query_params
        else ""
    )
    return await _form(
        request,
        here,
        actor,
        values=_values(mine.document) | _wished(mine) | {"version": str(mine.version)},
        experiences=_experiences(mine.document) or [EMPTY],
        saved_line=saved,
        is_kept_back=mine.is_kept_back,
    )


def _values(document: Person) -> dict[str, Any]:
    told = document.model_dump(mode="json")
    values = {name: told[name] for name in ("words_for_self", "about", *MANY)}
    values |= {name: "\n".join(told[name]) for name in LINES}
    return values | {"age_band": told["age_band"] or "", "how_many": str(told["capacity"])}


def _wished(mine: OwnProfile) -> dict[str, Any]:
    wishes = mine.wishes
    found = {"is_unlisted": wishes.is_unlisted, "wants_alike": wishes.wants_alike}
    return {"shows": wishes.shows.value, "found": [name for name, is_so in found.items() if is_so]}


def _experiences(document: Person) -> list[dict[str, Any]]:
    told = document.model_dump(mode="json")["experiences"]
    return [one | {"id": str(number)} for number, one in enumerate(told)]


async def _form(
    request: Request,
    here: Here,
    actor: Someone,
    *,
    values: dict[str, Any],
    experiences: list[dict[str, Any]],
    errors: dict[str, str] | None = None,
    saved_line: str = "",
    is_kept_back: bool = False,
    open_part: str = "lived",
) -> Response:
    async with here.reading(actor.organisation_id) as session:
        known = await documents.current(session, Vocabulary)
    topics = [{"value": "", "label": say("none of these")}]
    topics += [{"value": topic.name, "label": topic.name} for topic in known.topics]
    return await page(
        request,
        "pages/about_me.html",
        say("About me"),
        status=422 if errors else 200,
        values=values,
        experiences=mentions.beside(experiences, known),
        mentions=mentions.unsaid(values.get("about", ""), experiences, known),
        topics=topics,
        languages=[{"value": value, "label": label} for value, label in LANGUAGES],
        errors=errors or {},
        open_part=open_part,
        saved_line=saved_line,
        is_kept_back=is_kept_back,
    )


@router.post("/about-me")
async def save(request: Request, actor: Someone, here: Here, guard: Guard, now: Now) -> Response:
    """Save what was told; "add another" and "take out" show the form again, nothing lost."""
    form = await forms.typed(request)
    experiences = _typed_experiences(form)
    do = form.get("do")
    if do == "add-experience":
        experiences.append(EMPTY)
    if removed := re.fullmatch(r"remove-(\d{1,3})", do):
        experiences = [one for n, one in enumerate(experiences) if n != int(removed[1])]
    is_topic = mentions.confirmed(do, experiences, EMPTY)
    if do != "save" and not is_topic:
        return await _form(
            request, here, actor, values=_given_back(form), experiences=experiences or [EMPTY]
        )
    try:
        mine = await own.read_own(here, actor, now=now)
        document = own.document_of(actor, _told(form, experiences, mine))
        version = form.number("version") if form.has("version") else mine.version
        await own.save_own(here, guard, actor, document, over_version=version, now=now)
        await _wish(here, actor, form, mine, now=now)
    except Problem as problem:
        values = _given_back(form)
        if isinstance(problem, Conflict):
            # Saving again after having looked is a decision of one's own.
            values["version"] = str((await own.read_own(here, actor, now=now)).version)
        errors = _errors(problem)
        return await _form(
            request, here, actor, values=values, experiences=experiences, errors=errors
        )
    return see("/about-me?saved=1")


async def _wish(here: Here, actor: Someone, form: Form, mine: OwnProfile, *, now: datetime) -> None:
    """Keep how one wishes to be found, where the form asked for it."""
    shows, ticked = form.get("shows"), form.all("found")
    if shows not in set(Shows):
        return
    async with here.unit_of_work(actor.organisation_id) as session:
        await presences.choose(
            session,
            actor,
            is_paused=mine.wishes.is_paused,
            is_unlisted="is_unlisted" in ticked,
            wants_alike="wants_alike" in ticked,
            shows=Shows(shows),
            now=now,
        )


def _typed_experiences(form: Form) -> list[dict[str, Any]]:
    found = []
    for number in range(200):
        names = {key: f"experience-{number}-{key}" for key in EMPTY}
        if not any(key == names["words"] for key, _ in form.pairs):
            break
        found.append({key: form.get(name, EMPTY[key]) for key, name in names.items()})
    return found


def _told(form: Form, experiences: list[dict[str, Any]], mine: OwnProfile) -> dict[str, Any]:
    """Return the document as typed, over what the form doesn't show."""
    told = mine.document.model_dump(mode="json")
    for name in LINES:
        told[name] = [line.strip() for line in form.get(name).splitlines() if line.strip()]
    for name in MANY:
        told[name] = form.all(name)
    told["languages"] = told["languages"] or ["en"]
    told["words_for_self"], told["about"] = form.get("words_for_self"), form.get("about")
    told["age_band"] = form.get("age_band") or None
    told["capacity"] = _number(form.get("how_many"))
    told["experiences"] = [
        {key: one[key] for key in EMPTY if key != "id"}
        for one in experiences
        if one["words"] or one["topic"]
    ]
    return told


def _given_back(form: Form) -> dict[str, Any]:
    return form.values | {name: form.all(name) for name in TICKED}


def _number(typed: str) -> int | str | None:
    """Return a typed number as one, and anything else as it is, for the document to refuse."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else typed or None


def _errors(problem: Problem) -> dict[str, str]:
    """Return a fault beside its field; the field's name in the document is for programs."""
    field = str(problem.extra.get("field") or "")
    said = problem.detail.removeprefix(f"{field}: ")
    return {_posted(field): said[:1].upper() + said[1:]}


def _posted(field: str) -> str:
    """Return the posted name of a document's field, as the page knows it."""
    if found := re.match(r"experiences\[(\d+)\]\.?(\w*)", field):
        return f"experience-{found[1]}-{found[2] or 'words'}"
    name = re.split(r"[.\[]", field)[0]
    return {"capacity": "how_many"}.get(name, name)
