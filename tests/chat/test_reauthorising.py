"""A block, a mute, a removal, a suspension and a sign-out count at once, also on open screens."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from chat import frames, mutes, rooms
from chat.hub import Listener
from chat.mutes import By
from chat.outboxes import SIGNED_OUT
from core.errors import Problem
from core.ids import new_id
from core.safety import SubjectKind
from people import accounts, blocks, consents, sign_ins
from people.consents import Purpose
from people.permissions import Standing

pytestmark = pytest.mark.anyio


async def _refused(house: Any, actor: Any, room: Any, text: str = "hello") -> Problem:
    with pytest.raises(Problem) as fault:
        await house.engine.send(actor, room, f"{text} {len(house.safety.contexts)}", text)
    return fault.value


async def test_a_block_ends_a_private_talk_both_ways_in_words_that_tell_nothing(
    house: Any,
) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    await house.engine.send(ash, room, "before", "before")
    here, there = await house.listen(ash, room), await house.listen(bo, room)
    await house.block(bo, ash)
    faults = [await _refused(house, who, room) for who in (ash, bo)]
    assert {(fault.code, fault.detail) for fault in faults} == {
        ("not_free", "They're not free to talk just now.")
    }
    by_socket = await here.answer(await here.send(room, "hello?"))
    assert by_socket.code == "not_free"
    await there.until(lambda f: isinstance(f, frames.Changed) and f.what == "blocks")
    assert not [frame for frame in here.frames if isinstance(frame, frames.Changed)]
    for who in (ash, bo):
        assert [item.text for item in await house.page(who, room)] == ["before"]
    async with house.working() as session:
        await blocks.undo(session, bo, ash.account_id)
    await house.engine.send(ash, room, "after", "after")


async def test_who_left_sounds_like_who_is_not_free(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    async with house.working() as session:
        await rooms.remove_member(session, room_id=room, account_id=bo.account_id, now=house.now)
    assert (await _refused(house, ash, room)).code == "not_free"
    assert (await _refused(house, bo, room)).code == "not_found"


async def test_in_a_group_only_who_blocked_sees_a_folded_line(house: Any) -> None:
    ash, bo, cy = await house.people(3)
    room = await house.group(ash, bo, cy)
    clients = {who.account_id: await house.listen(who, room) for who in (ash, bo, cy)}
    await house.block(bo, ash)
    await clients[bo.account_id].until(
        lambda f: isinstance(f, frames.Changed) and f.what == "blocks"
    )
    first = await house.engine.send(ash, room, "a", "from ash")
    last = await house.engine.send(bo, room, "b", "from bo")
    for client in clients.values():
        await client.seq(room, last.seq)
        assert client.logged(room) == await house.page(client.actor, room, after=first.seq - 1)
    assert clients[bo.account_id].logged(room)[0] == frames.Skipped(room=room, seq=first.seq)
    for other in (ash, cy):
        assert clients[other.account_id].words(room) == ["from ash", "from bo"]


async def test_a_muted_member_reads_but_does_not_write_until_it_is_over(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.group(ash, bo)
    there = await house.listen(bo, room)
    until = house.now + timedelta(hours=1)
    async with house.working() as session:
        assert await mutes.mute(
            session, room_id=room, account_id=bo.account_id, until=until, by=By.MODERATOR
        )
    assert (await _refused(house, bo, room)).code == "muted"
    sent = await house.engine.send(ash, room, "c", "still heard")
    await there.seq(room, sent.seq)
    house.pass_time(hours=1)
    await house.engine.send(bo, room, "over", "over")
    async with house.working() as session:
        await mutes.mute(
            session,
            room_id=room,
            account_id=bo.account_id,
            until=house.now.max.replace(tzinfo=house.now.tzinfo),
            by=By.MODERATOR,
        )
        await mutes.unmute(session, room_id=room, account_id=bo.account_id, by=By.MODERATOR)
    await house.engine.send(bo, room, "again", "again")


async def test_a_suspended_member_can_not_send_but_in_distress_meets_a_person(
    house: Any,
) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    async with house.working() as session:
        await accounts.set_standing(session, ash.account_id, Standing.SUSPENDED)
    assert (await _refused(house, ash, room)).code == "suspended"
    assert house.safety.flags == []
    fault = await _refused(house, ash, room, "despair")
    assert (fault.code, fault.extra["help"]) == ("suspended", "card")
    [(subject, concern)] = house.safety.flags
    assert (subject.kind, subject.id) == (SubjectKind.ACCOUNT, ash.account_id)
    assert concern.words == "despair"
    assert await house.page(bo, room) == []


async def test_a_closed_talk_stays_readable(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    await house.engine.send(ash, room, "c", "words")
    async with house.working() as session:
        assert await rooms.close(session, room_id=room, now=house.now)
        assert not await rooms.close(session, room_id=room, now=house.now)
    assert (await _refused(house, ash, room)).code == "room_closed"
    assert [type(item) for item in await house.page(bo, room)] == [frames.Message, frames.Event]


async def test_who_is_taken_out_of_a_room_hears_nothing_more_from_it(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.group(ash, bo)
    there = await house.listen(bo, room)
    async with house.working() as session:
        await rooms.remove_member(session, room_id=room, account_id=bo.account_id, now=house.now)
    await there.until(lambda f: isinstance(f, frames.Changed) and f.what == "talks")
    await house.engine.send(ash, room, "c", "not for bo any more")
    await there.hello(room, await house.head(room))
    await there.until(lambda f: isinstance(f, frames.Problem) and f.room == room)
    assert there.words(room) == []
    with pytest.raises(Problem):
        await house.page(bo, room)


async def test_signing_out_ends_every_open_connection(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    here = await house.listen(ash, room)
    async with house.working() as session:
        await sign_ins.end_all(session, ash.account_id, now=house.now)
    assert await here.until(lambda f: isinstance(f, frames.Goodbye)) == frames.Goodbye()
    assert here.listener.outbox.code == SIGNED_OUT


async def test_a_sign_in_that_expires_is_noticed_by_the_sweep(house: Any) -> None:
    [ash] = await house.people(1)
    here = house.connect(ash)
    await house.engine.watch.sweep()
    assert here.listener.outbox.code is None
    house.pass_time(days=15)
    await house.engine.watch.sweep()
    assert here.listener.outbox.code == SIGNED_OUT


async def test_the_sweep_comes_by_itself_within_two_seconds(house: Any) -> None:
    [ash] = await house.people(1)
    here = house.connect(ash)
    house.pass_time(days=15)
    async with asyncio.timeout(4):
        await here.until(lambda f: isinstance(f, frames.Goodbye))


async def test_withdrawing_the_first_consent_stops_the_noticing_and_nothing_else(
    house: Any,
) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    assert (await house.engine.send(ash, room, "c1", "despair")).help == "card"
    async with house.working() as session:
        await consents.change(session, ash, Purpose.NOTICE_DISTRESS, is_given=False, now=house.now)
    assert (await house.engine.send(ash, room, "c2", "despair")).help is None
    held = await house.engine.send(ash, room, "c3", "hold me back")
    assert isinstance(held, frames.Held)


async def test_stopping_says_goodbye_and_spreads_the_returns(house: Any) -> None:
    people = await house.people(3)
    clients = [house.connect(person) for person in people]
    await house.engine.stop()
    pauses = {
        (await client.until(lambda f: isinstance(f, frames.Goodbye))).retry_ms for client in clients
    }
    assert len(pauses) == 3
    assert all(500 <= pause <= 30_000 for pause in pauses)


@contextmanager
def _queries(house: Any) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    engine = house.database._reader.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_one_sweep_notices_all_that_was_lost_in_a_few_queries_for_hundreds(
    house: Any,
) -> None:
    ash, bo, cy = await house.people(3)
    room = await house.group(ash, bo, cy)
    token = house.token(ash)
    many = [Listener(ash, token) for _ in range(600)]
    for one in many:
        house.engine.hub.add(one)
    last = await house.listen(bo, room)
    await house.listen(cy, room)
    async with house.working() as session:
        # Their doorbells are lost: nobody rings for what is written past the modules.
        session.add(
            blocks.Block(
                id=new_id(),
                organisation_id=house.organisation_id,
                created_at=house.now,
                account_id=cy.account_id,
                blocked_id=bo.account_id,
            )
        )
        await session.execute(
            update(sign_ins.SignIn)
            .where(sign_ins.SignIn.account_id == ash.account_id)
            .values(expires_at=house.now)
        )
        await session.execute(
            update(rooms.Membership)
            .where(rooms.Membership.account_id == bo.account_id)
            .values(left_at=house.now)
        )
    with _queries(house) as said:
        await house.engine.watch.sweep()
    assert {listener.outbox.code for listener in many} == {SIGNED_OUT}
    assert room not in last.listener.rooms
    assert {one.blocked for one in house.engine.hub.of(cy.account_id)} == {
        frozenset({bo.account_id})
    }
    assert len(said) < 20, said
