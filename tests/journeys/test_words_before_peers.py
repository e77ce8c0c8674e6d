"""All that others may read of somebody is looked at before they read it, wherever it was typed."""

from typing import Any

import pytest

from people.permissions import Role
from tests.journeys.sayings import ABUSE, QUIETER
from tests.journeys.town import Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

VOICES = {"topic": "hearing voices"}


def _typed(words: str) -> dict[str, dict[str, Any]]:
    """Every way that words get into a document and may be read by others."""
    return {
        "used": {"used": [words]},
        "wanted": {"wanted": [words]},
        "interests": {"interests": [words]},
        "words_for_self": {"words_for_self": words},
        "about": {"about": words},
        "experience": {"experiences": [VOICES | {"words": words}]},
        "topic": {"experiences": [VOICES, {"topic": words}]},
    }


@pytest.mark.parametrize("where", _typed(""))
async def test_what_would_harm_somebody_is_read_by_nobody_wherever_it_is_typed(
    town: Town, where: str
) -> None:
    ada, ben = await town.residents("Ada", "Ben")
    for one in (ada, ben):
        await one.tell(experiences=[VOICES])
    await ada.post("/hellos", {"to": ben.id, "words": "Hello there."})
    # What a reason or a starter would quote is what both have written.
    for one in (ben, ada):
        await one.tell(**_typed(ABUSE)[where])
    [received] = (await ben.get("/hellos/received"))["items"]
    assert (received["words_for_self"], received["about"], received["because"]) == ("", "", [])
    await ben.get(f"/people/{ada.id}/introduction", status=404)
    cem = await town.resident("Cem")
    await cem.tell(experiences=[VOICES])
    assert (await cem.get("/offers"))["people"] == []


async def test_whoever_is_shown_to_nobody_reads_so_and_what_they_can_do(town: Town) -> None:
    ada = await town.resident("Ada")
    await ada.tell(experiences=[VOICES])
    kept_back = "Nobody is shown this yet"
    assert kept_back not in await ada.browser.open("/about-me")
    await ada.tell(interests=["ring me on 07700 900123"])
    for path in ("/about-me", "/about-me/as-others-see-me"):
        assert kept_back in await ada.browser.open(path)
    assert (await ada.get("/profile"))["is_kept_back"]
    await ada.tell(interests=["pigeons"])
    assert kept_back not in await ada.browser.open("/about-me")


async def test_a_topic_by_the_organisations_own_name_is_nobodys_words(town: Town) -> None:
    keeper = await town.resident("Keeper", Role.MODERATOR)
    ada = await town.resident("Ada")
    await ada.tell(experiences=[{"topic": "thoughts of suicide"}])
    assert await keeper.queue() == []
    await ada.tell(interests=[QUIETER[0]])
    assert len(await keeper.queue()) == 1


async def test_own_distress_reaches_peers_from_wherever_it_was_typed(town: Town) -> None:
    ada, ben = await town.residents("Ada", "Ben")
    await ada.tell(experiences=[VOICES], used=[QUIETER[0]])
    await ben.tell(experiences=[VOICES])
    assert [one["id"] for one in (await ben.get("/offers"))["people"]] == [ada.id]
