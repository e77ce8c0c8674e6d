"""Coming back: from any point, without a gap and without a duplicate, while others go on."""

import asyncio
from typing import Any

import pytest

from chat import frames, logs, messages, rooms
from chat.replays import BEHIND, CHUNK

pytestmark = pytest.mark.anyio


async def _fill(house: Any, room: Any, actor: Any, count: int) -> None:
    await asyncio.gather(
        *(house.engine.send(actor, room, f"fill{n}", f"fill {n}") for n in range(count))
    )


async def test_who_comes_back_reads_what_was_missed_and_goes_on_live(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    await _fill(house, room, ash, CHUNK + 5)
    there = await house.listen(bo, room, after=10)
    await house.engine.send(ash, room, "live", "live")
    await there.seq(room, CHUNK + 6)
    assert [frame.seq for frame in there.logged(room)] == list(range(11, CHUNK + 7))


async def test_nothing_is_missed_or_doubled_by_coming_back_while_others_send(house: Any) -> None:
    people = await house.people(4)
    room = await house.group(*people)
    start = (await house.head(room))[1]
    sending = [
        asyncio.create_task(house.engine.send(person, room, f"{n}", f"{n}"))
        for n in range(60)
        for person in people[:3]
    ]
    clients = []
    for _ in range(12):
        clients.append(await house.listen(people[3], room, after=start))
        await asyncio.sleep(0.005)
    await asyncio.gather(*sending)
    end = start + len(sending)
    for client in clients:
        await client.seq(room, end)
        assert [frame.seq for frame in client.logged(room)] == list(range(start + 1, end + 1))


async def test_what_another_package_appends_comes_in_between_in_order(house: Any) -> None:
    from chat import events

    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    there = await house.listen(bo, room)

    async def _append(number: int) -> None:
        async with house.working() as session:
            await events.append(session, room, "go_round.turn", {"n": number}, now=house.now)

    await asyncio.gather(
        *(house.engine.send(ash, room, f"c{n}", "line") for n in range(20)),
        *(_append(n) for n in range(20)),
    )
    await there.seq(room, 40)
    assert [frame.seq for frame in there.logged(room)] == list(range(1, 41))


async def test_a_lost_doorbell_is_swept_for(house: Any) -> None:
    from chat import events

    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    there = await house.listen(bo, room)
    house.database.bus._handlers.clear()
    async with house.working() as session:
        await events.append(session, room, "poll.opened", {"n": 1}, now=house.now)
    await house.engine.watch.sweep()
    assert (await there.seq(room, 1)).kind == "poll.opened"


async def test_who_is_far_behind_is_told_to_read_pages_up_to_where_live_begins(
    house: Any,
) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    await _fill(house, room, ash, BEHIND + 2)
    there = await house.listen(bo, room, after=1)
    limited = await there.until(lambda f: isinstance(f, frames.Limited))
    assert limited.next == BEHIND + 2
    await house.engine.send(ash, room, "live", "live")
    await there.seq(room, limited.next + 1)
    pages = [item for item in await house.whole(bo, room) if item.seq <= limited.next]
    seqs = [item.seq for item in (*pages, *there.logged(room))]
    assert seqs == list(range(1, BEHIND + 4))


async def test_an_old_cursor_after_the_beginning_was_let_go_gets_limited(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    await _fill(house, room, ash, 5)
    before = house.pass_time(days=400)
    await house.engine.send(ash, room, "new", "new")
    async with house.working() as session:
        assert await messages.retire(session, room_id=room, before=before) == 6
    there = await house.listen(bo, room, after=2)
    assert (await there.until(lambda f: isinstance(f, frames.Limited))).next == 6
    assert [item.seq for item in await house.whole(bo, room)] == [6]
    here = await house.listen(bo, room, after=5)
    assert (await here.seq(room, 6)).text == "new"


async def test_after_a_backup_cursors_are_forgotten(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    await _fill(house, room, ash, 3)
    epoch, last = await house.head(room)
    async with house.working() as session:
        await logs.renew_epochs(session, now=house.pass_time(days=1))
    there = house.connect(bo)
    await there.hello(room, (epoch, last))
    reset = await there.until(lambda f: isinstance(f, frames.Reset))
    assert (reset.epoch, reset.next) == (await house.head(room))
    ahead = house.connect(bo)
    await ahead.hello(room, (reset.epoch, last + 7))
    assert await ahead.until(lambda f: isinstance(f, frames.Reset))


async def test_only_rooms_one_is_in_are_listened_to(house: Any) -> None:
    ash, bo, cy = await house.people(3)
    room = await house.private(ash, bo)
    other = await house.private(bo, cy)
    stranger = house.connect(cy)
    await stranger.hello(room, (1, 0))
    problem = await stranger.until(lambda f: isinstance(f, frames.Problem))
    assert (problem.code, problem.room) == ("not_found", room)
    welcome = await stranger.until(lambda f: isinstance(f, frames.Welcome))
    assert welcome.rooms == {}
    await house.engine.send(ash, room, "c", "not for cy")
    await house.engine.send(bo, other, "c", "for cy")
    await stranger.hello(other, await house.head(other))
    await house.engine.send(bo, other, "c2", "for cy too")
    await stranger.seq(other, 2)
    assert stranger.logged(room) == []


async def test_a_newcomer_hears_that_others_join_and_leave(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.group(ash)
    here = await house.listen(ash, room)
    async with house.working() as session:
        args = {"room_id": room, "account_id": bo.account_id, "now": house.now}
        assert await rooms.add_member(session, **args)
        assert not await rooms.add_member(session, **args)
        assert await rooms.remove_member(session, **args)
        assert not await rooms.remove_member(session, **args)
        assert await rooms.add_member(session, **args)
    await here.seq(room, 4)
    assert [frame.kind for frame in here.logged(room)] == ["joined", "left", "joined"]
