"""How a fault looks on a page: what happened, what to do next, and what had been typed."""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response

from core.errors import Forbidden, NotSignedIn, Problem
from core.sentences import say
from web import forms
from web.rendering import page, see

SIGN_IN: Final = {"href": "/sign-in", "label": say("Sign in")}


async def problem_page(request: Request, problem: Problem) -> Response:
    """Render a fault. Whoever only has to sign in is sent there, and then to where they wanted."""
    status = int(str(problem.extra.get("status", problem.status)))
    if isinstance(problem, NotSignedIn) and request.method == "GET":
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return see(f"/sign-in?next={quote(wanted, safe='/')}")
    return await page(
        request,
        "pages/problem.html",
        say("Something needs another look"),
        status=status,
        problem=_said(problem),
        first=SIGN_IN if status == HTTPStatus.UNAUTHORIZED else None,
        kept=await forms.given_back(request),
        reference="",
    )


def _said(problem: Problem) -> dict[str, Any]:
    # What the framework answered brings its own title: a page that isn't there is no fault of ours.
    title, detail = problem.extra.get("title", problem.title), problem.detail
    if problem.extra.get("status") == HTTPStatus.NOT_FOUND:
        detail = say("The address may have a mistake in it, or what was there has gone.")
    if isinstance(problem, Forbidden) and detail == title:
        detail = say("It is for somebody else here, or it isn't open just now. Nothing changed.")
    return {"title": title, "detail": detail}
