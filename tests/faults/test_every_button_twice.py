"""Every way to change something, taken twice: there is as much afterwards as after once.

The ways are those of the table of permissions, so that a new one is pressed twice by itself.
"""

import asyncio
from collections import Counter
from typing import Final

import httpx2
import pytest

from tests.architecture import test_permissions as permissions
from tests.architecture.test_permissions import TABLE, World, world

__all__ = ["world"]
pytestmark = pytest.mark.anyio

Route = tuple[str, str]
# Tries are counted, and the chain says of each look at a case that it was looked at.
COUNTED_EACH_TIME: Final = {"throttle"}
# What makes another one each time, what there is more of, and why that is right.
ANOTHER: Final[dict[Route, tuple[set[str], str]]] = {
    ("POST", "/api/v1/invitations"): (
        {"invitation", "audit_entry"},
        "each is a code shown once; one that nobody saw lets nobody in",
    ),
    ("POST", "/administration/invitations"): (
        {"invitation", "audit_entry"},
        "the same",
    ),
    ("POST", "/administration/invitations/many"): (
        {"invitation", "audit_entry"},
        "the same",
    ),
    ("POST", "/administration/people"): (
        {"audit_entry"},
        "a list that was taken away twice is noted twice",
    ),
    ("POST", "/my-data/codes"): ({"recovery_code"}, "the eight before are spent"),
    ("POST", "/api/v1/groups/{group_id}/members/{account_id}/mute"): (
        {"audit_entry"},
        "the second sets the same time anew; they are told once",
    ),
    ("POST", "/api/v1/groups/{group_id}/members/{account_id}/unmute"): (
        {"audit_entry"},
        "the second changes nothing, and is noted as said",
    ),
}
# Forms that the table of permissions leaves unusable, because it only asks who may.
WHOLE: Final = {
    "/administration/invitations": {"uses": "2"},
    "/administration/joining": {"is_open": "yes"},
    "/administration/roles": {"name": "target zzharbour", "role": "moderator"},
    "/administration/recovery": {"name": "target zzharbour", "current_password": "wrong"},
    "/administration/groups": {"name": "target zzharbour", "group": "Walks", "door": "ask"},
}
WAYS: Final = sorted(
    route for route, line in TABLE.items() if route[0] not in {"GET", "HEAD"} and line.may
)


def _counts(world: World) -> Counter[str]:
    """How many rows each table has."""
    tables = world.watching.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    names = {name for (name,) in tables.fetchall()} - COUNTED_EACH_TIME
    count = world.watching.execute
    return Counter({name: count(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names})


async def _press(world: World, caller: str, route: Route) -> httpx2.Response:
    _, path = route
    if path not in WHOLE:
        return await permissions._ask(world, caller, route)
    cookie = f"__Host-been-there={world.token(caller)}"
    headers = {"sec-fetch-site": "same-origin", "cookie": cookie}
    return await world.client.post(path, data=WHOLE[path], headers=headers)


@pytest.mark.parametrize("route", WAYS, ids=" ".join)
async def test_pressed_twice_it_is_as_if_pressed_once(world: World, route: Route) -> None:
    caller = min(TABLE[route].may)
    clock = world.app.state.clock
    now = clock.now
    await _press(world, caller, route)
    once = _counts(world)
    await world.put_back()
    answers = await asyncio.gather(*(_press(world, caller, route) for _ in range(2)))
    # And once more by an impatient hand: a moment later, no two times are equal.
    clock.pass_time(seconds=1)
    answers.append(await _press(world, caller, route))
    clock.now = now
    more = _counts(world) - once
    await world.put_back()
    assert [answer.text for answer in answers if answer.status_code >= 500] == []
    assert more.keys() == ANOTHER.get(route, (set(), ""))[0], more
