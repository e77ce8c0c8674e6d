"""Bad input gets a clear answer and changes nothing: every endpoint, every field, every page."""

import json
import re
from typing import Any

import httpx2
import pytest

from tests.faults import world as worlds
from tests.faults.world import Operation, World, body_for, everything_stored, operations, unknown
from tests.journeys.town import Town

pytestmark = pytest.mark.anyio

LONG = "word " * 20_000
NUL, SURROGATE = "a\0b", "a\ud800b"
GARBAGE = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"\xff\xfe",
    b'{"a": "\\ud800',
    b"[" * 100_000,
    b'{"version": ' + b"9" * 5_000 + b"}",
)
# Here nothing is said at all to whoever names what isn't theirs: it stays as it was, and what is
# one's own there is nothing.
SILENT = {
    "DELETE /api/v1/me/notices/{notice_id}": 204,
    "DELETE /api/v1/me/sign-ins/{sign_in_id}": 204,
    "DELETE /api/v1/me/blocks/{account_id}": 204,
    "DELETE /api/v1/hellos/{hello_id}": 204,
    "DELETE /api/v1/groups/{group_id}/place": 204,
    "DELETE /api/v1/groups/{group_id}/facilitators/me": 204,
    "DELETE /api/v1/invitations/{invitation_id}": 204,
    "PUT /api/v1/offers/{candidate_id}/answer": 204,
    "GET /api/v1/rooms/{room_id}/waiting": 200,
    "GET /api/v1/groups/{group_id}/place": 200,
}


@pytest.fixture
async def here(town: Town) -> World:
    return await worlds.world(town)


async def _send(
    client: httpx2.AsyncClient, operation: Operation, address: str, content: bytes | None
) -> httpx2.Response:
    headers = {"content-type": "application/json"} if content is not None else {}
    return await client.request(operation.method, address, content=content, headers=headers)


def _fault(answer: httpx2.Response) -> str:
    """Return "" for a 4xx with a code and a sentence, else what is wrong with the answer."""
    if not 400 <= answer.status_code < 500:
        return f"{answer.status_code} {answer.text[:200]}"
    if answer.headers["content-type"] != "application/problem+json":
        return f"not a problem document: {answer.text[:200]}"
    said = answer.json()
    is_clear = re.fullmatch(r"[a-z_]+", said["code"]) and said.get("detail", said["title"]).strip()
    return "" if is_clear and said["status"] == answer.status_code else str(said)


def test_this_table_has_a_body_for_every_endpoint(town: Town) -> None:
    named = {operation.body for operation in operations(town.app)} - {None}
    assert named == worlds.BODIES.keys()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_what_is_no_json_is_refused_everywhere(here: World) -> None:
    before = await everything_stored(here.town.database)
    wrong = []
    for operation in operations(here.town.app):
        if operation.body is None:
            continue
        for content in GARBAGE:
            answer = await _send(here.anna.api, operation, operation.at(here.ids), content)
            if fault := _fault(answer):
                wrong.append((operation.name, content[:20], fault))
    assert not wrong, "\n".join(map(str, wrong))
    assert await everything_stored(here.town.database) == before


def _wrong_values(schema: dict[str, Any]) -> list[Any]:
    """Return values that a field of this schema can't take."""
    kinds = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    kind = kinds[0]
    by_type: dict[str, list[Any]] = {
        "string": [12, [], {}, NUL, SURROGATE, LONG],
        "integer": ["many", [], 1.5, 10**30, NUL],
        "boolean": ["perhaps", [], 12],
        "array": ["x", {}, [{"nonsense": LONG}], [NUL], [SURROGATE]],
        "object": ["x", [], 12],
    }
    # What has no type of its own names an enum.
    values = by_type[kind.get("type", "string")]
    is_named = kind.get("format") == "uuid" or "$ref" in kind or "enum" in kind
    return [*values, "nonsense", ""] if is_named else values


# What one of the two databases could not even store; of the rest neither hears.
UNSTORABLE = (NUL, SURROGATE, 10**30)


async def test_every_field_of_every_body_refuses_what_it_cant_take(
    here: World, backend: str
) -> None:
    schemas = here.town.app.openapi()["components"]["schemas"]
    before = await everything_stored(here.town.database)
    wrong = []
    for operation in operations(here.town.app):
        good = body_for(operation, here.ids)
        if good is None:
            continue
        told = schemas[operation.body]["properties"]
        bad = [(name, value) for name, schema in told.items() for value in _wrong_values(schema)]
        if backend == "postgresql":
            bad = [(name, value) for name, value in bad if value in UNSTORABLE]
        for name, value in [*bad, ("nonsense", 1)]:
            content = json.dumps(good | {name: value}).encode()
            answer = await _send(here.anna.api, operation, operation.at(here.ids), content)
            if fault := _fault(answer):
                wrong.append((operation.name, name, str(value)[:20], fault))
    assert not wrong, "\n".join(map(str, wrong))
    assert await everything_stored(here.town.database) == before


INSIDE = {
    "/profile": [
        {"about": LONG * 2},
        {"about": NUL},
        {"about": SURROGATE},
        {"name": 1, "age_band": "ninety"},
        {"experiences": [{"words": LONG}]},
        {"experiences": [{"topic": SURROGATE}]},
        {"experiences": "many"},
        {"experiences": [{}] * 51},
        {"interests": [NUL]},
        {"interests": ["x"] * 0 + [str(number) for number in range(51)]},
        {"languages": ["klingon is not a tag"]},
        {"timezone": "Mars/Olympus"},
        {"capacity": -1},
        {"capacity": "three"},
        {"capacity": 10**12},
        {"available": ["someday"]},
        {"nonsense": True},
    ],
    "/groups/{group_id}/card": [
        {},
        {"name": ""},
        {"name": NUL},
        {"name": LONG},
        {"name": "A", "capacity": 1},
        {"name": "A", "capacity": 10**12},
        {"name": "A", "door": "window"},
        {"name": "A", "topics": [SURROGATE]},
        {"name": "A", "purpose": LONG},
        {"name": "A", "safety_mode": "self_held"},
    ],
}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_documents_say_which_field_cant_be_used(here: World) -> None:
    before = await everything_stored(here.town.database)
    wrong = []
    for path, documents in INSIDE.items():
        key = "document" if path == "/profile" else "card"
        for told in documents:
            content = json.dumps({"version": 0, key: told}).encode()
            answer = await here.anna.api.put(
                f"/api/v1{path.format(**here.ids)}",
                content=content,
                headers={"content-type": "application/json"},
            )
            if _fault(answer) or answer.status_code != 422 or not answer.json().get("field"):
                wrong.append((path, str(told)[:40], answer.status_code, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))
    assert await everything_stored(here.town.database) == before


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_ids_that_are_none_are_refused_and_unknown_ones_are_not_found(here: World) -> None:
    before = await everything_stored(here.town.database)
    wrong = []
    for operation in operations(here.town.app):
        if "{" not in operation.path:
            continue
        body = body_for(operation, here.ids)
        content = None if body is None else json.dumps(body).encode()
        for nonsense in ("x", "%00", "%2e%2e", "1" * 300):
            ids = dict.fromkeys(here.ids, nonsense)
            answer = await _send(here.anna.api, operation, operation.at(ids), content)
            if fault := _fault(answer):
                wrong.append((operation.name, nonsense[:8], fault))
        if "_id}" in operation.path and operation.name not in SILENT:
            answer = await _send(here.anna.api, operation, operation.at(unknown(here.ids)), content)
            if _fault(answer) or answer.status_code != 404:
                wrong.append((operation.name, "unknown", f"{answer.status_code} {answer.text}"))
    assert not wrong, "\n".join(map(str, wrong))
    assert await everything_stored(here.town.database) == before


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_ids_of_another_organisation_are_not_found_whatever_role_one_has_there(
    here: World,
) -> None:
    cove = await here.town.another_organisation()
    stranger = await here.town.resident("Stranger", *worlds.EVERY_ROLE, organisation_id=cove)
    before = await everything_stored(here.town.database)
    wrong = []
    for operation in operations(here.town.app):
        if "_id}" not in operation.path:
            continue
        body = body_for(operation, here.ids)
        content = None if body is None else json.dumps(body).encode()
        answer = await _send(stranger.api, operation, operation.at(here.ids), content)
        if answer.status_code != SILENT.get(operation.name, 404):
            wrong.append((operation.name, answer.status_code, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))
    assert await everything_stored(here.town.database) == before
    for path, body in (
        ("/hellos", {"to": here.wren.id, "words": "Hello."}),
        ("/groups", {"card": {"name": "A"}, "facilitator_id": here.wren.id}),
    ):
        assert (await stranger.post(path, body, status=404))["code"] == "not_found"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_odd_questions_in_an_address_are_refused(here: World) -> None:
    odd = {
        "limit": ("0", "101", "-1", "x", "9" * 30, "%00"),
        "after": ("-1", "x", "9" * 30, "%00"),
        "before": ("-1", "x", "9" * 30, "%00"),
    }
    wrong = []
    for operation in operations(here.town.app):
        for name in operation.query:
            for value in odd[name]:
                address = f"{operation.at(here.ids)}?{name}={value}"
                if fault := _fault(await here.anna.api.get(address)):
                    wrong.append((operation.name, name, value, fault))
            if name != "limit":
                far = await here.anna.api.get(f"{operation.at(here.ids)}?{name}=2147483647")
                assert far.status_code < 500, operation.name
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_body_over_a_megabyte_is_too_large_everywhere(here: World) -> None:
    before = await everything_stored(here.town.database)
    content = json.dumps({"text": "x" * 1_050_000}).encode()
    bodied = [one for one in operations(here.town.app) if one.body]
    for operation in bodied:
        answer = await _send(here.anna.api, operation, operation.at(here.ids), content)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large"), operation.name
    assert await everything_stored(here.town.database) == before


async def test_an_empty_profile_is_fine_and_still_gets_offers(town: Town) -> None:
    keeper = await town.resident("Keeper", *worlds.EVERY_ROLE)
    empty, other = await town.newcomer("Empty"), await town.resident("Other")
    await other.tell(about="I walk dogs.")
    await town.group(keeper, other)
    await empty.put("/profile", {"version": 0, "document": {}})
    await empty.put(
        "/profile", {"version": 1, "document": {"about": "   ", "interests": ["", " "]}}
    )
    offers = await empty.get("/offers")
    assert [person["name"] for person in offers["people"]] == ["Other"]
    assert offers["groups"]
    assert (await empty.get("/profile"))["document"]["interests"] == []


INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"


async def test_invisible_letters_make_no_message(town: Town) -> None:
    one, other = await town.residents("One", "Other")
    room_id = await town.talk(one, other)
    for number, words in enumerate((" \n\t ", INVISIBLE, "\u202e\u2066")):
        refused = await one.say(room_id, words, f"c{number}", status=422)
        assert refused["code"] == "invalid"
    assert await other.words(room_id) == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_invisible_letters_make_no_name_and_no_double(town: Town) -> None:
    await town.resident("One")
    await town.open_joining()
    stranger = town.api()
    for name in (INVISIBLE, f"O{INVISIBLE}ne", "\u202eenO", "", "x" * 41, "Ｏｎｅ", " ONE "):
        newcomer = worlds.BODIES["Newcomer"] | {"name": name}
        answer = await stranger.post("/api/v1/accounts", json=newcomer)
        assert answer.status_code in (409, 422), (name, answer.text)
        assert answer.json()["field"] == "name"


async def test_invisible_letters_hide_nothing_from_screening(town: Town) -> None:
    one, other = await town.residents("One", "Other")
    room_id = await town.talk(one, other)
    hidden = "The bus was late. You are a w\u200bo\u200dr\u2060th\ufeffless p\u00adiece of shit."
    await one.say(room_id, hidden, "c1")
    assert "piece of" not in _visible((await other.history(room_id))[-1]).replace("\u00ad", "")
    number = "0\u200b7\u200b7\u200b0\u200b0 9\u200b00123 is mine, ring me"
    assert (await one.say(room_id, number, "c2", status=202))["type"] == "asked"
    turned = "\u202eRight to left, and then\u202c back. \u2066Isolated\u2069 شكرا"
    assert (await one.say(room_id, turned, "c3"))["type"] == "sent"
    assert (await other.words(room_id))[-1] == turned
    assert "Right to left" in await other.browser.open(f"/talks/{room_id}")


def _visible(frame: dict[str, Any]) -> str:
    words = str(frame["text"])
    for start, end in reversed(frame.get("folds", [])):
        words = words[:start] + words[end:]
    return words
