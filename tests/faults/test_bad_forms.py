"""What is posted to a page, however odd, is answered with a page; what isn't theirs isn't found."""

import re
from itertools import product
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.routing import APIRoute

from people.consents import Purpose
from tests.faults import world as worlds
from tests.faults.world import World, everything_stored, unknown
from tests.journeys.town import Town
from web import about_me, pages

pytestmark = pytest.mark.anyio

POSTS = sorted(
    route.path
    for router in pages.ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and "POST" in route.methods
)
# Without those that are the same function at a second address.
STAYING = [path for path in POSTS if path != "/sign-out" and not path.startswith("/o/")]
READS = sorted(
    route.path
    for router in pages.ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and "GET" in route.methods
)
# Every name that a page's code asks a form for, and those it makes up from others.
FIELDS = tuple(
    sorted(
        {
            name
            for file in Path(str(pages.STATIC)).parent.glob("*.py")
            for name in re.findall(
                r"\bform\.(?:get|all|has|number)\(\"([\w]+)\"", file.read_text("utf-8")
            )
        }
        | {*about_me.LINES, *about_me.MANY, *(f"consent.{purpose}" for purpose in Purpose)}
        | {"experience-0-words", "experience-0-topic", "experience-0-where", "experience-0-weight"}
        | {"purpose", "for_whom", "recovery", "minutes", "capacity", "to", "answer", "languages"}
    )
)
# Every name any page's address asks with.
ASKED = (
    "after", "older", "tier", "to", "sent", "starter", "reply_to", "message", "next", "invitation",
    "talk", "group", "hello", "saved", "told",
)  # fmt: skip
OF_WORDS = ("name", "words", "text", "note", "reason", "about")
ODD = ("", "x", "-1", "9" * 30, "<script>alert(1)</script>", "\u202e\u200b", "٣")
# What is refused before anything else is looked at, then each odd thing in every other field.
ROUNDS: tuple[dict[str, str], ...] = (
    dict.fromkeys(FIELDS, "\0"),
    # All of them together would be over a megabyte.
    dict.fromkeys(OF_WORDS, "a " * 10_001) | {OF_WORDS[0]: "é " * 10_001},
    *(
        {name: ODD[(place + turn) % len(ODD)] for place, name in enumerate(FIELDS)}
        for turn in range(4)
    ),
)


@pytest.fixture
async def here(town: Town) -> World:
    return await worlds.world(town)


def at(path: str, ids: dict[str, str]) -> str:
    """The address of a page with these ids in it."""
    known = ids | {"organisation": "harbour", "answer": "let-in", "what": "quiet"}
    names = re.findall(r"{(\w+)(?::\w+)?}", path)
    plain = re.sub(r":\w+}", "}", path)
    filled = plain.format(**{name: known.get(name, "x") for name in names})
    return filled + (f"?to={ids['candidate_id']}" if path == "/hellos/new" else "")


def _is_clear(answer: httpx2.Response) -> bool:
    """Tell whether it is a page with words, a way to one, or a file that was asked for."""
    if answer.headers.get("content-disposition", "").startswith("attachment"):
        return answer.status_code == 200
    if answer.status_code == 303:
        return answer.headers["location"].startswith("/")
    is_page = answer.headers["content-type"].startswith("text/html")
    return answer.status_code < 500 and is_page and "<h1" in answer.text


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_whatever_is_posted_a_page_answers(here: World) -> None:
    wrong = []
    for path, (turn, fields) in product(STAYING, enumerate(ROUNDS)):
        answer = await here.anna.browser.client.post(at(path, here.ids), data=fields)
        if not _is_clear(answer):
            wrong.append((path, turn, answer.status_code, answer.text[:200]))
        assert "<script>alert" not in answer.text
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_what_postgresql_cant_store_is_refused_first(here: World) -> None:
    wrong = []
    for path in POSTS:
        for odd in ("\0", "9" * 30):
            fields = dict.fromkeys(FIELDS, odd)
            answer = await here.anna.browser.client.post(at(path, here.ids), data=fields)
            if not _is_clear(answer):
                wrong.append((path, odd, answer.status_code, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_bodies_that_are_no_form_are_answered_too(here: World) -> None:
    wrong = []
    broken: list[dict[str, Any]] = [
        {
            "content": b"text=%ff%fe",
            "headers": {"content-type": "application/x-www-form-urlencoded"},
        },
        {"content": b"--x", "headers": {"content-type": "multipart/form-data; boundary=x"}},
        {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
        {"content": b"{}", "headers": {"content-type": "application/json"}},
        {"content": b"\x00\x01", "headers": {"content-type": "application/octet-stream"}},
        {"files": {"text": ("words.txt", b"a file")}},
    ]
    for path in STAYING:
        for number, sent in enumerate(broken):
            answer = await here.anna.browser.client.post(at(path, here.ids), **sent)
            if not _is_clear(answer):
                wrong.append((path, number, answer.status_code, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))
    many = {f"field-{number}": "x" for number in range(1_100)}
    assert (await here.anna.browser.client.post("/about-me", data=many)).status_code == 400
    large = {"text": "x" * 1_050_000}
    assert (await here.anna.browser.client.post("/about-me", data=large)).status_code == 413


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_pages_about_what_isnt_theirs_are_not_found_and_nothing_changes(here: World) -> None:
    cove = await here.town.another_organisation()
    stranger = await here.town.resident("Stranger", *worlds.EVERY_ROLE, organisation_id=cove)
    before = await everything_stored(here.town.database)
    wrong = []
    for ids, who in ((here.ids, stranger), (unknown(here.ids), here.anna)):
        for path in [*POSTS, *READS]:
            if "_id}" not in path:
                continue
            method = "POST" if path in POSTS else "GET"
            said = {"reason": "On shift.", "note": "A note.", "words": "Words.", "text": "Words."}
            sent = {"data": said} if method == "POST" else {}
            answer = await who.browser.client.request(method, at(path, ids), **sent)
            is_silent = answer.status_code == 303
            if not _is_clear(answer) or (answer.status_code != 404 and not is_silent):
                wrong.append((who.name, method, path, answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))
    assert await everything_stored(here.town.database) == before


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_odd_addresses_of_pages_are_answered_by_pages(here: World) -> None:
    wrong = []
    for path in READS:
        for value in ("x", "%00", "9" * 30, "-1", "%ff"):
            query = "&".join(f"{name}={value}" for name in ASKED)
            address = at(path, here.ids)
            address += ("&" if "?" in address else "?") + query
            answer = await here.anna.browser.client.get(address)
            if not _is_clear(answer):
                wrong.append((path, value, answer.status_code, answer.text[:150]))
    assert not wrong, "\n".join(map(str, wrong))
