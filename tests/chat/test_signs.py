"""Quiet signs under other people's words: one each, no talk moves for them, blocks hold."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from chat import events, frames, messages, own_talks
from chat.kinds import Sign
from chat.pace import Pace
from core.errors import Problem, TooMany
from people import notices

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


async def _put(house: Any, actor: Any, room: UUID, message: UUID, sign: Sign | None) -> int:
    seq: int = await house.engine.do(actor, frames.React(room=room, message=message, sign=sign))
    return seq


async def test_a_sign_is_seen_by_those_who_are_there_and_calls_nobody(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    sent = await house.engine.send(ash, room, "c1", "It was a long week.")
    here, there = await house.listen(ash, room), await house.listen(bo, room)
    here.items[room] = {sent.seq: (await house.page(ash, room))[0]}
    moved = house.now
    house.pass_time(hours=1)
    for sign in (Sign.WITH_YOU, Sign.WITH_YOU, Sign.THANK_YOU):
        await there.do(frames.React(room=room, message=sent.id, sign=sign))
    await here.seq(room, sent.seq + 2)
    # The same again is no event.
    assert (await house.head(room))[1] == sent.seq + 2
    assert here.items[room][sent.seq].signs == {bo.account_id: Sign.THANK_YOU}
    assert (await house.page(ash, room))[0].signs == {bo.account_id: Sign.THANK_YOU}
    async with house.reading() as session:
        assert await notices.unread(session, ash, now=house.now) == []
        [talk] = await own_talks.read(session, ash)
    assert talk.last_at == moved
    await _put(house, bo, room, sent.id, None)
    await here.seq(room, sent.seq + 3)
    assert here.items[room][sent.seq].signs == (await house.page(ash, room))[0].signs == {}


async def test_who_shut_somebody_out_sees_no_sign_of_theirs_and_they_see_all(house: Any) -> None:
    ash, bo, cy = await house.people(3)
    room = await house.group(ash, bo, cy)
    sent = await house.engine.send(ash, room, "c1", "hello")
    await house.block(ash, bo)
    for actor in (bo, cy):
        await _put(house, actor, room, sent.id, Sign.KNOW_THIS)
    for viewer, shown in ((ash, {cy}), (bo, {bo, cy}), (cy, {bo, cy})):
        page = await house.page(viewer, room, after=sent.seq - 1)
        assert page[0].signs.keys() == {one.account_id for one in shown}
    # A sign is no message: nothing is folded in its place.
    skipped = [one for one in page if isinstance(one, frames.Skipped)]
    assert skipped == []
    own = await house.page(ash, room, after=sent.seq)
    assert [one.is_quiet for one in own if isinstance(one, frames.Skipped)] == [True]


async def test_a_sign_is_only_for_words_that_are_there(house: Any) -> None:
    ash, bo = await house.people(2)
    cy = await house.person()
    room, other = await house.private(ash, bo), await house.group(ash, bo)
    theirs = await house.engine.send(ash, room, "c2", "theirs")
    gone = await house.engine.send(ash, room, "c3", "gone")
    async with house.working() as session:
        await messages.remove(session, ash, gone.id, now=house.now)
        event = await events.append(session, room, "go_round.turn", {}, now=house.now)
    [turn] = await house.page(bo, room, after=event - 1)
    for actor, where, message, code in (
        (bo, room, gone.id, "gone"),
        (bo, room, uuid4(), "not_found"),
        (bo, room, turn.id, "not_found"),
        (bo, other, theirs.id, "not_found"),
        (cy, room, theirs.id, "not_found"),
    ):
        with pytest.raises(Problem) as refused:
            await _put(house, actor, where, message, Sign.WITH_YOU)
        assert refused.value.code == code
    await house.block(ash, bo)
    with pytest.raises(Problem) as shut_out:
        await _put(house, bo, room, theirs.id, Sign.WITH_YOU)
    assert shut_out.value.code == "not_free"


async def test_the_signs_of_somebody_who_is_erased_go_with_their_words(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.group(ash, bo)
    sent = await house.engine.send(ash, room, "c1", "hello")
    await _put(house, bo, room, sent.id, Sign.WITH_YOU)
    async with house.working() as session:
        await messages.erase(session, account_id=bo.account_id, now=house.now)
    page = await house.page(ash, room, after=sent.seq - 1)
    assert page[0].signs == {}
    assert [one.sign for one in page if isinstance(one, frames.Reacted)] == [None]


async def test_signs_are_paced_like_words(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    sent = await house.engine.send(ash, room, "c1", "hello")
    engine = house.new_engine(pace=Pace(burst=1, per_second=0.001))
    await engine.start()
    deed = frames.React(room=room, message=sent.id, sign=Sign.WITH_YOU)
    await engine.do(bo, deed)
    with pytest.raises(TooMany):
        await engine.do(bo, deed)
    there = house.connect_to(engine, bo)
    await there.do(deed)
    assert (await there.until(lambda f: isinstance(f, frames.Busy))).room == room
    await engine.stop()
