"""A bell on the live socket tells nobody what they may not know."""

from typing import Any

import pytest
from hand_sockets import HandSocket, opened

from people.permissions import Role
from tests.journeys.town import Resident, Town

# What rings is decided in memory: one database will do.
ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
pytestmark = [pytest.mark.anyio, ON_SQLITE]


async def _heard(socket: HandSocket) -> list[dict[str, Any]]:
    """What came before the answer to a ping: nothing overtakes on one connection."""
    await socket.say(type="ping")
    found = []
    while (frame := await socket.hear())["type"] != "pong":
        found.append(frame)
    return found


async def _rings(town: Town, who: Resident, room_id: str, deed: Any) -> list[dict[str, Any]]:
    """What of the queue rings at somebody's while something is done."""
    async with opened(town.app, authorization=f"Bearer {who.token}") as socket:
        await socket.say(type="hello", rooms={room_id: [0, 0]})
        await socket.hear("welcome")
        await deed()
        return [frame for frame in await _heard(socket) if frame.get("what") == "queue"]


async def test_a_case_rings_at_the_desk_and_not_at_whoever_has_a_part_in_it(town: Town) -> None:
    cove = await town.another_organisation()
    mo, part = await town.resident("Mo", Role.MODERATOR), await town.resident("Pat", Role.MODERATOR)
    far = await town.resident("Far", Role.MODERATOR, organisation_id=cove)
    wren = await town.resident("Wren")
    room_id = await town.talk(part, wren)
    said = [await part.say(room_id, f"Nobody asked you, {n}.", f"c{n}") for n in range(3)]
    said.append(await wren.say(room_id, "Nor you.", "w1"))

    def telling(number: int, by: Resident) -> Any:
        concern = {"reason": "unkind"}
        return lambda: by.post(f"/messages/{said[number]['id']}/concerns", concern)

    assert await _rings(town, mo, room_id, telling(0, wren))
    assert await _rings(town, part, room_id, telling(1, wren)) == [], "it is about themselves"
    assert await _rings(town, far, room_id, telling(2, wren)) == []
    case = (await mo.queue())[0]["id"]
    assert await _rings(town, part, room_id, lambda: mo.post(f"/cases/{case}/claim")) == []
    assert await _rings(town, part, room_id, telling(3, part)) == [], "it is their own talk"
