"""From a template and its context to a page: the frame, the reader's language, who is looking."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from api import dependencies, urgent_help
from core.errors import NotSignedIn, Problem
from moderation import helping
from people.permissions import Act, Actor, allows
from web import cookies, forms, translating

SEE_OTHER: Final = 303


@lru_cache
def environment(language: str) -> Environment:
    """Return the templates in one language."""
    env = Environment(
        loader=PackageLoader("web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    install = env.install_gettext_translations  # type: ignore[attr-defined] # added by the extension
    install(translating.translations(language), newstyle=True)
    return env


def language_of(request: Request) -> str:
    """Return the page's language: the installation's, so far."""
    language: str = request.app.state.settings.language
    return language


async def page(
    request: Request, template: str, page_title: str, *, status: int = 200, **context: Any
) -> HTMLResponse:
    """Render `templates/{template}` inside the frame; `page_title` stays neutral."""
    language = language_of(request)
    env = environment(language)
    frame = await _frame(request, page_title, language)
    response = HTMLResponse(env.get_template(template).render(frame | context), status)
    if renewed := getattr(request.state, "renewed_token", None):
        cookies.keep(response, renewed)
    return response


async def _frame(request: Request, page_title: str, language: str) -> dict[str, Any]:
    settings = dependencies.settings(request)
    actor = await _actor(request)
    say = translating.translations(language).gettext
    return {
        "site_name": settings.site_name,
        "page_title": say(page_title),
        "nav": _nav(actor, request.url.path, say) if actor else [],
        "actor": actor,
        "staffed": {"line": await staffed_line(request, actor)},
        "lang": language,
        "dir": translating.direction(language),
        "notices": [],
    }


async def _actor(request: Request) -> Actor | None:
    try:
        return await dependencies.maybe_actor(request)
    except Problem:
        # The store is out of reach: the page that says so must still be shown.
        return None


def _nav(actor: Actor, path: str, say: Any) -> list[dict[str, Any]]:
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
    if allows(actor, Act.INVITE):
        places.append(("/administration", say("Setting up")))
    return [
        {"href": href, "label": label, "is_here": path == href or path.startswith(f"{href}/")}
        for href, label in places
    ]


async def staffed_line(request: Request, actor: Actor | None) -> str:
    """Return true words about who is looking after this place now; "" when it can't be known."""
    database, now = dependencies.database(request), dependencies.now(request)
    try:
        place = await organisation_of(request, actor)
        return helping.who_is_here(await urgent_help.place_now(database, place, now=now))
    except Problem:
        return ""


async def organisation_of(request: Request, actor: Actor | None) -> UUID:
    """Return the id of the reader's organisation; for a stranger, the one they stand before."""
    return actor.organisation_id if actor else (await dependencies.organisation(request)).id


def moment(at: datetime, zone: str = "Europe/London") -> dict[str, str]:
    """Return a time for machines (UTC) and for people, as templates take it."""
    local = at.astimezone(ZoneInfo(zone))
    return {
        "iso": at.astimezone(UTC).isoformat(),
        "words": f"{local:%a} {local.day} {local:%b %H:%M}",
    }


def see(path: str) -> RedirectResponse:
    """Answer a post with where to look now, so that going back and reloading post nothing."""
    return RedirectResponse(path, SEE_OTHER)


async def problem_page(request: Request, problem: Problem) -> Response:
    """Render a fault: what happened, what to do next, and what had been typed."""
    status = int(str(problem.extra.get("status", problem.status)))
    if isinstance(problem, NotSignedIn) and request.method == "GET":
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return see(f"/sign-in?next={quote(wanted, safe='/')}")
    kept = await forms.given_back(request)
    steps = [{"href": "/help", "label": "Urgent help"}]
    first = {"href": "/sign-in", "label": "Sign in"} if status == 401 else _home()
    return await page(
        request,
        "pages/problem.html",
        "Something needs another look",
        status=status,
        problem={"title": problem.title, "detail": problem.detail},
        next_steps=[first, *steps],
        kept=kept,
        reference="",
    )


def _home() -> dict[str, str]:
    return {"href": "/home", "label": "Home"}
