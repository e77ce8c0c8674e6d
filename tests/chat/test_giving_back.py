"""Words that waited and can't go out any more belong to who wrote them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chat import frames, mutes, pending, releases, rooms
from chat.mutes import By
from chat.waiting import State
from core.errors import Conflict
from people import notices
from people.permissions import Actor

pytestmark = pytest.mark.anyio


async def _let_go(house: Any, ash: Actor, room: UUID) -> UUID:
    """Ask, choose "anyway": the pause begins."""
    house.pass_time(days=3)
    asked = await house.engine.send(ash, room, "c1", "my number is 07700 900123")
    assert isinstance(asked, frames.Asked)
    async with house.working() as session:
        await pending.send_anyway(session, ash, asked.id, now=house.now)
    return asked.id


async def _after_the_pause(house: Any, ash: Actor, room: UUID) -> list[pending.Waiting]:
    house.pass_time(seconds=61)
    await house.engine.watch.sweep()
    async with house.reading() as session:
        assert await releases.due_in(session, now=house.now) == set()
        mine: list[pending.Waiting] = await pending.mine(session, ash, room, now=house.now)
        assert await pending.given_back(session, ash, now=house.now) == mine
    return mine


async def test_words_whose_talk_ended_in_the_pause_are_their_authors_again(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    there = await house.listen(ash, room)
    waiting_id = await _let_go(house, ash, room)
    async with house.working() as session:
        await rooms.close(session, room_id=room, now=house.now)
    [one] = await _after_the_pause(house, ash, room)
    assert (one.state, one.text) == (State.ASKED, "my number is 07700 900123")
    assert (one.is_over, one.choices, one.release_at) == (True, (), None)
    await there.until(lambda f: isinstance(f, frames.Changed) and f.what == "pending")
    async with house.working() as session:
        told = await notices.unread(session, ash, now=house.now)
        assert [(notice.kind, notice.subject_id) for notice in told] == [("message_answered", room)]
        with pytest.raises(Conflict):
            await pending.send_anyway(session, ash, waiting_id, now=house.now)
        assert await pending.change(session, ash, waiting_id, now=house.now) == one.text
        assert await pending.mine(session, ash, room, now=house.now) == []


async def test_who_gets_words_back_is_told_so_once(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    await _let_go(house, ash, room)
    async with house.working() as session:
        await rooms.close(session, room_id=room, now=house.now)
    there = await house.listen(ash, room)
    await _after_the_pause(house, ash, room)
    # Channels keep their order: what was told before this has come when this has.
    await house.block(ash, bo)
    await there.until(lambda f: isinstance(f, frames.Changed) and f.what == "blocks")
    told = [f.what for f in there.frames if isinstance(f, frames.Changed)]
    assert told.count("pending") == 1


async def test_words_of_who_left_in_the_pause_are_theirs_again(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.group(ash, bo)
    await _let_go(house, ash, room)
    async with house.working() as session:
        await rooms.remove_member(session, room_id=room, account_id=ash.account_id, now=house.now)
    [one] = await _after_the_pause(house, ash, room)
    assert (one.text, one.is_over) == ("my number is 07700 900123", True)
    assert not any(isinstance(item, frames.Message) for item in await house.page(bo, room))


async def test_what_only_has_to_wait_is_not_given_back(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    await _let_go(house, ash, room)
    async with house.working() as session:
        until = house.now + timedelta(hours=1)
        await mutes.mute(
            session, room_id=room, account_id=ash.account_id, until=until, by=By.FACILITATOR
        )
        assert await pending.given_back(session, ash, now=house.now) == []
