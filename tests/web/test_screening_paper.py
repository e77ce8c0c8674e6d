"""What brings somebody to look is set on a page, and counts in the next talk."""

from uuid import UUID

import pytest
from fastapi import FastAPI

from core.safety import Category
from moderation.documents import Screening
from tests.web.test_papers import _browser, _current, _filled

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
PAGE = "/administration/documents/screening"
LOOKS = {f"looks_{about.value}": "1" for about in Category}


async def test_numbers_and_words_are_saved_and_shown_again(
    app: FastAPI, organisation_id: UUID
) -> None:
    ada = await _browser(app, organisation_id)
    watched = "blue house: threat: where the fight was"
    typed = _filled((await ada.get(PAGE)).text) | LOOKS | {"looks_distress": "5"}
    saved = await ada.post(PAGE, data=typed | {"watched": watched})
    assert saved.status_code == 303, saved.text
    page = (await ada.get(saved.headers["location"])).text
    assert watched in page
    assert "Saved." in page
    found, version = await _current(app, organisation_id, Screening)
    assert (found.looks[Category.DISTRESS], version) == (5, 1)
    async with app.state.database.reading(organisation_id) as session:
        house = await app.state.safety.house(session)
    assert [one.words for one in house.watched] == ["blue house"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"looks_distress": "0"}, "for distress it can be"),
        ({"looks_hate": "3"}, "Input should be"),
        ({"watched": "blue house"}, "Line 1: please write"),
        ({"watched": "a: threat: b\nblue house: weather: rain"}, "Line 2: please write"),
        ({"watched": "x" * 201 + ": threat: long"}, "at most 200"),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field_and_kept(
    app: FastAPI, organisation_id: UUID, typed: dict[str, str], said: str
) -> None:
    ada = await _browser(app, organisation_id)
    asked = await ada.post(PAGE, data={"version": "0"} | LOOKS | typed)
    assert asked.status_code == 422
    assert said in asked.text
    for value in typed.values():
        assert value.splitlines()[0] in asked.text
    _, version = await _current(app, organisation_id, Screening)
    assert version == 0
