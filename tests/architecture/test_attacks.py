"""What an outsider with an account, a second window and patience tries first."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import anyio
import httpx2
import pytest
from app_factories import ORIGIN, app_on, browser_of, client_of
from conftest import MORNING, Hand
from fastapi import FastAPI
from hand_sockets import opened
from people_factories import SignedIn
from sqlalchemy import select, update
from two_houses import House, build

from api.dependencies import COOKIE
from core.database import Database
from core.errors import Invalid
from people import accounts, credentials, invitations, organisations, roles
from people.accounts import Account
from people.permissions import Role
from people.throttles import ALLOWED, Guess
from web.entrance import own_path

pytestmark = pytest.mark.anyio
ROOT: Final = Path(__file__).parents[2]
PASSWORD: Final = "nine purple otters knitting"


@pytest.fixture(scope="module")
async def built(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory, anyio_backend: object
) -> tuple[Path, House]:
    """One organisation in which something of everything has happened, made once."""
    file = tmp_path_factory.mktemp("attacks") / "house.db"
    shutil.copyfile(migrated_sqlite, file)
    database = Database(f"sqlite+aiosqlite:///{file}")
    house = await build(database, "harbour", now=MORNING)
    await database.close()
    return file, house


@pytest.fixture
def database_url(built: tuple[Path, House], tmp_path: Path) -> str:
    """A copy of it for each test: SQLite alone, since nothing here is the database's own."""
    shutil.copyfile(built[0], tmp_path / "house.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'house.db'}"


@pytest.fixture
def house(built: tuple[Path, House]) -> House:
    """The people and things in it."""
    return built[1]


async def _with_password(database: Database, house: House, name: str) -> SignedIn:
    person = house.people[name]
    hashed = await credentials.hash_password(PASSWORD)
    async with database.unit_of_work(house.organisation_id) as session:
        await accounts.set_password_hash(session, person.id, hashed)
    return person


def _at(app: FastAPI, address: str) -> httpx2.AsyncClient:
    """A browser at another network address."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 50_000))
    headers = {"sec-fetch-site": "same-origin"}
    return httpx2.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)


# Where one is sent


ELSEWHERE: Final = (
    "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example",
    "https://evil.example/", "//evil.example", "///evil.example", " //evil.example",
    "/\\evil.example", "\\\\evil.example", "/%09/evil.example", "/\x00/evil.example",
    "javascript:alert(1)", "data:text/html,x", "/home\r\nSet-Cookie: a=b", "http:evil.example",
    "/.//evil.example", "/..//evil.example", "//testserver@evil.example", "/" + "x" * 5_000,
)  # fmt: skip


def _as_browsers_read(location: str) -> str:
    """WHATWG URL §4.4: tabs and newlines are taken out, backslashes are slashes."""
    plain = re.sub(r"[\t\r\n]", "", location).replace("\\", "/")
    return urlsplit(urljoin(f"{ORIGIN}/sign-in", plain.strip())).netloc


@pytest.mark.parametrize("next_", ELSEWHERE, ids=range(len(ELSEWHERE)))
async def test_no_way_on_leads_to_another_site(next_: str) -> None:
    assert _as_browsers_read(own_path(next_)) == "testserver"


async def test_after_signing_in_nobody_is_sent_to_another_site(
    app: FastAPI, database: Database, house: House
) -> None:
    await _with_password(database, house, "member")
    async with browser_of(app) as browser:
        for next_ in ELSEWHERE[:4]:
            form = {"name": f"member {house.mark}", "password": PASSWORD, "next": next_}
            answer = await browser.post("/sign-in", data=form)
            assert answer.status_code == 303
            assert _as_browsers_read(answer.headers["location"]) == "testserver"


async def test_the_way_back_after_signing_in_keeps_the_whole_address(
    app: FastAPI, house: House
) -> None:
    wanted = f"/hellos/new?to={house.ids['target']}&starter=1"
    async with browser_of(app) as browser:
        answer = await browser.get(wanted)
        form = await browser.get(answer.headers["location"])
    assert answer.status_code == 303
    kept = re.search(r'name="next" value="([^"]*)"', form.text)
    assert kept is not None
    assert kept[1].replace("&amp;", "&") == wanted


# Host, origin, cookies


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "testserver.evil.example", "evil@testserver", "testserver@evil.example",
        "testserver:443@evil.example", "testserver/evil", "testserver?x", "testserver#x",
        "testserver\\evil", "[::1", "[testserver]", "testserver:port", "testserver:", "",
        "testserver.", " testserver", "testserver,evil.example",
    ],
)  # fmt: skip
async def test_a_host_that_is_not_exactly_ours_is_refused_and_breaks_nothing(
    app: FastAPI, host: str
) -> None:
    async with client_of(app) as client:
        answer = await client.get("/healthz", headers={"host": host})
    assert answer.status_code == 421
    async with opened(app, host=host, authorization="Bearer x") as socket:
        assert not socket.is_open


async def test_our_host_is_ours_in_any_case_and_with_a_port(app: FastAPI) -> None:
    async with client_of(app) as client:
        for host in ("testserver", "TestServer", "testserver:443"):
            assert (await client.get("/healthz", headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://testserver"},
        {"origin": "https://testserver.evil.example"},
        {"origin": "https://testserver@evil.example"},
        # `new WebSocket("wss://a:b@…")` makes a browser send this, and our cookie with it.
        {"origin": "https://evil.example", "authorization": "Basic YTpi"},
        {"origin": "https://evil.example", "authorization": "Bearer"},
        {"authorization": "Basic YTpi"},
    ],
    ids=str,
)
async def test_no_page_of_another_site_opens_the_socket_with_our_cookie(
    app: FastAPI, house: House, headers: dict[str, str]
) -> None:
    cookie = f"{COOKIE}={house.people['member'].token}"
    async with opened(app, cookie=cookie, **headers) as socket:
        assert not socket.is_open
    async with opened(app, cookie=cookie, origin=ORIGIN) as socket:
        assert socket.is_open


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
        {"authorization": "Basic YTpi"},
        {"authorization": "Bearer", "sec-fetch-site": "cross-site"},
        {"authorization": "Bearer ", "sec-fetch-site": "cross-site"},
        {"authorization": "Bearer  ", "origin": "https://evil.example"},
    ],
    ids=str,
)
async def test_no_form_of_another_site_acts_with_our_cookie(
    app: FastAPI, house: House, headers: dict[str, str]
) -> None:
    member = house.people["member"]
    async with client_of(app, cookie=f"{COOKIE}={member.token}") as client:
        answers = [
            await client.post("/sign-out", headers=headers),
            await client.post(f"/talks/{house.ids['room']}/leave", headers=headers),
            await client.put(
                "/api/v1/me/consents/email_notices", json={"is_given": True}, headers=headers
            ),
            await client.delete(f"/api/v1/hellos/{house.ids['hello']}", headers=headers),
        ]
        still = await client.get("/api/v1/me")
    assert {answer.status_code for answer in answers} == {403}
    assert still.status_code == 200


def _careful(cookie: str) -> bool:
    wanted = {"secure", "httponly", "path=/", "samesite=lax"}
    parts = {part.strip().casefold() for part in cookie.split(";")}
    return cookie.startswith(f"{COOKIE}=") and wanted <= parts and "domain" not in cookie.casefold()


async def test_a_sign_in_is_new_each_time_and_its_cookie_careful(
    app: FastAPI, database: Database, house: House
) -> None:
    """Session fixation: what came in the cookie is never what goes out."""
    member = await _with_password(database, house, "member")
    form = {"name": f"member {house.mark}", "password": PASSWORD}
    planted = house.people["bystander"].token
    async with client_of(app, cookie=f"{COOKIE}={planted}") as browser:
        browser.headers["sec-fetch-site"] = "same-origin"
        answer = await browser.post("/sign-in", data=form)
    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 303
    assert _careful(cookie)
    assert planted not in cookie
    assert member.token not in cookie
    # Whoever was signed in in this browser before is signed out of it.
    async with client_of(app, house.people["bystander"]) as client:
        assert (await client.get("/api/v1/me")).status_code == 401


async def test_a_token_is_taken_from_headers_only_and_never_shown_again(
    app: FastAPI, house: House
) -> None:
    token = house.people["member"].token
    async with client_of(app) as client:
        for query in (f"?token={token}", f"?access_token={token}", f"?{COOKIE}={token}"):
            assert (await client.get(f"/api/v1/me{query}")).status_code == 401
    async with browser_of(app, house.people["member"]) as browser:
        for path in ("/home", "/my-data", f"/talks/{house.ids['room']}", "/api/v1/me/sign-ins"):
            assert token not in (await browser.get(path)).text


async def test_what_is_ended_is_ended_at_once(
    app: FastAPI, database: Database, house: House
) -> None:
    member, moderator = house.people["member"], house.people["moderator"]
    async with client_of(app, moderator) as client:
        assert (await client.get("/api/v1/cases")).status_code == 200
        async with database.unit_of_work(house.organisation_id) as session:
            await roles.end(session, account_id=moderator.id, role=Role.MODERATOR, now=MORNING)
        assert (await client.get("/api/v1/cases")).status_code == 403
    async with browser_of(app, member) as browser:
        left = await browser.post("/sign-out")
        assert f'{COOKIE}=""' in left.headers["set-cookie"]
        browser.cookies.set(COOKIE, member.token, domain="testserver")
        assert (await browser.get("/api/v1/me")).status_code == 401
    async with client_of(app, member) as client:
        assert (await client.get("/api/v1/me")).status_code == 401


# Guessing


async def test_guesses_at_one_name_count_together_however_it_is_written(
    app: FastAPI, house: House
) -> None:
    written = (f"member {house.mark}", f"MEMBER {house.mark}", f"  ｍember  {house.mark}")
    statuses = []
    async with client_of(app) as client:
        for number in range(ALLOWED[Guess.SIGN_IN].pair + 1):
            guess = {"name": written[number % 3], "password": f"wrong {number}"}
            spoofed = {"x-forwarded-for": f"198.51.100.{number}"}
            answer = await client.post("/api/v1/sign-ins", json=guess, headers=spoofed)
            statuses.append(answer.status_code)
    assert statuses[-1] == 429
    assert int(answer.headers["retry-after"]) > 0
    assert set(statuses[:-1]) == {422}


async def test_recovery_codes_cannot_be_guessed_at_length(app: FastAPI, house: House) -> None:
    async with browser_of(app) as browser:
        for number in range(ALLOWED[Guess.RECOVERY].pair + 1):
            form = {
                "name": f"member {house.mark}", "recovery": f"AAAA-BBBB-{number:04}",
                "password": PASSWORD,
            }  # fmt: skip
            answer = await browser.post("/recover", data=form)
    assert answer.status_code == 429


async def test_a_stranger_who_joins_and_joins_shuts_nobody_else_out(
    app: FastAPI, database: Database, house: House
) -> None:
    """What one network address tries never uses up what everybody else may try."""
    joining = {"name": "", "password": "x", "is_adult": True, "consents": []}
    statuses = []
    for number in range(ALLOWED[Guess.JOIN].name + 5):
        async with _at(app, f"198.51.100.{number % 5}") as stranger:
            answer = await stranger.post("/api/v1/accounts", json=joining | {"name": f"S {number}"})
            statuses.append(answer.status_code)
    async with _at(app, "203.0.113.9") as newcomer:
        answer = await newcomer.post("/api/v1/accounts", json=joining | {"name": "Newcomer"})
    # Refused for the password, which is looked at after the count.
    assert answer.status_code == 422
    assert answer.json()["field"] == "password"


async def test_guesses_in_one_organisation_never_count_in_another(
    app: FastAPI, database: Database, house: House
) -> None:
    async with database.unit_of_work(all_organisations=True) as session:
        await organisations.create(session, slug="lighthouse", name="L", now=MORNING)
    guess = {"name": f"member {house.mark}", "password": "wrong"}
    async with client_of(app) as client:
        for _ in range(ALLOWED[Guess.SIGN_IN].pair + 1):
            there = await client.post("/api/v1/sign-ins?organisation=lighthouse", json=guess)
        here = await client.post("/api/v1/sign-ins?organisation=harbour", json=guess)
    assert (there.status_code, here.status_code) == (429, 422)


async def test_many_strangers_at_once_hash_only_so_many_passwords_at_once(
    app: FastAPI, house: House, slow_hashes: None
) -> None:
    """Each takes 64 MiB and a core: whoever knocks often must not use up the machine."""
    most = 0

    async def guess(number: int) -> int:
        async with _at(app, f"198.51.100.{number}") as stranger:
            who = {"name": f"nobody {number}", "password": "wrong but long"}
            return (await stranger.post("/api/v1/sign-ins", json=who)).status_code

    async with anyio.create_task_group() as tasks:
        for number in range(12):
            tasks.start_soon(guess, number)
        for _ in range(40):
            await anyio.sleep(0.02)
            most = max(most, credentials._turn.borrowed_tokens)
            assert credentials._turn.borrowed_tokens <= credentials.HASHED_AT_ONCE
    assert most > 0


async def test_nobody_learns_which_names_there_are_by_signing_in_or_getting_back_in(
    app: FastAPI, database: Database, house: House
) -> None:
    await _with_password(database, house, "member")
    known, unknown = f"member {house.mark}", "nobody of that name"
    async with client_of(app) as client:

        async def answers(name: str) -> list[tuple[int, Any]]:
            wrong = {"name": name, "password": "wrong but long enough"}
            code = wrong | {"code": "AAAA-BBBB-CCCC", "password": PASSWORD}
            return [
                (answer.status_code, answer.json())
                for answer in (
                    await client.post("/api/v1/sign-ins", json=wrong),
                    await client.post("/api/v1/recoveries", json=code),
                )
            ]

        assert await answers(known) == await answers(unknown)
        spent = {name: await _seconds(client, name) for name in (known, unknown)}
    # Both hash a password: without that, the unknown name would answer many times sooner.
    assert spent[unknown] > 0.4 * spent[known]


async def _seconds(client: httpx2.AsyncClient, name: str) -> float:
    took = []
    for number in range(3):
        began = perf_counter()
        await client.post("/api/v1/sign-ins", json={"name": name, "password": f"wrong {number}"})
        took.append(perf_counter() - began)
    return median(took)


async def test_nobody_learns_whose_e_mail_address_is_in_use(
    app: FastAPI, database: Database, house: House
) -> None:
    async with database.unit_of_work(house.organisation_id) as session:
        await accounts.create(session, name="Taken", email="taken@example.org", now=MORNING)
        administrator = house.people["administrator"].actor
        code = await invitations.make(session, administrator, uses=2, now=MORNING)
    joining = {
        "password": PASSWORD, "is_adult": True, "invitation": code,
        "consents": ["store_and_share_profile", "checking_for_harm"],
    }  # fmt: skip
    async with client_of(app) as client:
        answers = [
            await client.post("/api/v1/accounts", json=joining | {"name": name, "email": email})
            for name, email in (("One", "taken@example.org"), ("Two", "free@example.org"))
        ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [sorted(answer.json()) for answer in answers] == [sorted(answers[0].json())] * 2


async def test_an_invitation_that_fails_never_says_why(
    app: FastAPI, database: Database, house: House, clock: Hand
) -> None:
    administrator = house.people["administrator"].actor
    async with database.unit_of_work(house.organisation_id) as session:
        long_ago = clock.now - 2 * invitations.LASTS
        expired = await invitations.make(session, administrator, now=long_ago)
        ended = await invitations.make(session, administrator, now=MORNING)
        row = (await session.scalars(select(invitations.Invitation))).all()[-1]
        await invitations.end(session, administrator, row.id, now=MORNING)
    joining = {
        "password": PASSWORD, "is_adult": True,
        "consents": ["store_and_share_profile", "checking_for_harm"],
    }  # fmt: skip
    said = set()
    async with client_of(app) as client:
        for number, code in enumerate((expired, ended, "never-was-one")):
            wish = joining | {"name": f"N {number}", "invitation": code}
            answer = await client.post("/api/v1/accounts", json=wish)
            said.add((answer.status_code, answer.text))
    assert len(said) == 1


async def test_invitations_cannot_be_guessed_at_length(app: FastAPI, house: House) -> None:
    """Every guess is a try at joining, whatever name it is made under."""
    joining = {
        "password": "x", "is_adult": True,
        "consents": ["store_and_share_profile", "checking_for_harm"],
    }  # fmt: skip
    statuses = []
    async with client_of(app) as client:
        for number in range(ALLOWED[Guess.JOIN].address + 1):
            wish = joining | {"name": f"N {number}", "invitation": f"GUES-S{number:03}-AAAA"}
            statuses.append((await client.post("/api/v1/accounts", json=wish)).status_code)
    assert 429 in statuses
    assert 201 not in statuses


# More than one was asked for


async def test_what_nobody_may_set_cannot_be_sent_along(
    app: FastAPI, database: Database, house: House
) -> None:
    async with database.unit_of_work(house.organisation_id) as session:
        administrator = house.people["administrator"].actor
        code = await invitations.make(session, administrator, uses=2, now=MORNING)
    form = {
        "name": "Mallory", "password": PASSWORD, "is_adult": "yes", "invitation": code,
        "consent.store_and_share_profile": "yes", "consent.checking_for_harm": "yes",
        "role": "administrator", "roles": "administrator", "standing": "active",
        "organisation_id": str(house.organisation_id), "id": str(house.ids["member"]),
        "joined_at": "2020-01-01T00:00:00Z", "is_demo": "1",
    }  # fmt: skip
    async with browser_of(app) as browser:
        joined = await browser.post("/join", data=form)
    assert joined.status_code == 200
    async with database.reading(house.organisation_id) as session:
        mallory = await accounts.by_name(session, "Mallory")
        assert mallory is not None
        assert mallory.id != house.ids["member"]
        assert mallory.joined_at == MORNING
        assert await roles.held_by(session, mallory.id) == frozenset()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/accounts", {"name": "N", "password": PASSWORD, "is_adult": True,
                                      "consents": [], "roles": ["administrator"]}),
        ("POST", "/api/v1/hellos", {"to": "{target}", "words": "Hi", "asker_id": "{bystander}"}),
        ("POST", "/api/v1/rooms/{room}/messages", {"client_id": "a", "text": "Hi", "sender": "x"}),
        ("PUT", "/api/v1/profile/wishes", {"is_paused": False, "is_unlisted": False,
                                           "wants_alike": False, "account_id": "{target}"}),
        ("PUT", "/api/v1/profile", {"version": 1, "document": {"account_id": "{target}"}}),
    ],
)  # fmt: skip
async def test_fields_that_are_not_asked_for_are_refused(
    app: FastAPI, house: House, method: str, path: str, body: dict[str, Any]
) -> None:
    filled = {
        key: value.format(**house.ids) if isinstance(value, str) and "{" in value else value
        for key, value in body.items()
    }
    async with client_of(app, house.people["member"]) as client:
        answer = await client.request(method, path.format(**house.ids), json=filled)
    assert answer.status_code == 422


async def test_a_profile_is_always_ones_own_whatever_it_says(app: FastAPI, house: House) -> None:
    member, target = house.people["member"], house.people["target"]
    document = {"id": str(target.id), "name": "Somebody Else", "blocked": [str(target.id)]}
    async with client_of(app, member) as client:
        saved = await client.put("/api/v1/profile", json={"version": 1, "document": document})
        own = (await client.get("/api/v1/profile")).json()["document"]
    async with client_of(app, target) as client:
        others = (await client.get("/api/v1/profile")).json()["document"]
    assert saved.status_code == 200
    assert (own["id"], own["name"], own["blocked"]) == (str(member.id), member.actor.name, [])
    assert house.mark in others["about"]


async def test_a_role_an_invitation_asks_for_names_who_made_it_and_does_not_count_yet(
    app: FastAPI, database: Database, house: House
) -> None:
    """Promise 31: whoever lets themselves in by an invitation of their own is seen doing it."""
    administrator = house.people["administrator"]
    async with client_of(app, administrator) as client:
        made = await client.post("/api/v1/invitations", json={"uses": 1, "role": "moderator"})
        joining = {
            "name": "Second Me", "password": PASSWORD, "is_adult": True,
            "consents": ["store_and_share_profile", "checking_for_harm"],
            "invitation": made.json()["code"],
        }  # fmt: skip
        joined = await client.post("/api/v1/accounts", json=joining)
        chain = (await client.get("/api/v1/audit")).json()["items"]
    granted = [line for line in chain if line["subject_id"] == joined.json()["account_id"]]
    assert [(line["kind"], line["actor_id"]) for line in granted] == [
        ("role_asked", str(administrator.id))
    ]


async def test_nobody_is_made_facilitator_of_all_groups_at_once(app: FastAPI, house: House) -> None:
    """The role has a group: without one it would open every group's requests and members."""
    async with client_of(app, house.people["administrator"]) as client:
        path = f"/api/v1/accounts/{house.ids['target']}/roles/facilitator"
        appointed = await client.put(path)
        invited = await client.post("/api/v1/invitations", json={"role": "facilitator"})
    async with client_of(app, house.people["target"]) as client:
        asked = await client.get(f"/api/v1/groups/{house.ids['group']}/requests")
    assert (appointed.status_code, invited.status_code, asked.status_code) == (422, 422, 403)


async def test_a_place_never_loses_its_last_administrator(app: FastAPI, house: House) -> None:
    administrator = house.people["administrator"]
    path = f"/api/v1/accounts/{administrator.id}/roles/administrator"
    async with client_of(app, administrator) as client:
        assert (await client.delete(path)).status_code == 409
        other = f"/api/v1/accounts/{house.ids['target']}/roles/administrator"
        assert (await client.put(other)).status_code == 202
        waiting = (await client.get("/api/v1/appointments")).json()["items"]
        (asked,) = [one for one in waiting if one["role"] == "administrator"]
        confirm = f"/api/v1/appointments/{asked['id']}"
        assert (await client.put(confirm, json={"is_confirmed": True})).status_code == 403
        async with client_of(app, house.people["moderator"]) as colleague:
            answer = await colleague.put(confirm, json={"is_confirmed": True})
            assert answer.status_code == 204
        assert (await client.delete(path)).status_code == 204
        assert (await client.get("/api/v1/audit")).status_code == 403


# Files and addresses


FILES: Final = (
        "/static/../pages.py", "/static/%2e%2e/pages.py", "/static/..%2fpages.py",
        "/static/%2e%2e%2f%2e%2e%2fpyproject.toml", "/static//etc/passwd",
        "/static/%2fetc%2fpasswd", "/static/....//pages.py", "/static/..%5cpages.py",
        "/static/%00", "/static/style.css%00.txt",
        "/static/", "/static", "/static/../static/../../beenthere/cli.py", "/static/" + "a" * 300,
        "/static/%ff%fe", "/worker.js/../pages.py",
)  # fmt: skip


async def test_nothing_is_served_but_our_own_static_files(app: FastAPI) -> None:
    async with client_of(app) as client:
        for path in FILES:
            address = httpx2.URL(ORIGIN + "/").copy_with(raw_path=path.encode())
            answer = await client.get(address)
            assert answer.status_code in {404, 405, 307}, path
            assert "import" not in answer.text
            assert "root:" not in answer.text


async def test_no_header_is_made_of_what_somebody_typed(
    app: FastAPI, database: Database, house: House
) -> None:
    await _with_password(database, house, "member")
    nasty = "/home\r\nX-Evil: yes\r\nSet-Cookie: a=b"
    form = {"name": f"member {house.mark}", "password": PASSWORD, "next": nasty}
    async with browser_of(app) as browser:
        answer = await browser.post("/sign-in", data=form)
        elsewhere = await browser.get("/tell-us%0d%0aX-Evil:yes")
    for one in (answer, elsewhere):
        assert "x-evil" not in one.headers
        assert "a=b" not in one.headers.get("set-cookie", "")
        assert "\n" not in one.headers.get("location", "")


@pytest.mark.parametrize(
    "name", ["a\nb", "a\r\nBcc: x@example.org", "a\u202eb", "a\u200bb", "a\x00b", "a\x1bb"]
)
async def test_a_name_holds_nothing_that_hides_or_breaks_a_line(
    name: str, database: Database
) -> None:
    try:
        shown = accounts.clean_name(name)
    except Invalid:
        return
    assert not re.search(r"[\x00-\x1f\u200b-\u200f\u202a-\u202e]", shown)


@pytest.mark.parametrize(
    "email",
    [
        "a@example.org\r\nBcc: b@example.org", "a@example.org,b@example.org", "<a@example.org>",
        "@", "a@b",
    ],
)  # fmt: skip
async def test_an_address_is_one_address_and_nothing_else(email: str, database: Database) -> None:
    with pytest.raises(Exception, match="e-mail"):
        accounts.clean_email(email)


async def test_a_name_that_looks_like_an_address_would_lock_its_owner_out(
    database: Database,
) -> None:
    """Signing in with an @ looks for an e-mail address: such a name could never sign in."""
    with pytest.raises(Exception, match="@"):
        accounts.clean_name("sam@example.org")


# What was folded, put away or kept back, by another way round

THREAT: Final = "Tea was nice. I will come round and break your legs on Friday. See you."
CUT: Final = "break your legs"


async def test_telling_us_shows_no_words_that_were_folded_or_put_away(
    app: FastAPI, house: House
) -> None:
    """Promise 1: that a person may report a message doesn't unfold it."""
    ids = house.ids
    async with client_of(app, house.people["member"]) as client:
        sent = await client.post(
            f"/api/v1/rooms/{ids['group_room']}/messages",
            json={"client_id": "threat", "text": THREAT},
        )
    async with browser_of(app, house.people["facilitator"]) as browser:
        talk = await browser.get(f"/talks/{ids['group_room']}")
        told = await browser.get(f"/tell-us?message={sent.json()['id']}")
        newest = await browser.get(f"/tell-us?talk={ids['group_room']}")
    assert "Tea was nice." in talk.text
    assert told.status_code == 200
    assert not any(CUT in page.text for page in (talk, told, newest))
    async with browser_of(app, house.people["suspended"]) as browser:
        hidden = await browser.get(f"/tell-us?message={ids['hidden']}")
    assert hidden.status_code == 200
    assert f"Third {house.mark}" not in hidden.text


async def test_a_report_still_carries_the_whole_words_as_evidence(
    app: FastAPI, house: House
) -> None:
    form = {"subject": f"message:{house.ids['hidden']}", "what": "threat"}
    async with browser_of(app, house.people["suspended"]) as browser:
        assert (await browser.post("/tell-us", data=form)).status_code == 200
    async with client_of(app, house.people["moderator"]) as client:
        path = f"/api/v1/cases/{house.ids['settled']}/look"
        case = (await client.post(path, json={"reason": "On shift"})).json()
    assert all(f"Third {house.mark}" in one["evidence"] for one in case["raised"])


async def test_a_folded_hello_is_cut_before_it_leaves_us(
    app: FastAPI, database: Database, house: House
) -> None:
    """A program gets no more to read than a page: the fold isn't its reader's to open."""
    distress_and_harm = "I can't go on. I want to die. I will break your legs if you don't answer."
    async with client_of(app, house.people["facilitator"]) as client:
        hello = {"to": str(house.ids["bystander"]), "words": distress_and_harm}
        sent = await client.post("/api/v1/hellos", json=hello)
    async with client_of(app, house.people["bystander"]) as client:
        (received,) = (await client.get("/api/v1/hellos/received")).json()["items"]
    assert sent.status_code == 201
    assert "I want to die" in received["words"]
    assert CUT not in received["words"]
    assert [received["words"][start:end] for start, end in received["folded"]] == ["[…]"]


async def test_a_profile_that_is_kept_back_is_in_no_introduction_and_no_hello(
    app: FastAPI, house: House
) -> None:
    """What screening keeps from peers is kept from whoever has the id, too."""
    target, ids = house.people["target"], house.ids
    kept_back = {"version": 1, "document": {"about": THREAT}}
    async with client_of(app, target) as client:
        saved = await client.put("/api/v1/profile", json=kept_back)
        await client.post("/api/v1/hellos", json={"to": str(ids["bystander"]), "words": "Hello"})
    assert saved.status_code == 200
    async with client_of(app, house.people["bystander"]) as client:
        offered = await client.get("/api/v1/offers")
        introduced = await client.get(f"/api/v1/people/{ids['target']}/introduction")
        received = await client.get("/api/v1/hellos/received")
    assert introduced.status_code == 404
    assert received.json()["items"]
    assert not any(CUT in one.text for one in (offered, introduced, received))


async def test_kinds_that_are_none_are_refused_when_telling_us(app: FastAPI, house: House) -> None:
    async with browser_of(app, house.people["member"]) as browser:
        for kind in ("account", "case", "__class__", ""):
            form = {"subject": f"{kind}:{house.ids['group']}", "what": ""}
            assert (await browser.post("/tell-us", data=form)).status_code == 422


# Words that would like to be markup

TAG: Final = "zzx"
HOSTILE: Final = f"""'"><{TAG} zzattr=1>{{{{7*7}}}}</textarea></script><script>zz()</script>"""


class _Tags(HTMLParser):
    """Counts what a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        inline = tag == "script" and "src" not in names
        if tag == TAG or "zzattr" in names or inline or any(n.startswith("on") for n in names):
            self.found.append(f"<{tag} {sorted(names)}>")


async def _say_hostile_things(app: FastAPI, house: House) -> None:
    """Put it wherever somebody may write, through the same doors as everybody."""
    ids, people = house.ids, house.people
    about = {
        "about": HOSTILE, "words_for_self": HOSTILE, "used": [HOSTILE[:100]],
        "wanted": [HOSTILE[:100]], "interests": [HOSTILE[:100]], "wont_talk_about": [HOSTILE[:100]],
        "experiences": [{"words": HOSTILE, "topic": HOSTILE[:100]}],
    }  # fmt: skip
    for name in ("member", "bystander", "target"):
        async with client_of(app, people[name]) as client:
            saved = await client.put("/api/v1/profile", json={"version": 1, "document": about})
            assert saved.status_code == 200, saved.text
    async with client_of(app, people["member"]) as client:
        for room in ("room", "group_room"):
            say = {"client_id": room, "text": HOSTILE, "note": HOSTILE[:90]}
            sent = await client.post(f"/api/v1/rooms/{ids[room]}/messages", json=say)
            assert sent.status_code in {201, 202}, sent.text
        reply = {"client_id": "r", "text": HOSTILE, "reply_to": str(ids["message_of_other"])}
        await client.post(f"/api/v1/rooms/{ids['room']}/messages", json=reply)
        await client.post("/api/v1/hellos", json={"to": str(ids["target"]), "words": HOSTILE})
        asked = await client.post(
            f"/api/v1/groups/{ids['other_group']}/requests", json={"note": HOSTILE}
        )
        assert asked.status_code == 202, asked.text
        again = await client.post(
            f"/api/v1/decisions/{ids['settled']}/look-again", json={"words": HOSTILE}
        )
        assert again.status_code == 202
    async with client_of(app, people["facilitator"]) as client:
        card = dict.fromkeys(("purpose", "for_whom", "about", "lived"), HOSTILE)
        card |= {"name": HOSTILE[:110]}
        path = f"/api/v1/groups/{ids['group']}"
        changed = await client.put(f"{path}/card", json={"version": 1, "card": card})
        assert changed.status_code == 204, changed.text
        muted = {"reason": HOSTILE, "minutes": 60}
        await client.post(f"{path}/members/{ids['member']}/mute", json=muted)
    async with client_of(app, people["moderator"]) as client:
        path = f"/api/v1/cases/{ids['case']}"
        await client.post(f"{path}/look", json={"reason": HOSTILE})
        await client.post(f"{path}/notes", json={"words": HOSTILE})


async def _hostile_names(database: Database, house: House) -> None:
    """Names are short; each is as nasty as fits."""
    async with database.unit_of_work(house.organisation_id) as session:
        for number, name in enumerate(
            ("member", "bystander", "target", "suspended", "facilitator")
        ):
            nasty = accounts.clean_name(f"\"'><{TAG} zzattr=1>{number}{{{{7*7}}}}")
            await session.execute(
                update(Account)
                .where(Account.id == house.ids[name])
                .values(name=nasty, name_key=accounts.name_key(nasty))
            )


def _pages(house: House) -> dict[str, tuple[str, ...]]:
    ids = house.ids
    talk, group = f"/talks/{ids['room']}", f"/groups/{ids['group']}"
    return {
        "member": (
            "/home", "/offers", "/hellos", "/talks", talk, f"{talk}?sent=3",
            f"{talk}?reply_to={ids['message_of_other']}", f"/talks/{ids['group_room']}", "/groups",
            group, "/about-me", "/about-me/as-others-see-me", "/my-data",
            f"/hellos/new?to={ids['bystander']}", f"/tell-us?message={ids['message_of_other']}",
            f"/decisions/{ids['settled']}",
        ),
        "suspended": (talk, f"/tell-us?message={ids['message']}"),
        "target": ("/home", "/hellos"),
        "facilitator": ("/home", group, f"/talks/{ids['group_room']}"),
        "other_facilitator": (f"/groups/{ids['other_group']}", "/home"),
        "moderator": ("/queue", f"/queue?tier={HOSTILE}", f"/staff/cases/{ids['case']}"),
        "administrator": ("/administration", "/home"),
        "stranger": (
            "/", f"/join?invitation={HOSTILE}", f"/sign-in?next={HOSTILE}", "/help",
            f"/o/{HOSTILE}", f"/o/{HOSTILE}/join", f"/{HOSTILE}",
        ),
    }  # fmt: skip


async def test_no_words_of_anybodys_become_markup_on_any_page(
    app: FastAPI, database: Database, house: House
) -> None:
    await _say_hostile_things(app, house)
    await _hostile_names(database, house)
    made, seen = [], 0
    for name, paths in _pages(house).items():
        async with browser_of(app, house.people.get(name)) as browser:
            for path in paths:
                answer = await browser.get(path)
                assert answer.status_code < 500, (name, path)
                tags = _Tags()
                tags.feed(answer.text)
                made += [(name, path, tag) for tag in tags.found]
                made += [(name, path, "49")] if ">49<" in answer.text else []
                seen += answer.text.count(f"&lt;{TAG}")
    assert made == []
    # It was there to be seen, escaped.
    assert seen > 30


async def test_words_that_come_back_with_a_fault_are_no_markup_either(
    app: FastAPI, house: House
) -> None:
    forms = {
        "/sign-in": {"name": HOSTILE, "password": "x", "next": HOSTILE},
        "/join": {"name": HOSTILE, "email": HOSTILE, "invitation": HOSTILE, "password": "x"},
        "/recover": {"name": HOSTILE, "recovery": HOSTILE, "password": "x"},
        f"/talks/{house.ids['room']}": {
            "text": HOSTILE * 60, "note": HOSTILE, "client_id": HOSTILE,
        },
        f"/hellos/new?to={house.ids['target']}": {"words": HOSTILE * 60},
        f"/groups/{house.ids['other_group']}/ask": {"words": HOSTILE * 60},
        "/about-me": {"do": "save", "age_band": HOSTILE, "about": HOSTILE, "used": HOSTILE,
                      "experience-0-words": HOSTILE, "experience-0-where": HOSTILE},
        "/first-words": {"words": HOSTILE * 400},
        "/tell-us": {"subject": HOSTILE, "what": HOSTILE, "note": HOSTILE},
    }  # fmt: skip
    async with browser_of(app, house.people["member"]) as browser:
        for path, form in forms.items():
            answer = await browser.post(path, data=form)
            tags = _Tags()
            tags.feed(answer.text)
            assert 400 <= answer.status_code < 500, (path, answer.status_code)
            assert tags.found == [], path


# What is answered beside the page


async def test_every_answer_carries_the_careful_headers(app: FastAPI, house: House) -> None:
    async with browser_of(app, house.people["member"]) as browser:
        for path in ("/home", "/api/v1/me", "/no-such-page", "/static/style.css", "/sign-in", "/"):
            headers = (await browser.get(path)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
            assert headers["strict-transport-security"].startswith("max-age=")
            assert headers["cache-control"] in {"no-store", "no-cache"}
            assert "server" not in headers


async def test_nobody_elses_page_may_read_ours(app: FastAPI, house: House) -> None:
    async with browser_of(app, house.people["member"]) as browser:
        answer = await browser.get("/api/v1/me", headers={"origin": "https://evil.example"})
        asked = await browser.options(
            "/api/v1/me",
            headers={"origin": "https://evil.example", "access-control-request-method": "PUT"},
        )
    for one in (answer, asked):
        assert not any(name.startswith("access-control") for name in one.headers)


async def test_a_fault_tells_nothing_of_the_inside(database_url: str, clock: Hand) -> None:
    app = app_on(database_url, clock)

    @app.get("/api/v1/breaks")
    async def breaks() -> None:
        raise RuntimeError("somebody's private words")

    async with client_of(app) as client:
        answer = await client.get("/api/v1/breaks")
    assert answer.status_code == 500
    assert "private" not in answer.text
    assert "Traceback" not in answer.text
