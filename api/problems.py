"""Every fault leaves as an RFC 9457 problem document, or as a page for somebody at a page."""

import traceback
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from core.errors import Problem, TooMany, Unavailable
from core.sentences import Sentence, say, together

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
PageRenderer = Callable[[Request, Problem], Awaitable[Response]]


def install(app: FastAPI) -> None:
    """Teach the app to answer faults. `app.state.problem_page` renders those at pages."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)


def document(problem: Problem, *, status: int | None = None) -> dict[str, Any]:
    """Return the problem's members as JSON; `code` is for machines, the sentences for people."""
    members: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title,
        "status": status or problem.status,
        "detail": problem.detail,
        "code": problem.code,
    }
    extra = {key: value for key, value in problem.extra.items() if value is not None}
    # What a fault carries may be a moment or an id.
    return members | {key: jsonable_encoder(value) for key, value in extra.items()}


async def _answer(request: Request, problem: Problem, *, status: int | None = None) -> Response:
    headers = {"retry-after": str(problem.retry_after)} if isinstance(problem, TooMany) else {}
    page: PageRenderer | None = getattr(request.app.state, "problem_page", None)
    if page is not None and not request.url.path.startswith("/api/"):
        response = await page(request, problem)
        response.headers.update(headers)
        return response
    body = document(problem, status=status)
    return JSONResponse(body, body["status"], headers=headers, media_type=MEDIA_TYPE)


async def _on_problem(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Problem)
    if isinstance(fault, Unavailable):
        log.error("store_unavailable", path=request.url.path)
    return await _answer(request, fault)


async def _on_validation(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    first = fault.errors()[0]
    if first["loc"][0] == "path" and not request.url.path.startswith("/api/"):
        return await _on_http(request, HTTPException(HTTPStatus.NOT_FOUND))
    where = ".".join(str(part) for part in first["loc"][1:])
    # Never the input itself: it may hold somebody's words.
    problem = _Unusable(together(where, first["msg"], by=": "), field=where or None)
    return await _answer(request, problem)


class _Unusable(Problem):
    status, code, title = 422, "invalid", say("We couldn't use what was sent.")


class _Plain(Problem):
    pass


async def _on_http(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    problem = _Plain(_sentence(fault.status_code))
    problem.extra["code"] = HTTPStatus(fault.status_code).name.lower()
    problem.extra["title"] = problem.detail
    problem.extra["status"] = fault.status_code
    return await _answer(request, problem, status=fault.status_code)


def _sentence(status: int) -> Sentence:
    if status == HTTPStatus.NOT_FOUND:
        return say("We couldn't find that page.")
    return together(HTTPStatus(status).phrase)


async def unexpected(request: Request, fault: Exception) -> Response:
    """Log a fault nobody expected by kind and place, and answer that it is ours."""
    # The kind and the place only: a fault's message could hold somebody's words.
    frames = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(fault.__traceback__)]
    log.error("unexpected_fault", path=request.url.path, kind=type(fault).__name__, at=frames[-5:])
    return await _answer(request, Problem())
