"""A bell on the live socket tells nobody what they may not know."""

from collections.abc import Awaitable, Callable
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


async def _rings(
    town: Town, sees: Resident, who: Resident, deed: Callable[[], Awaitable[Any]]
) -> list[dict[str, Any]]:
    """What of the queue rings at `who` while something is done that rings at `sees`.

    `who` listens to no room, as the desk's page does.
    """
    async with (
        opened(town.app, authorization=f"Bearer {sees.token}") as seeing,
        opened(town.app, authorization=f"Bearer {who.token}") as asked,
    ):
        for socket in (seeing, asked):
            await socket.say(type="hello", rooms={})
            await socket.hear("welcome")
        await deed()
        # One bell is rung at all of them at once: when the one has heard it, so has the other.
        while (await seeing.hear("changed"))["what"] != "queue":
            pass
        return [frame for frame in await _heard(asked) if frame.get("what") == "queue"]


def _telling(message_id: str, by: Resident) -> Callable[[], Awaitable[Any]]:
    return lambda: by.post(f"/messages/{message_id}/concerns", {"reason": "unkind"})


async def test_a_case_rings_at_the_desk_and_not_at_whoever_has_a_part_in_it(town: Town) -> None:
    cove = await town.another_organisation()
    mo, part = await town.resident("Mo", Role.MODERATOR), await town.resident("Pat", Role.MODERATOR)
    also = await town.resident("Max", Role.MODERATOR)
    far = await town.resident("Far", Role.MODERATOR, organisation_id=cove)
    wren = await town.resident("Wren")
    room_id = await town.talk(part, wren)
    said = [await part.say(room_id, f"Nobody asked you, {n}.", f"c{n}") for n in range(3)]
    said.append(await wren.say(room_id, "Nor you.", "w1"))
    ids = [one["id"] for one in said]

    assert await _rings(town, mo, also, _telling(ids[0], wren))
    assert await _rings(town, mo, part, _telling(ids[1], wren)) == [], "it is about themselves"
    assert await _rings(town, mo, far, _telling(ids[2], wren)) == []
    case = (await mo.queue())[0]["id"]
    assert await _rings(town, mo, part, lambda: mo.post(f"/cases/{case}/claim")) == []
    assert await _rings(town, mo, part, _telling(ids[3], part)) == [], "they reported it"


async def test_a_case_rings_not_at_its_authors_peer_nor_in_its_own_group(town: Town) -> None:
    mo, part = await town.resident("Mo", Role.MODERATOR), await town.resident("Pat", Role.MODERATOR)
    ada = await town.resident("Ada", Role.ADMINISTRATOR)
    wren, finch = await town.residents("Wren", "Finch")
    await town.talk(part, wren)
    theirs = await wren.say(await town.talk(wren, finch), "Be quiet.", "w1")
    assert await _rings(town, mo, part, _telling(theirs["id"], finch)) == [], "they are peers"
    group_id = await town.group(ada, part)
    for one in (finch, wren):
        await one.put(f"/groups/{group_id}/place")
    hers = await finch.say(await town.room_of(finch, group_id), "Be quiet.", "f1")
    assert await _rings(town, mo, part, _telling(hers["id"], wren)) == [], "it is their group"
