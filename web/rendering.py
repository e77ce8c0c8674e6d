"""From a template and its context to a page: the frame, the reader's language, who is looking."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import (
    Environment,
    PackageLoader,
    StrictUndefined,
    pass_context,
    pass_eval_context,
)
from jinja2.filters import do_join
from jinja2.nodes import EvalContext
from jinja2.runtime import Context

from api import dependencies, urgent_help
from core.errors import Problem
from core.sentences import When, say
from moderation import helping
from people.permissions import Act, Actor, allows
from web import cookies, translating
from web.translating import Voice

SEE_OTHER: Final = 303


@lru_cache
def environment(language: str, zone: str = "UTC") -> Environment:
    """Return the templates in one language, with the clocks of one zone."""
    voice = Voice(language, zone)
    env = Environment(
        loader=PackageLoader("web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=voice.told,
    )
    install = env.install_gettext_translations  # type: ignore[attr-defined] # added by the extension
    install(translating.translations(language), newstyle=True)
    for name in ("gettext", "ngettext"):
        env.globals[name] = _telling(env.globals[name], voice)
    env.filters["join"] = _joining(voice)
    return env


def _telling(call: Any, voice: Voice) -> Any:
    """Wrap what a template says its words with: values that are sentences are said as well."""

    @pass_context
    def said(context: Context, *words: Any, **values: Any) -> Any:
        spoken = {name: voice.told(value) for name, value in values.items()}
        return context.call(call, *words, **spoken)

    return said


def _joining(voice: Voice) -> Any:
    @pass_eval_context
    def join(context: EvalContext, parts: Iterable[Any], by: str = "") -> str:
        joined: str = do_join(context, [voice.told(part) for part in parts], by)
        return joined

    return join


def language_of(request: Request) -> str:
    """Return the page's language: the installation's, so far."""
    language: str = request.app.state.settings.language
    return language


async def page(
    request: Request, template: str, page_title: str, *, status: int = 200, **context: Any
) -> HTMLResponse:
    """Render `templates/{template}` inside the frame; `page_title` stays neutral."""
    actor = await _actor(request)
    place = await _place_now(request, actor)
    voice = Voice(language_of(request), place.staffed_hours.timezone if place else "UTC")
    frame = _frame(request, page_title, voice, actor=actor)
    frame["staffed"] = {"line": helping.who_is_here(place) if place else ""}
    found = environment(voice.language, voice.zone).get_template(template)
    response = HTMLResponse(found.render(frame | context), status)
    if renewed := getattr(request.state, "renewed_token", None):
        cookies.keep(response, renewed)
    return response


def _frame(
    request: Request, page_title: str, voice: Voice, *, actor: Actor | None
) -> dict[str, Any]:
    return {
        "site_name": dependencies.settings(request).site_name,
        "page_title": page_title,
        "nav": _nav(actor, request.url.path) if actor else [],
        "actor": actor,
        "lang": voice.language,
        "dir": translating.direction(voice.language),
        "zone": voice.zone,
        "clocks_of": voice.place,
        "notices": [],
    }


async def _actor(request: Request) -> Actor | None:
    try:
        return await dependencies.maybe_actor(request)
    except Problem:
        # The store is out of reach: the page that says so must still be shown.
        return None


def _nav(actor: Actor, path: str) -> list[dict[str, Any]]:
    places = [
        ("/home", say("Home")),
        ("/offers", say("People and groups")),
        ("/hellos", say("Hellos")),
        ("/talks", say("Talks")),
        ("/groups", say("Groups")),
        ("/about-me", say("About me")),
        ("/my-data", say("My data")),
    ]
    if allows(actor, Act.SEE_QUEUE):
        places.append(("/queue", say("Queue")))
    if allows(actor, Act.CONFIRM_ROLE):
        places.append(("/staff/roles", say("Roles")))
    if allows(actor, Act.INVITE):
        places.append(("/administration", say("Setting up")))
    return [
        {"href": href, "label": label, "is_here": path == href or path.startswith(f"{href}/")}
        for href, label in places
    ]


async def _place_now(request: Request, actor: Actor | None) -> helping.Place | None:
    """What is known of who is here and of the clocks; None when it can't be known."""
    database, now = dependencies.database(request), dependencies.now(request)
    try:
        place = await organisation_of(request, actor)
        return await urgent_help.place_now(database, place, now=now)
    except Problem:
        return None


async def organisation_of(request: Request, actor: Actor | None) -> UUID:
    """Return the id of the reader's organisation; for a stranger, the one they stand before."""
    return actor.organisation_id if actor else (await dependencies.organisation(request)).id


def moment(at: datetime) -> dict[str, str]:
    """Return a time for machines (UTC) and for people, as templates take it.

    The words are said when the page is: in its language, by the organisation's clocks.
    """
    return {"iso": at.astimezone(UTC).isoformat(), "words": When(at)}


def see(path: str) -> RedirectResponse:
    """Answer a post with where to look now, so that going back and reloading post nothing."""
    return RedirectResponse(path, SEE_OTHER)
