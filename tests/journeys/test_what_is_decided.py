"""What a moderator can do to somebody: several things at once, each told, each taken back."""

from dataclasses import dataclass
from typing import Any

import pytest

from people.permissions import Role
from tests.journeys.town import Resident, Town

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
DAY = 24 * 60
PASSWORD = "harbour lantern biscuit 7"


@dataclass
class Harbour:
    """Wren and Marigold talk, in private and in a group; Mo, Max and Meg are on shift."""

    town: Town
    keeper: Resident
    leader: Resident
    mo: Resident
    max: Resident
    meg: Resident
    wren: Resident
    marigold: Resident
    room_id: str
    group_id: str
    tea_id: str
    said: int = 0

    async def told_about(self, room_id: str) -> str:
        """Marigold says something, Wren tells us; return the case."""
        self.said += 1
        sent = await self.marigold.say(room_id, f"You are daft, {self.said}.", f"d{self.said}")
        await self.wren.post(f"/messages/{sent['id']}/concerns", {"reason": "hate"})
        return str((await self.mo.queue())[0]["id"])

    async def decide(
        self, who: Resident, case_id: str, *steps: dict[str, Any], status: int = 204, **more: Any
    ) -> Any:
        case = await who.look(case_id)
        body = {"version": case["version"], "steps": steps, "rule": "kind"} | more
        return await who.post(f"/cases/{case_id}/decision", body, status=status)

    async def undo(self, who: Resident, case_id: str, kind: str) -> None:
        done = (await who.look(case_id))["done"]
        found = next(one for one in done if one["kind"] == kind and one["can_be_undone"])
        await who.post(f"/effects/{found['id']}/undo")


@pytest.fixture
async def here(town: Town) -> Harbour:
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    mo, max_, meg = [await town.resident(name, Role.MODERATOR) for name in ("Mo", "Max", "Meg")]
    leader, wren, marigold = await town.residents("Leader", "Wren", "Marigold")
    room_id = await town.talk(wren, marigold)
    group_id = await town.group(keeper, leader)
    for one in (wren, marigold):
        await one.put(f"/groups/{group_id}/place")
    tea_id = await town.room_of(wren, group_id)
    return Harbour(town, keeper, leader, mo, max_, meg, wren, marigold, room_id, group_id, tea_id)


async def test_a_warning_a_place_and_private_talks_in_one_decision_each_taken_back(
    here: Harbour,
) -> None:
    marigold, wren = here.marigold, here.wren
    case_id = await here.told_about(here.tea_id)
    steps = [{"kind": "warn"}, {"kind": "out_of_group"}, {"kind": "restrict", "minutes": DAY}]
    unnamed = await here.decide(here.mo, case_id, *steps, rule=None, status=422)
    assert unnamed["field"] == "rule", "promise 31: no warning without a rule"
    await here.decide(here.mo, case_id, *steps)
    told = (await marigold.told())[-1]
    for words in ("This is a warning.", "not in that group any more", "talk in groups, but not"):
        assert words in told
    assert "kind" in told.lower()
    assert "The team has asked Marigold not to be in Tea and telly." in str(
        await here.leader.told()
    )
    assert (await marigold.put(f"/groups/{here.group_id}/place", status=409))["code"] == "ask_first"
    quiet = await marigold.say(here.room_id, "Are you there?", "m1", status=403)
    assert quiet["code"] == "muted"
    hello = {"to": here.leader.id, "words": "Hello, would you like to?"}
    refused = await marigold.post("/hellos", hello, status=409)
    assert "not with one person alone" in refused["detail"]
    assert marigold.id not in str(await here.leader.get("/offers")), "and is offered to nobody"
    assert "write again from" in await marigold.browser.open(f"/talks/{here.room_id}")

    for kind in ("warn", "out_of_group", "restrict"):
        await here.undo(here.max, case_id, kind)
    after = await marigold.told()
    assert "We've taken back the warning. It doesn't count any more." in after
    assert "You have your place in the group again." in after
    assert "You can talk with one person alone again." in after
    await marigold.say(here.tea_id, "Hello again.", "m2")
    await marigold.say(here.room_id, "Hello again.", "m3")
    assert (await wren.words(here.room_id))[-1] == "Hello again."
    assert await here.town.audit_holds()


async def test_private_talks_come_back_by_themselves(here: Harbour) -> None:
    case_id = await here.told_about(here.room_id)
    await here.decide(here.mo, case_id, {"kind": "restrict", "minutes": DAY})
    here.town.clock.pass_time(minutes=DAY)
    await here.town.sweep()
    assert "You can talk with one person alone again." in await here.marigold.told()
    await here.marigold.say(here.room_id, "Hello again.", "m1")


async def test_a_kind_word_is_no_warning_needs_words_and_is_taken_back(here: Harbour) -> None:
    case_id = await here.told_about(here.room_id)
    empty = await here.decide(here.mo, case_id, {"kind": "guide"}, rule=None, status=422)
    assert empty["field"] == "reason_words"
    words = "We leave each other room here. It was a hard night, I know."
    await here.decide(here.mo, case_id, {"kind": "guide"}, rule=None, reason_words=words)
    told = (await here.marigold.told())[-1]
    assert words in told
    assert "This isn't a warning, and it isn't held against you." in told
    await here.undo(here.max, case_id, "guide")
    assert (await here.marigold.told())[-1].startswith("We've taken back the note")


async def test_promise_19_who_talks_with_somebody_paused_hears_kindly_and_is_offered_others(
    here: Harbour,
) -> None:
    (friend,) = await here.town.residents("Friend")
    await here.town.talk(here.marigold, friend)
    await friend.tell(capacity=1)
    assert (await friend.get("/offers"))["people"] == []
    case_id = await here.told_about(here.room_id)
    await here.decide(here.mo, case_id, {"kind": "suspend", "minutes": 2 * DAY})
    assert not [words for words in await friend.told() if "Marigold can't write" in words]
    here.town.clock.pass_time(minutes=59)
    (told,) = [words for words in await friend.told() if "Marigold can't write" in words]
    assert "It isn't because of anything you said" in told
    assert (await friend.get("/offers"))["people"], "and somebody new, in the place that is free"
    assert "Marigold can't write" not in str(await here.wren.told()), "who told us hears an outcome"
    here.town.clock.pass_time(days=2)
    await here.town.sweep()
    assert (await friend.told())[-1] == "Marigold can write here again."


async def test_promise_19_a_slip_undone_at_once_is_told_to_nobody(here: Harbour) -> None:
    (friend,) = await here.town.residents("Friend")
    await here.town.talk(here.marigold, friend)
    case_id = await here.told_about(here.room_id)
    await here.decide(here.mo, case_id, {"kind": "suspend", "minutes": DAY})
    await here.undo(here.mo, case_id, "suspend")
    here.town.clock.pass_time(hours=2)
    assert "Marigold can" not in str(await friend.told())


async def test_nobody_reads_that_they_may_write_where_something_else_still_keeps_them(
    here: Harbour,
) -> None:
    case_id = await here.told_about(here.room_id)
    steps = [{"kind": "mute", "minutes": DAY}, {"kind": "restrict", "minutes": 3 * DAY}]
    await here.decide(here.mo, case_id, *steps)
    here.town.clock.pass_time(minutes=DAY)
    await here.town.sweep()
    assert "You can write in the talk again." not in await here.marigold.told()
    assert "For now you still talk in groups only" in (await here.marigold.told())[-1]
    assert (await here.marigold.say(here.room_id, "Hi", "m1", status=403))["code"] == "muted"
