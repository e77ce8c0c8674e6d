"""Talking, through the real database, writer and hub: each message once, in one order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest

from chat import events, frames, history, messages
from chat.pace import Pace
from core import errors
from core.database import Database
from core.errors import Unavailable

pytestmark = pytest.mark.anyio


async def test_what_one_says_the_other_reads_and_both_find_in_the_history(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    here, there = await house.listen(ash, room), await house.listen(bo, room)
    sent = await here.answer(await here.send(room, "Hello, I've been near there."))
    assert isinstance(sent, frames.Sent)
    heard = await there.seq(room, sent.seq)
    assert heard.text == "Hello, I've been near there."
    assert heard.client_id is None
    own = await here.seq(room, sent.seq)
    assert own.client_id == sent.client_id
    assert await house.page(bo, room) == there.logged(room)
    assert await house.page(ash, room) == here.logged(room)


async def test_a_message_sent_again_is_there_once_and_gets_the_same_answer(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    first = await house.engine.send(ash, room, "c1", "once")
    here = await house.listen(ash, room)
    again = await here.answer(await here.send(room, "once", "c1"))
    by_form = await house.engine.send(ash, room, "c1", "once")
    assert first == again == by_form
    assert [item.text for item in await house.page(bo, room)] == ["once"]


async def test_other_words_under_the_same_client_id_at_once_are_refused_not_answered_as_sent(
    house: Any,
) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    # Who says something for the first time is looked up first, and may be overtaken meanwhile.
    await house.engine.send(ash, room, "c0", "before")
    texts = ["line one", "line  one", "line two", "despair"]
    answers = await asyncio.gather(
        *(house.engine.send(ash, room, "c1", text) for text in texts), return_exceptions=True
    )
    assert answers[0] == answers[1]
    assert [getattr(fault, "code", None) for fault in answers[2:]] == ["other_words"] * 2
    assert answers[3].extra["help"] == "card", "nobody in distress is only refused"
    assert [item.text for item in await house.page(bo, room)] == ["before", "line one"]


async def test_the_same_client_id_of_two_people_is_two_messages(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    one = await house.engine.send(ash, room, "c1", "from ash")
    other = await house.engine.send(bo, room, "c1", "from bo")
    assert other.seq == one.seq + 1


async def test_fifty_at_once_are_all_there_once_without_a_gap(house: Any) -> None:
    people = await house.people(5)
    room = await house.group(*people)
    listener = await house.listen(people[0], room)
    start = (await house.head(room))[1]
    answers = await asyncio.gather(
        *(
            house.engine.send(people[number % 5], room, f"c{number // 2}", f"line {number // 2}")
            for number in range(100)
        )
    )
    keys = {(number % 5, number // 2) for number in range(100)}
    seqs = sorted({answer.seq for answer in answers})
    assert seqs == list(range(start + 1, start + 1 + len(keys)))
    await listener.seq(room, seqs[-1])
    assert [frame.seq for frame in listener.logged(room)] == seqs
    assert listener.logged(room) == [
        item for item in await house.whole(people[0], room) if item.seq > start
    ]


async def test_everybody_reads_one_order_and_each_senders_own(house: Any) -> None:
    people = await house.people(4)
    room = await house.group(*people)
    clients = [await house.listen(person, room) for person in people]
    start = (await house.head(room))[1]
    for line in range(10):
        for client in clients:
            await client.send(room, f"{client.actor.name}: {line}")
    for client in clients:
        await client.seq(room, start + 40)
    assert len({tuple(client.words(room)) for client in clients}) == 1
    for client in clients:
        own = [words for words in client.words(room) if words.startswith(client.actor.name)]
        assert own == [f"{client.actor.name}: {line}" for line in range(10)]


async def test_history_before_and_frames_received_are_history_after(house: Any) -> None:
    ash, bo, cy = await house.people(3)
    room = await house.group(ash, bo, cy)
    await house.block(cy, bo)
    early = await house.engine.send(ash, room, "early", "cruel beginning")
    clients = []
    for person in (ash, bo, cy):
        before = await house.whole(person, room)
        client = await house.listen(person, room)
        client.items[room] = history.replay(before)
        clients.append(client)
    await _much_happens(house, room, ash, bo, early)
    for client in clients:
        await client.seq(room, (await house.head(room))[1])
        after = {item.seq: item for item in await house.whole(client.actor, room)}
        shown = history.replay(after.values())
        assert client.items[room] == shown
        # A page tells how each event stands now, without being replayed.
        again = {seq for seq, item in after.items() if isinstance(item, frames.Unhidden)}
        assert {seq for seq, item in after.items() if shown[seq] != item} <= again


async def _much_happens(house: Any, room: UUID, ash: Any, bo: Any, early: Any) -> None:
    sent = [await house.engine.send(ash, room, f"c{n}", f"cruel line {n}") for n in range(3)]
    await house.engine.send(bo, room, "b", "hello", reply_to=sent[0].id)
    async with house.working() as session:
        for one in (early, sent[0], sent[1]):
            assert await messages.hide(session, message_id=one.id, now=house.now)
        assert not await messages.hide(session, message_id=early.id, now=house.now)
        await events.append(session, room, "go_round.turn", {"whose": 1}, now=house.now)
    async with house.working() as session:
        assert await messages.unhide(session, message_id=sent[0].id, now=house.now)
        assert not await messages.unhide(session, message_id=sent[2].id, now=house.now)
        assert await messages.remove(session, ash, sent[2].id, now=house.now)
        assert not await messages.remove(session, ash, sent[2].id, now=house.now)
    await house.engine.send(ash, room, "c9", "and on")
    async with house.working() as session:
        await messages.erase(session, account_id=bo.account_id, now=house.now)
    await house.engine.send(ash, room, "c10", "still here", note="about words")


async def test_one_poisoned_message_takes_no_other_with_it(
    house: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    there = await house.listen(bo, room)
    texts = ["one", "despair \N{SKULL}", "three", "four"]
    answers = await asyncio.gather(
        *(house.engine.send(ash, room, text, text) for text in texts), return_exceptions=True
    )
    kinds = [type(answer) for answer in answers]
    assert kinds == [frames.Sent, errors.Problem, frames.Sent, frames.Sent]
    await there.seq(room, 3)
    assert sorted(there.words(room)) == ["four", "one", "three"]
    assert [frame.seq for frame in there.logged(room)] == [1, 2, 3]
    logged = capsys.readouterr().out
    assert "chat_batch_failed" in logged
    # Nobody's words get into a log, also when something breaks.
    assert "despair" not in logged


async def test_a_full_queue_asks_to_come_back_but_takes_distress(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    engine = house.new_engine(queue=2)
    here = house.connect_to(engine, ash)
    tasks = []
    for client_id, text in (("c0", "line"), ("c1", "line"), ("d", "despair")):
        tasks.append(asyncio.create_task(engine.send(ash, room, client_id, text)))
        while engine.writer.waiting < len(tasks):  # noqa: ASYNC110 - a counter, not an event
            await asyncio.sleep(0.01)
    with pytest.raises(errors.TooMany):
        await engine.send(bo, room, "c3", "line")
    assert isinstance(await here.answer(await here.send(room, "line", "c4")), frames.Busy)
    await engine.start()
    assert {type(answer) for answer in await asyncio.gather(*tasks)} == {frames.Sent}
    assert isinstance(await engine.send(bo, room, "c3", "line"), frames.Sent)
    assert isinstance(await here.answer(await here.send(room, "x", "c5")), frames.Sent)
    await engine.stop()


async def test_a_flood_is_paced_after_screening_and_distress_passes(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    engine = house.new_engine(pace=Pace(burst=2, per_second=0.001))
    await engine.start()
    for number in range(2):
        await engine.send(ash, room, f"c{number}", "line")
    with pytest.raises(errors.TooMany) as waiting:
        await engine.send(ash, room, "c3", "line")
    assert waiting.value.retry_after > 0
    for number in range(5):
        assert isinstance(await engine.send(ash, room, f"d{number}", "despair"), frames.Sent)
    await engine.stop()


async def test_what_could_not_be_committed_is_never_acknowledged(
    house: Any, database: Database
) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    real = database.unit_of_work

    @asynccontextmanager
    async def locked(*scope: Any, **options: Any) -> AsyncIterator[Any]:
        async with real(*scope, **options) as session:
            yield session
            raise Unavailable

    database.unit_of_work = locked  # type: ignore[method-assign]  # a locked database
    with pytest.raises(Unavailable):
        await house.engine.send(ash, room, "c1", "words")
    database.unit_of_work = real  # type: ignore[method-assign]  # free again
    assert await house.page(bo, room) == []
    assert (await house.engine.send(ash, room, "c1", "words")).seq == 1


async def test_a_writer_cut_short_loses_and_doubles_nothing_when_clients_send_again(
    house: Any,
) -> None:
    people = await house.people(5)
    room = await house.group(*people)
    start = (await house.head(room))[1]
    told: dict[str, int] = {}
    for cut in range(6):
        engine = house.new_engine()
        await engine.start()
        listener = house.connect_to(engine, people[0])
        await listener.hello(room, await house.head(room))
        tasks = {
            f"c{number}": asyncio.create_task(
                engine.send(people[number % 5], room, f"c{number}", f"line {number}")
            )
            for number in range(20 * (cut + 1))
        }
        await asyncio.sleep(0.004 * cut)
        await engine.kill()
        await _note_answers(tasks, told)
    await _all_there_once(house, people[0], room, start, told)


async def _note_answers(tasks: dict[str, Any], told: dict[str, int]) -> None:
    for task in tasks.values():
        task.cancel()
    answers = await asyncio.gather(*tasks.values(), return_exceptions=True)
    for client_id, answer in zip(tasks, answers, strict=True):
        if isinstance(answer, frames.Sent):
            assert told.setdefault(client_id, answer.seq) == answer.seq


async def _all_there_once(
    house: Any, actor: Any, room: UUID, start: int, told: dict[str, int]
) -> None:
    await house.engine.send(actor, room, uuid4().hex, "the end")
    stored = [item for item in await house.whole(actor, room) if item.seq > start]
    assert [item.seq for item in stored] == list(range(start + 1, start + 1 + len(stored)))
    texts = [item.text for item in stored]
    assert len(texts) == len(set(texts))
    by_seq = {item.seq: item.text for item in stored}
    for client_id, seq in told.items():
        assert by_seq[seq] == f"line {client_id[1:]}"
