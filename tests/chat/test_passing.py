"""What passes: that somebody is writing, and how far they have read. Both ways or not at all."""

from typing import Any
from uuid import UUID

import pytest

from chat import frames, marks, reading, wishes
from chat.wishes import Wishes

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


async def _wish(house: Any, actor: Any, **wanted: bool) -> None:
    async with house.working() as session:
        await wishes.save(session, actor, Wishes(**wanted))


async def _keep(house: Any, actor: Any, room: UUID, seq: int = 0) -> None:
    async with house.working() as session:
        await reading.keep(session, actor, room, seq=seq)


async def _of_others(house: Any, actor: Any, room: UUID) -> dict[UUID, int]:
    async with house.reading() as session:
        found: dict[UUID, int] = await marks.of_others(session, actor, room)
    return found


def _passed(client: Any, kind: Any) -> list[Any]:
    return [one for one in client.frames if isinstance(one, kind)]


async def _nothing(client: Any, kind: Any) -> bool:
    """Tell whether nothing of the kind came before the answer to what is asked now."""
    before = len(_passed(client, frames.Pong))
    await client.do(frames.Ping())
    await client.until(lambda _: len(_passed(client, frames.Pong)) > before)
    return _passed(client, kind) == []


async def test_that_one_is_writing_is_seen_by_who_shows_it_too_and_nobody_else(house: Any) -> None:
    ash, bo, cy, dee = await house.people(4)
    room = await house.group(ash, bo, cy, dee)
    for actor in (ash, bo, dee):
        await _wish(house, actor, shows_typing=True)
    await house.block(dee, ash)
    here, there, silent, shut = [await house.listen(one, room) for one in (ash, bo, cy, dee)]
    await here.do(frames.Type(room=room))
    seen = await there.until(lambda one: isinstance(one, frames.Writing))
    assert (seen.room, seen.account) == (room, ash.account_id)
    # More often than every two seconds tells nothing new; one's own screens are not told.
    await here.do(frames.Type(room=room))
    for client in (here, silent, shut):
        assert await _nothing(client, frames.Writing)
    await silent.do(frames.Type(room=room))
    assert await _nothing(here, frames.Writing)
    assert len(_passed(there, frames.Writing)) == 1
    # Whom Dee shut out isn't seen by Dee, and Dee isn't seen by them.
    await shut.do(frames.Type(room=room))
    assert await _nothing(here, frames.Writing)


async def test_showing_it_no_more_counts_at_once_in_a_talk_that_is_open(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    for actor in (ash, bo):
        await _wish(house, actor, shows_typing=True)
    here, there = await house.listen(ash, room), await house.listen(bo, room)
    await _wish(house, ash)
    await house.engine.watch.sweep()
    await here.do(frames.Type(room=room))
    assert await _nothing(there, frames.Writing)


async def test_how_far_one_has_read_is_seen_where_both_show_it_and_keep_their_place(
    house: Any,
) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    sent = await house.engine.send(ash, room, "c1", "Good morning.")
    here, there = await house.listen(ash, room), await house.listen(bo, room)
    await _keep(house, bo, room)
    await _wish(house, bo, shows_reading=True)
    await there.do(frames.Read(room=room, seq=sent.seq))
    assert await _nothing(here, frames.Receipt)
    assert await _of_others(house, ash, room) == {}
    await _keep(house, ash, room)
    await _wish(house, ash, shows_reading=True)
    assert await _of_others(house, ash, room) == {bo.account_id: sent.seq}
    again = await house.engine.send(ash, room, "c2", "Are you up?")
    await there.do(frames.Read(room=room, seq=again.seq))
    told = await here.until(lambda one: isinstance(one, frames.Receipt))
    # What came live is what a page says afterwards.
    assert (told.room, told.account, told.seq) == (room, bo.account_id, again.seq)
    assert await _of_others(house, ash, room) == {bo.account_id: again.seq}
    await house.block(ash, bo)
    assert await _of_others(house, ash, room) == await _of_others(house, bo, room) == {}
    await there.do(frames.Read(room=room, seq=again.seq))
    assert len(_passed(here, frames.Receipt)) == 1


async def test_in_a_group_nobody_sees_how_far_anybody_has_read(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.group(ash, bo)
    for actor in (ash, bo):
        await _keep(house, actor, room)
        await _wish(house, actor, shows_reading=True)
    assert await _of_others(house, ash, room) == {}


async def test_a_sign_that_could_not_be_put_names_its_message(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    here = await house.listen(ash, room)
    await here.do(frames.React(room=room, message=UUID(int=9)))
    fault = await here.until(lambda one: isinstance(one, frames.Problem))
    assert (fault.code, fault.message) == ("not_found", UUID(int=9))
