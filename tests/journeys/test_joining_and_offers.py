"""Somebody joins, says what they would like someone to understand, and is offered people and
at least one group, each with reasons that are true. No e-mail, no diagnosis.
"""

from typing import Any

import pytest

from matching import reasons
from matching.documents import GroupDocument, Person
from matching.reasons import Reason
from people.permissions import Role
from tests.journeys.town import Resident, Town

pytestmark = pytest.mark.anyio

PASSWORD = "harbour lantern biscuit 7"
NEWCOMER = {
    "name": "Wren",
    "password": PASSWORD,
    "is_adult": True,
    "consents": ["store_and_share_profile", "checking_for_harm", "noticing_distress"],
}
VOICES = {"topic": "hearing voices", "where": "living_it", "words": "Mostly on buses."}
FURTHER = {"topic": "hearing voices", "where": "further_along", "words": "Thirty years of them."}


async def _settled(town: Town) -> tuple[Resident, Resident, Resident]:
    """A place with an administrator, two people to meet, and a group."""
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    marigold, sam = await town.residents("Marigold", "Sam")
    await marigold.tell(
        about="I sing in a choir, and I hear extra.",
        experiences=[FURTHER],
        used=["naming five green things"],
        interests=["choirs", "allotments"],
        can_offer=["listen"],
    )
    await sam.tell(about="I walk dogs.", experiences=[VOICES], interests=["dogs"])
    await town.group(
        keeper, marigold, name="Voices and tea", purpose="For people who hear voices.",
        for_whom="Anybody who hears more than others do.", topics=["hearing voices"],
    )  # fmt: skip
    return keeper, marigold, sam


async def _document(who: Resident) -> Person:
    return Person.model_validate((await who.get("/profile"))["document"])


def _reason(said: dict[str, Any]) -> Reason:
    return Reason(said["kind"], said["sentence"], said["contribution"], tuple(said["facts"]))


async def test_somebody_joins_with_an_invitation_and_meets_people_and_a_group(town: Town) -> None:
    keeper, *_ = await _settled(town)
    stranger = town.api()
    refused = await stranger.post("/api/v1/accounts", json=NEWCOMER)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")

    code = (await keeper.post("/invitations", {"uses": 1}))["code"]
    joined = await stranger.post("/api/v1/accounts", json=NEWCOMER | {"invitation": code})
    assert joined.status_code == 201
    welcome = joined.json()
    assert len(set(welcome["recovery_codes"])) == 8
    again = await stranger.post(
        "/api/v1/accounts", json=NEWCOMER | {"name": "Another", "invitation": code}
    )
    assert (again.status_code, again.json()["code"]) == (422, "invitation")

    wren = Resident("Wren", welcome["account_id"], welcome["token"], stranger, town.browser())
    stranger.headers["authorization"] = f"Bearer {wren.token}"
    assert (await wren.get("/me"))["name"] == "Wren"
    await wren.tell(
        about="Some days the bus is louder than the people on it.",
        experiences=[VOICES],
        wanted=["naming five green things"],
        interests=["allotments"],
        looking_for=["listen"],
    )
    offers = await wren.get("/offers")
    assert [person["name"] for person in offers["people"]] == ["Marigold", "Sam"]
    assert [group["name"] for group in offers["groups"]] == ["Voices and tea"]
    assert offers["small_line"]


async def test_every_reason_is_true_of_both_and_both_wrote_it_themselves(town: Town) -> None:
    _, marigold, sam = await _settled(town)
    wren = await town.resident("Wren")
    await wren.tell(
        experiences=[VOICES],
        wanted=["naming five green things"],
        interests=["allotments", "dogs"],
        looking_for=["listen"],
    )
    mine = await _document(wren)
    theirs = {one.id: await _document(one) for one in (marigold, sam)}
    offers = await wren.get("/offers")
    assert {person["id"] for person in offers["people"]} == theirs.keys()
    for person in offers["people"]:
        assert person["reasons"]
        for said in person["reasons"]:
            assert reasons.is_true(_reason(said), mine, theirs[person["id"]])
            assert said["kind"] == "told_little" or said["facts"]
    told = offers["groups"][0]
    card = (await wren.get(f"/groups/{told['id']}"))["card"]
    group = GroupDocument(
        id=told["id"], name=card["name"], purpose=card["purpose"], for_whom=card["for_whom"],
        experiences=tuple({"topic": topic} for topic in card["topics"]),
    )  # fmt: skip
    assert told["reasons"]
    assert all(reasons.is_true(_reason(said), mine, group) for said in told["reasons"])


async def test_promise_33_nobody_has_to_tell_anything_to_be_offered_people(town: Town) -> None:
    await _settled(town)
    quiet = await town.resident("Quiet")
    offers = await quiet.get("/offers")
    assert len(offers["people"]) == 2
    assert len(offers["groups"]) >= 1


async def test_somebody_in_two_organisations_is_nobody_in_the_other(town: Town) -> None:
    await _settled(town)
    elsewhere = await town.another_organisation()
    stranger = await town.resident("Stranger", organisation_id=elsewhere)
    offers = await stranger.get("/offers")
    assert (offers["people"], offers["groups"]) == ([], [])


async def test_promise_33_on_an_old_phone_from_the_door_to_the_first_offer(town: Town) -> None:
    await _settled(town)
    await town.open_joining()
    phone = town.browser()
    assert "Voices and tea" in await phone.open("/")
    await phone.follow("Join")
    await phone.press("Join", {"name": "Wren", "password": "short"})
    assert phone.status == 422
    assert "Wren" in phone.form("Join")[0].values["name"]
    ticked: dict[str, str | list[str]] = {
        name: "yes" for name in phone.form("Join")[0].choices if name != "consent.email_notices"
    }
    shown = await phone.press("Join", {"name": "Wren", "password": PASSWORD} | ticked)
    assert shown.count("-") >= 16, "eight recovery words, once"
    await phone.open("/first-words")
    await phone.press(
        "Show me people and groups", {"words": "I hear voices, mostly on buses and in queues."}
    )
    assert phone.address == "/offers"
    assert "Marigold" in phone.text
    assert "Voices and tea" in phone.text
    await phone.open("/about-me")
    about = phone.form("Save")[0].values["about"]
    assert about == ["I hear voices, mostly on buses and in queues."]


async def test_about_me_is_filled_in_on_an_old_phone_and_nothing_typed_is_lost(town: Town) -> None:
    _, marigold, _ = await _settled(town)
    wren = await town.resident("Wren")
    phone = wren.browser
    await phone.open("/about-me")
    first = {"experience-0-words": "Voices.", "experience-0-topic": "hearing voices"}
    await phone.press("Add another", first | {"interests": "allotments\nchoirs"})
    assert phone.form("Save")[0].values["experience-0-words"] == ["Voices."]
    second = {"experience-1-words": "My nan.", "experience-1-topic": "grief"}
    await phone.press("Save", second)
    assert "Saved" in phone.text
    document = (await wren.get("/profile"))["document"]
    assert [one["topic"] for one in document["experiences"]] == ["hearing voices", "grief"]
    assert document["interests"] == ["allotments", "choirs"]
    assert "You've both lived with hearing voices." in await phone.open("/offers")
    assert marigold.name in phone.text


async def test_not_now_sets_somebody_aside_and_nobody_is_told(town: Town) -> None:
    _, marigold, sam = await _settled(town)
    wren = await town.resident("Wren")
    await wren.browser.open("/offers")
    await wren.browser.press("Not now", at=marigold.id)
    assert "Marigold" not in [person["name"] for person in (await wren.get("/offers"))["people"]]
    assert await marigold.told() == ["You look after Voices and tea now. Thank you."]
    await wren.delete("/offers/answers")
    assert len((await wren.get("/offers"))["people"]) == 2
    assert await sam.told() == []


async def test_a_lost_password_is_no_end_a_recovery_word_leads_back_in(town: Town) -> None:
    await _settled(town)
    await town.open_joining()
    stranger = town.api()
    welcome = (await stranger.post("/api/v1/accounts", json=NEWCOMER)).json()
    back = {
        "name": "wren",
        "code": welcome["recovery_codes"][0].lower(),
        "password": PASSWORD[::-1],
    }
    answer = await stranger.post("/api/v1/recoveries", json=back)
    assert answer.status_code == 201
    twice = await stranger.post("/api/v1/recoveries", json=back)
    assert twice.status_code == 422
    stale = await stranger.get(
        "/api/v1/me", headers={"authorization": f"Bearer {welcome['token']}"}
    )
    assert (stale.status_code, stale.json()["code"]) == (401, "not_signed_in")
    fresh = await stranger.post(
        "/api/v1/sign-ins", json={"name": "Wren", "password": PASSWORD[::-1]}
    )
    assert fresh.status_code == 201
