"""The organisation's own words, hours and lines, changed on pages by whoever runs the place."""

import csv
import io
import re
from uuid import UUID

import httpx2
import pytest
from app_factories import browser_of
from conftest import MORNING
from fastapi import FastAPI
from people_factories import sign_up

from matching.vocabulary import Vocabulary
from moderation.documents import CrisisDirectory, StaffedHours
from people import audit, documents, invitations
from people.permissions import Role

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
WORDS, HOURS = "/administration/documents/vocabulary", "/administration/documents/staffed-hours"
LINE = "/administration/directory/0/samaritans"


async def _browser(app: FastAPI, organisation_id: UUID, name: str = "Ada") -> httpx2.AsyncClient:
    held = (Role.ADMINISTRATOR,)
    ada = await sign_up(app.state.database, organisation_id, name, now=MORNING, roles_held=held)
    return browser_of(app, ada)


def _filled(page: str) -> dict[str, str]:
    """What a form would post as it came."""
    fields = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page))
    for tag in re.findall(r'<input type="checkbox"[^>]*>', page):
        name = re.search(r'name="(\w+)"', tag)
        assert name is not None
        fields.pop(name[1], None)
        if " checked" in tag:
            fields[name[1]] = "yes"
    areas = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return {key: _plain(value) for key, value in {**fields, **dict(areas)}.items()}


def _plain(html: str) -> str:
    return html.replace("&#39;", "'").replace("&amp;", "&").replace("&#34;", '"')


async def _current(app: FastAPI, organisation_id: UUID, model):
    async with app.state.database.reading(organisation_id) as session:
        return await documents.current(session, model), await documents.version(session, model)


@pytest.mark.parametrize(("path", "model"), [(WORDS, Vocabulary), (HOURS, StaffedHours)])
async def test_what_is_saved_as_it_came_says_what_it_said(
    app: FastAPI, organisation_id: UUID, path: str, model
) -> None:
    ada = await _browser(app, organisation_id)
    before, _ = await _current(app, organisation_id, model)
    saved = await ada.post(path, data=_filled((await ada.get(path)).text))
    assert saved.status_code == 303, saved.text
    assert "Saved." in (await ada.get(saved.headers["location"])).text
    after, version = await _current(app, organisation_id, model)
    assert (after.model_copy(update={"review": before.review}), version) == (before, 1)
    async with app.state.database.reading(organisation_id) as session:
        assert await audit.verify(session, organisation_id) is None


async def test_hours_are_said_on_every_page_from_now_on(
    app: FastAPI, organisation_id: UUID
) -> None:
    ada = await _browser(app, organisation_id)
    typed = _filled((await ada.get(HOURS)).text)
    await ada.post(HOURS, data=typed | {"wed": "9–12.30, 14:00 - 23:30"})
    hours, _ = await _current(app, organisation_id, StaffedHours)
    assert [f"{one.start:%H:%M}-{one.end:%H:%M}" for one in hours.hours["wed"]] == [
        "09:00-12:30", "14:00-23:30",
    ]  # fmt: skip
    assert "Somebody is on shift until" in (await ada.get("/home")).text


async def test_of_two_windows_the_second_is_told_and_keeps_its_words(
    app: FastAPI, organisation_id: UUID
) -> None:
    ada, ben = [await _browser(app, organisation_id, name) for name in ("Ada", "Ben")]
    first, second = [_filled((await one.get(WORDS)).text) for one in (ada, ben)]
    assert (await ada.post(WORDS, data=first | {"topics": "grief: loss"})).status_code == 303
    told = await ben.post(WORDS, data=second | {"topics": "farming"})
    assert told.status_code == 409
    assert "Somebody else saved this while you were writing" in told.text
    assert _filled(told.text) == {"version": "1", "topics": "farming"}
    assert (await _current(app, organisation_id, Vocabulary))[0].topics[0].name == "grief"
    assert (await ben.post(WORDS, data=_filled(told.text))).status_code == 303
    assert (await _current(app, organisation_id, Vocabulary))[1] == 2


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        (WORDS, {"topics": "grief\n: loss"}, "Line 2: each line begins with a name"),
        (WORDS, {"topics": "grief\nGrief: loss"}, "Line 2: each line begins with a name"),
        (HOURS, {"mon": "nine to five"}, "Monday: please write hours like"),
        (HOURS, {"tue": "25:00-26:00"}, "Tuesday: please write hours like"),
        (HOURS, {"timezone": "Mars/Base"}, "there is no time zone called Mars/Base"),
        (HOURS, {"closed_on": "Christmas"}, "2026-12-25"),
        (HOURS, {"easy_nobody_here": ""}, 'href="#easy_nobody_here"'),
        (LINE, {"web": "javascript:alert(1)"}, 'href="#web"'),
        (LINE, {"tel": "ring us"}, 'href="#tel"'),
        (LINE, {"always": "", "day_mon": "yes", "from": "9", "to": ""}, 'href="#from"'),
        (LINE, {"always": ""}, "on which days"),
        (LINE, {"tel": "", "number": "", "email": "", "web": ""}, "at least one way"),
        ("/administration/directory", {"tel": "", "display": ""}, 'href="#tel"'),
    ],
)  # fmt: skip
async def test_a_wrong_document_is_refused_with_its_field_and_nothing_changes(
    app: FastAPI, organisation_id: UUID, path: str, typed: dict[str, str], said: str
) -> None:
    ada = await _browser(app, organisation_id)
    form = _filled((await ada.get(path)).text) | typed
    refused = await ada.post(path, data=form)
    assert refused.status_code == 422
    assert said in refused.text
    assert _filled(refused.text)["version"] == "0"
    for model in (Vocabulary, StaffedHours, CrisisDirectory):
        assert (await _current(app, organisation_id, model))[1] == 0


async def test_the_directory_is_kept_line_by_line_and_help_shows_it(
    app: FastAPI, organisation_id: UUID
) -> None:
    ada = await _browser(app, organisation_id)
    typed = _filled((await ada.get(LINE)).text)
    assert (await ada.post(LINE, data=typed | {"name": "The Samaritans"})).status_code == 303
    new = "/administration/directory/0/new"
    ours = {
        "version": "1", "name": "Our own line", "what": "One of us answers.",
        "tel": "+44 20 7946 0000",
        "hours_words": "Evenings", "day_mon": "yes", "from": "18:00", "to": "22:00",
        "for_whom": "Anyone", "languages": "en",
    }  # fmt: skip
    assert (await ada.post(new, data=ours)).status_code == 303
    first = {"version": "2", "words": "In danger? Ring 112.", "tel": "112", "display": "112"}
    assert (await ada.post("/administration/directory", data=first)).status_code == 303
    page = (await browser_of(app).get("/help")).text
    assert 'href="sms:85258?body=SHOUT"' in page
    assert 'href="tel:112"' in page
    assert 'href="tel:+442079460000"' in page
    assert "The Samaritans" in page
    assert (await ada.get("/administration/directory/0/our-own-line")).status_code == 200
    gone = {"version": "3", "do": "remove"}
    assert (
        await ada.post("/administration/directory/0/our-own-line", data=gone)
    ).status_code == 303
    assert "Our own line" not in (await browser_of(app).get("/help")).text
    directory, _ = await _current(app, organisation_id, CrisisDirectory)
    line = next(one for one in directory.regions[0].services if one.id == "samaritans")
    assert line.last_reviewed == MORNING.date()


@pytest.mark.parametrize("path", ["/99/samaritans", "/0/nobody", "/-1/samaritans"])
async def test_a_line_that_is_not_there_is_not_found(
    app: FastAPI, organisation_id: UUID, path: str
) -> None:
    ada = await _browser(app, organisation_id)
    for answer in (
        await ada.get(f"/administration/directory{path}"),
        await ada.post(f"/administration/directory{path}", data={"version": "0"}),
    ):
        assert answer.status_code == 404


async def test_invitations_are_made_by_the_dozen_and_shown_once(
    app: FastAPI, organisation_id: UUID
) -> None:
    ada = await _browser(app, organisation_id)
    many = "/administration/invitations/many"
    page = await ada.post(many, data={"count": "12", "as": "page"})
    table = await ada.post(many, data={"count": "3", "as": "csv"})
    slips = re.findall(r"<b>([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})</b>", page.text)
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert (len(set(slips)), len(rows)) == (12, 3)
    assert rows[0]["link"].endswith(f"/join?invitation={rows[0]['code']}")
    for count in ("0", "201", "many", "-1"):
        refused = await ada.post(many, data={"count": count})
        assert refused.status_code == 422
        assert "1 to 200" in refused.text
    mac = await sign_up(app.state.database, organisation_id, "Mac", now=MORNING)
    async with app.state.database.unit_of_work(organisation_id) as session:
        for code in (slips[0], rows[0]["code"]):
            await invitations.take(session, code, mac.id, now=MORNING)
            with pytest.raises(invitations.NotAnInvitation):
                await invitations.take(session, code, mac.id, now=MORNING)


async def test_the_table_of_who_is_here_runs_nothing_and_tells_no_words(
    app: FastAPI, organisation_id: UUID
) -> None:
    ada = await _browser(app, organisation_id)
    await sign_up(app.state.database, organisation_id, "=HYPERLINK(1)", now=MORNING)
    answer = await ada.post("/administration/people")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert rows == [
        ["name", "joined_on", "standing", "roles"],
        ["'=HYPERLINK(1)", "2026-03-04", "active", ""],
        ["Ada", "2026-03-04", "active", "administrator"],
    ]
