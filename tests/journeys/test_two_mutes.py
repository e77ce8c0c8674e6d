"""A facilitator's quiet time and a moderator's: neither cuts short or lifts the other's."""

from dataclasses import dataclass

import pytest

from beenthere import schema
from people.permissions import Role
from tests.journeys.town import Resident, Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

HOUR, DAY = 60, 24 * 60


@dataclass
class Tea:
    """A group in which Wren said something that a moderator may look at."""

    town: Town
    leader: Resident
    mo: Resident
    wren: Resident
    group_id: str
    room_id: str
    tries: int = 0

    async def facilitator_mutes(self, minutes: int) -> None:
        body = {"reason": "A pause.", "minutes": minutes}
        await self.leader.post(f"/groups/{self.group_id}/members/{self.wren.id}/mute", body)

    async def facilitator_lets_write(self) -> None:
        await self.leader.post(f"/groups/{self.group_id}/members/{self.wren.id}/unmute")

    async def moderator_mutes(self, minutes: int) -> str:
        """Return the case."""
        said = await self.wren.say(self.room_id, "Your name is daft.", "c1")
        await self.leader.post(f"/messages/{said['id']}/concerns", {"reason": "threat"})
        [waiting] = await self.mo.queue()
        await self.decide(waiting["id"], minutes)
        return str(waiting["id"])

    async def decide(self, case_id: str, minutes: int) -> None:
        case = await self.mo.look(case_id)
        steps = [{"kind": "mute", "minutes": minutes}]
        decision = {"version": case["version"], "steps": steps, "rule": "no_harm"}
        await self.mo.post(f"/cases/{case_id}/decision", decision)

    async def moderator_undoes(self, case_id: str) -> None:
        [effect] = (await self.mo.look(case_id))["done"]
        await self.mo.post(f"/effects/{effect['id']}/undo")

    async def is_quiet(self) -> bool:
        """Whether Wren can't write now: tried out, and the same on the page of the talk."""
        self.tries += 1
        body = {"client_id": f"t{self.tries}", "text": "Hello?"}
        answer = await self.wren.api.post(f"/api/v1/rooms/{self.room_id}/messages", json=body)
        is_refused = answer.json().get("code") == "muted"
        page = await self.wren.browser.open(f"/talks/{self.room_id}")
        assert ("You can read here, and write again from" in page) is is_refused
        return is_refused


@pytest.fixture
async def tea(town: Town) -> Tea:
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    mo = await town.resident("Mo", Role.MODERATOR)
    leader, wren = await town.residents("Leader", "Wren")
    group_id = await town.group(keeper, leader)
    await wren.put(f"/groups/{group_id}/place")
    return Tea(town, leader, mo, wren, group_id, await town.room_of(wren, group_id))


async def test_a_facilitators_hour_does_not_cut_short_a_moderators_day(tea: Tea) -> None:
    await tea.moderator_mutes(DAY)
    await tea.facilitator_mutes(HOUR)
    tea.town.clock.pass_time(minutes=HOUR + 1)
    assert await tea.is_quiet()
    tea.town.clock.pass_time(minutes=DAY)
    await tea.town.sweep()
    assert not await tea.is_quiet()


async def test_a_facilitator_does_not_lift_what_a_moderator_decided(tea: Tea) -> None:
    await tea.moderator_mutes(DAY)
    await tea.facilitator_mutes(2 * DAY)
    await tea.facilitator_lets_write()
    assert await tea.is_quiet()
    tea.town.clock.pass_time(minutes=DAY)
    await tea.town.sweep()
    assert not await tea.is_quiet()
    assert "You can write in the talk again." in await tea.wren.told()


@pytest.mark.parametrize("ends", ["undone", "over"])
async def test_what_a_moderator_ends_leaves_the_facilitators_time_running(
    tea: Tea, ends: str
) -> None:
    case_id = await tea.moderator_mutes(HOUR)
    await tea.facilitator_mutes(DAY)
    if ends == "undone":
        await tea.moderator_undoes(case_id)
    else:
        tea.town.clock.pass_time(minutes=HOUR)
        await tea.town.sweep()
    assert await tea.is_quiet()
    assert "you still can't write for a while" in (await tea.wren.told())[-1]
    tea.town.clock.pass_time(minutes=DAY)
    assert not await tea.is_quiet()


async def test_on_the_groups_page_stands_what_the_facilitator_can_end(tea: Tea) -> None:
    page = f"/groups/{tea.group_id}"
    await tea.moderator_mutes(DAY)
    assert "Let Wren write again" not in await tea.leader.browser.open(page)
    await tea.facilitator_mutes(HOUR)
    assert "Let Wren write again" in await tea.leader.browser.open(page)
    tea.town.clock.pass_time(minutes=HOUR)
    assert "Let Wren write again" not in await tea.leader.browser.open(page)


async def test_a_moderator_hears_that_whoever_is_muted_has_left(tea: Tea) -> None:
    said = await tea.wren.say(tea.room_id, "Your name is daft.", "c1")
    await tea.leader.post(f"/messages/{said['id']}/concerns", {"reason": "threat"})
    [waiting] = await tea.mo.queue()
    assert not (await tea.mo.look(waiting["id"]))["has_author_left"]
    await tea.wren.delete(f"/groups/{tea.group_id}/place")
    assert (await tea.mo.look(waiting["id"]))["has_author_left"]
    gone = "They have left this talk. What you decide holds if they come back."
    assert gone in await tea.mo.browser.open(f"/staff/cases/{waiting['id']}")
    await tea.decide(waiting["id"], DAY)
    assert gone in await tea.mo.browser.open(f"/staff/cases/{waiting['id']}")
    await tea.wren.put(f"/groups/{tea.group_id}/place")
    assert gone not in await tea.mo.browser.open(f"/staff/cases/{waiting['id']}")
    assert await tea.is_quiet()


async def test_a_database_of_before_keeps_the_longer_of_the_two(
    tea: Tea, database_url: str
) -> None:
    await tea.moderator_mutes(DAY)
    await tea.facilitator_mutes(HOUR)
    await schema.downgrade(database_url, "0006")
    await schema.upgrade(database_url)
    await tea.town.database.close()
    tea.town.clock.pass_time(minutes=HOUR)
    assert await tea.is_quiet()
    await tea.facilitator_lets_write()
    assert await tea.is_quiet()
    tea.town.clock.pass_time(minutes=DAY)
    await tea.town.sweep()
    assert not await tea.is_quiet()
