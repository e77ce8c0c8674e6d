"""Two things at once: a doorbell while a hello is read, events let go while they are replayed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chat import frames, messages, rooms
from core.database import Database
from core.errors import Unavailable
from people import sign_ins

pytestmark = pytest.mark.anyio


class Between:
    """Does something in the middle of reading: after the first look at the database is over."""

    def __init__(self, database: Database, happens: Any) -> None:
        self._real = database.reading
        self._happens = happens

    @asynccontextmanager
    async def __call__(self, *scope: Any, **options: Any) -> AsyncIterator[Any]:
        async with self._real(*scope, **options) as session:
            yield session
        happens, self._happens = self._happens, None
        if happens is not None:
            await happens()


def _between(house: Any, happens: Any) -> None:
    house.database.reading = Between(house.database, happens)


async def test_a_room_entered_while_another_changes_is_not_lost(house: Any) -> None:
    ash, bo = await house.people(2)
    first, second = await house.private(ash, bo), await house.private(ash, bo)
    there = await house.listen(bo, first)
    cursor = await house.head(second)

    async def _hello() -> None:
        await there.hello(second, cursor)

    _between(house, _hello)
    await house.engine.watch.look_again(there.listener)
    assert set(there.listener.rooms) == {first, second}
    await house.engine.send(ash, second, "c", "still heard")
    assert (await there.seq(second, 1)).text == "still heard"


async def test_who_is_taken_out_while_their_hello_is_read_hears_nothing(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.group(ash, bo)
    there, cursor = house.connect(bo), await house.head(room)

    async def _taken_out() -> None:
        async with house.working() as session:
            await rooms.remove_member(
                session, room_id=room, account_id=bo.account_id, now=house.now
            )
        await house.engine.send(ash, room, "c", "not for bo")

    _between(house, _taken_out)
    await there.hello(room, cursor)
    await house.engine.send(ash, room, "d", "nor this")
    assert room not in there.listener.rooms
    assert "nor this" not in there.words(room)


async def test_what_is_let_go_while_it_is_replayed_ends_the_replay(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    for number in range(3):
        await house.engine.send(ash, room, f"c{number}", "old")
    there, (epoch, _) = house.connect(bo), await house.head(room)

    async def _let_go() -> None:
        async with house.working() as session:
            await messages.retire(session, room_id=room, before=house.now + timedelta(days=1))

    _between(house, _let_go)
    async with asyncio.timeout(5):
        await there.hello(room, (epoch, 0))
    await house.engine.send(ash, room, "new", "new")
    assert (await there.seq(room, 4)).text == "new"


async def test_a_look_that_failed_is_made_again_by_the_next_sweep(house: Any) -> None:
    people = await house.people(25)
    clients = [house.connect(person) for person in people]
    last = clients[-1]
    real = house.database.reading
    house.database.reading = _gone
    async with house.working() as session:
        await sign_ins.end_all(session, last.actor.account_id, now=house.now)
    with pytest.raises(Unavailable):
        await house.engine.watch.look_again(last.listener)
    house.database.reading = real
    await house.engine.watch.sweep()
    assert await last.until(lambda frame: isinstance(frame, frames.Goodbye)) == frames.Goodbye()


@asynccontextmanager
async def _gone(*_scope: Any, **_options: Any) -> AsyncIterator[Any]:
    raise Unavailable
    yield


@pytest.mark.parametrize("reads_before", [0, 1])
async def test_a_hello_whose_reading_broke_off_is_read_on_with_the_next_sweep(
    house: Any, reads_before: int
) -> None:
    """Before anything was read, and between the welcome and what was missed."""
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    there, (epoch, _) = house.connect(bo), await house.head(room)
    await house.engine.send(ash, room, "c1", "missed")
    real = house.database.reading

    async def _go_away() -> None:
        house.database.reading = _gone

    if reads_before:
        _between(house, _go_away)
    else:
        await _go_away()
    await there.hello(room, (epoch, 0))
    await there.until(lambda frame: isinstance(frame, frames.Problem))
    house.database.reading = real
    await house.engine.watch.sweep()
    await house.engine.send(ash, room, "c2", "live")
    await there.seq(room, 2)
    assert there.words(room) == ["missed", "live"]


async def test_a_delivery_that_breaks_stops_neither_the_writer_nor_the_talk(house: Any) -> None:
    ash, bo = await house.people(2)
    room: UUID = await house.private(ash, bo)
    there = await house.listen(bo, room)
    real = house.engine.hub.deliver

    def _breaks(*_: Any) -> bool:
        house.engine.hub.deliver = real
        raise RuntimeError("a fault of our own")

    house.engine.hub.deliver = _breaks
    first = await house.engine.send(ash, room, "c1", "one")
    second = await house.engine.send(ash, room, "c2", "two")
    assert (first.seq, second.seq) == (1, 2)
    await there.seq(room, 2)
    assert there.words(room) == ["one", "two"]


async def test_a_clock_that_jumps_back_changes_no_order_and_loses_nothing(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    there = await house.listen(bo, room)
    for number, hours in enumerate((0, -24, 48, -24)):
        house.pass_time(hours=hours)
        await house.engine.send(ash, room, f"c{number}", f"line {number}")
    await there.seq(room, 4)
    assert there.words(room) == [f"line {number}" for number in range(4)]
    assert [item.text for item in await house.page(bo, room)] == there.words(room)
