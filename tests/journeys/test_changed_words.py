"""Somebody says it otherwise, or takes it back: peers see what stands now."""

from uuid import UUID

import pytest

from chat import signs
from chat.kinds import Sign
from people.permissions import Actor, Role
from tests.journeys.town import Town

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


async def test_what_was_said_before_a_change_is_shown_only_in_a_case(town: Town) -> None:
    wren, marigold = await town.residents("Wren", "Marigold")
    mo = await town.resident("Mo", Role.MODERATOR)
    room_id = await town.talk(wren, marigold)
    sent = await marigold.say(room_id, "Honestly, nobody asked you to come.", "m1")
    otherwise = {"client_id": "m2", "text": "I find this hard.", "note": "a quarrel"}
    path = f"/rooms/{room_id}/messages/{sent['id']}"
    await marigold.put(path, otherwise)
    [first, *_] = await wren.history(room_id)
    assert (first["text"], first["note"]) == ("I find this hard.", "a quarrel")
    assert first["edited_at"]
    assert "nobody asked" not in str(await wren.history(room_id))
    await wren.post(f"/messages/{sent['id']}/concerns", {"reason": "unkind"}, status=202)
    case_id = (await mo.queue())[0]["id"]
    case = await mo.look(case_id)
    assert "nobody asked you to come" in str(case["window"])
    assert "nobody asked you to come" in await mo.browser.open(f"/staff/cases/{case_id}")
    # Taken back, the room has a line in its place; whoever looks still reads what it was about.
    await marigold.delete(f"/messages/{sent['id']}")
    assert (await wren.words(room_id))[0] is None
    again = await mo.look(case_id)
    assert again["raised"][0]["evidence"] == "I find this hard."
    assert [(was["text"][:12], was["is_taken_back"]) for was in again["window"][0]["former"]] == [
        ("Honestly, no", False), ("I find this ", True),
    ]  # fmt: skip


async def test_a_page_of_a_talk_holds_its_messages_however_many_signs_are_under_them(
    town: Town,
) -> None:
    wren, marigold = await town.residents("Wren", "Marigold")
    room_id = await town.talk(wren, marigold)
    said = [await wren.say(room_id, f"line {n}", f"c{n}") for n in range(6)]
    actor = Actor(UUID(marigold.id), town.organisation_id, "Marigold")
    where = UUID(room_id), UUID(said[-1]["id"])
    async with town.app.state.database.unit_of_work(town.organisation_id) as session:
        for sign in [*Sign, None] * 11:
            await signs.put(session, actor, *where, sign=sign, now=town.clock())
    assert "line 0" in await marigold.browser.open(f"/talks/{room_id}")
    await marigold.browser.press("Thank you", {})
    assert "Thank you: you." in marigold.browser.text
    assert "Thank you: Marigold." in await wren.browser.open(f"/talks/{room_id}")
    town.clock.pass_time(minutes=16)
    late = await wren.browser.open(f"/talks/{room_id}?change={said[0]['id']}")
    assert "more than 15 minutes ago" in late
