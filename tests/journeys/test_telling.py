"""Tell us: about whatever one can see, with its words attached, and an answer to who told."""

import pytest

from people.permissions import Role
from tests.journeys.town import Town

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


async def test_each_thing_one_can_tell_us_about_is_one_case_with_its_words(town: Town) -> None:
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    mo = await town.resident("Mo", Role.MODERATOR)
    leader, wren, rook, jay = await town.residents("Leader", "Wren", "Rook", "Jay")
    group_id = await town.group(keeper, leader, about="We sell tea.")
    await jay.tell(about="Buy my cure.")
    talk = await town.talk(wren, rook)
    await rook.say(talk, "You are nothing.", "r1")
    hello = await leader.post("/hellos", {"to": wren.id, "words": "Hello, dear, send a picture."})
    things = {
        "talk": (talk, "You are nothing."),
        "hello": (hello["id"], "Hello, dear, send a picture."),
        "group": (group_id, "We sell tea."),
        "profile": (jay.id, "Buy my cure."),
    }
    for kind, (which, words) in things.items():
        body = {"kind": kind, "id": which, "reason": "something_else"}
        for _ in range(2):
            await wren.post("/concerns", body, status=202)
        page = await wren.browser.open(f"/tell-us?{kind}={which}")
        assert words in page, kind
        await wren.browser.press("Tell us", {"what": "something_else"})
        assert "Thank you for telling us" in wren.browser.text
    rows = await mo.queue()
    assert sorted(row["subject_kind"] for row in rows) == ["group", "hello", "message", "profile"]
    read = [await mo.look(row["id"]) for row in rows]
    for _, words in things.values():
        assert any(words in case["raised"][0]["evidence"] for case in read)
    assert {len(case["raised"]) for case in read} == {1}, "telling twice is telling once"
    for case in read:
        await mo.post(
            f"/cases/{case['id']}/decision",
            {"version": case["version"], "steps": [{"kind": "nothing"}]},
        )
    outcomes = [words for words in await wren.told() if "what you told us" in words]
    assert len(outcomes) == 4
    unseen = {"kind": "talk", "id": talk, "reason": "unkind"}
    await jay.post("/concerns", unseen, status=404)
    desks_own = {"kind": "profile", "id": jay.id, "reason": "second_reader"}
    assert (await wren.post("/concerns", desks_own, status=422))["field"] == "what"


async def test_whoever_was_sent_an_invitation_can_tell_us_without_an_account(town: Town) -> None:
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    mo = await town.resident("Mo", Role.MODERATOR)
    code = (await keeper.post("/invitations", {"uses": 1}))["code"]
    phone = town.browser()
    assert "Is something wrong with this invitation?" in await phone.open(
        f"/join?invitation={code}"
    )
    await phone.open(f"/tell-us/invitation?code={code}")
    await phone.press("Tell us")
    assert "Please look at this again." in phone.text
    await phone.press("Tell us", {"what": "pressing", "note": "He sends one every day."})
    assert "Thank you for telling us" in phone.text
    (row,) = await mo.queue()
    case = await mo.look(row["id"])
    assert (row["subject_kind"], case["author_name"]) == ("invitation", "Keeper")
    assert case["raised"][0]["note"] == "He sends one every day."
    await phone.open("/tell-us/invitation?code=NONE-SUCH")
    await phone.press("Tell us", {"what": "pressing"})
    assert "That invitation doesn't work any more." in phone.text
