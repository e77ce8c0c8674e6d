"""Changing what one has said: screened like a new message, and what was said before is kept."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from chat import edits, frames, messages, pending, releases, withdrawn
from chat.kinds import Help, Sign, Status
from core.errors import Conflict, NotFound, Problem
from core.safety import Mode, SubjectKind

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


async def _change(house: Any, actor: Any, room: UUID, message: UUID, text: str, **more: Any) -> Any:
    client_id = more.pop("client_id", uuid4().hex)
    return await house.engine.edit(actor, room, client_id, text, message_id=message, **more)


async def _former(house: Any, message: UUID) -> list[str]:
    async with house.reading() as session:
        found = await edits.former(session, [message])
    return [one.text for one in found.get(message, ())]


async def test_a_change_takes_the_place_of_the_words_and_what_they_were_is_for_moderators_alone(
    house: Any,
) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    here, there = await house.listen(ash, room), await house.listen(bo, room)
    first = await house.engine.send(ash, room, "c1", "I was ther", note="hospital")
    house.pass_time(minutes=2)
    sent = await _change(house, ash, room, first.id, "I was there", note="a ward", client_id="e1")
    assert sent.seq == first.seq + 1
    for client in (here, there):
        await client.seq(room, sent.seq)
        item = client.items[room][first.seq]
        assert (item.text, item.note, item.edited_at) == ("I was there", "a ward", house.now)
        assert client.items[room][sent.seq].message is None
    # The very frames hold nothing of what it was.
    assert "ther" not in repr(there.logged(room)[1:]).replace("there", "")
    assert await house.page(bo, room, limit=1, before=sent.seq) == [there.items[room][first.seq]]
    await _change(house, ash, room, first.id, "We were there")
    assert await _former(house, first.id) == ["I was ther", "I was there"]


async def test_a_change_sent_again_is_made_once_and_with_other_words_it_is_refused(
    house: Any,
) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    first = await house.engine.send(ash, room, "c1", "one")
    answer = await _change(house, ash, room, first.id, "two", client_id="e1")
    assert await _change(house, ash, room, first.id, "two", client_id="e1") == answer
    await _change(house, ash, room, first.id, "three", client_id="e2")
    house.pass_time(hours=1)
    # Also when it could not be made any more.
    assert await _change(house, ash, room, first.id, "two", client_id="e1") == answer
    with pytest.raises(Conflict) as refused:
        await _change(house, ash, room, first.id, "four", client_id="e1")
    assert refused.value.code in {"other_words", "too_late"}
    assert await _former(house, first.id) == ["one", "two"]


async def test_only_ones_own_words_in_that_room_and_only_for_a_while_can_be_changed(
    house: Any,
) -> None:
    ash, bo = await house.people(2)
    room, other = await house.private(ash, bo), await house.group(ash, bo)
    mine = await house.engine.send(ash, room, "c1", "mine")
    gone = await house.engine.send(ash, room, "c2", "gone")
    hidden = await house.engine.send(ash, room, "c3", "hidden")
    async with house.working() as session:
        await messages.remove(session, ash, gone.id, now=house.now)
        await messages.hide(session, message_id=hidden.id, now=house.now)
    for actor, where, message, code in (
        (bo, room, mine.id, "not_found"),
        (ash, other, mine.id, "not_found"),
        (ash, room, uuid4(), "not_found"),
        (ash, room, gone.id, "gone"),
        (ash, room, hidden.id, "gone"),
    ):
        with pytest.raises(Problem) as refused:
            await _change(house, actor, where, message, "other words")
        assert refused.value.code == code
    house.now += edits.WITHIN
    await _change(house, ash, room, mine.id, "just in time")
    house.pass_time(seconds=1)
    with pytest.raises(edits.TooLate):
        await _change(house, ash, room, mine.id, "too late")
    await house.block(bo, ash)
    with pytest.raises(Problem) as shut_out:
        await _change(house, ash, room, mine.id, "to one who shut me out")
    assert shut_out.value.code == "not_free"


async def test_somebody_in_distress_is_helped_and_heard_also_where_a_change_is_too_late(
    house: Any,
) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    first = await house.engine.send(ash, room, "c1", "fine")
    sent = await _change(house, ash, room, first.id, "despair, cruel")
    assert sent.help is Help.CARD
    subjects = [(subject.kind, subject.id, subject.seq) for subject, _ in house.safety.flags]
    assert subjects == [
        (SubjectKind.ACCOUNT, ash.account_id, first.seq),
        (SubjectKind.MESSAGE, first.id, first.seq),
    ]
    [peers, _] = await house.page(bo, room)
    assert (peers.text, peers.folds) == ("despair, […]", ((9, 12),))
    house.pass_time(hours=1)
    with pytest.raises(edits.TooLate) as late:
        await _change(house, ash, room, first.id, "despair tonight")
    assert late.value.extra["help"] is Help.CARD
    assert house.safety.flags[-1][0].kind is SubjectKind.ACCOUNT


async def test_a_change_that_waits_leaves_the_words_as_they_were_until_it_is_let_go(
    house: Any,
) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    house.pass_time(days=3)
    first = await house.engine.send(ash, room, "c1", "call me")
    asked = await _change(house, ash, room, first.id, "my number is 07700", client_id="e1")
    held = await _change(house, ash, room, first.id, "hold me back", client_id="e2")
    assert (type(asked), type(held)) == (frames.Asked, frames.Held)
    assert [item.text for item in await house.page(bo, room)] == ["call me"]
    async with house.working() as session:
        assert {one.edits for one in await pending.mine(session, ash, room, now=house.now)} == {
            first.id
        }
        await pending.send_anyway(session, ash, asked.id, now=house.now)
    house.pass_time(minutes=30)
    async with house.working() as session:
        assert await releases.release_due(session, now=house.now) == 1
        await pending.release(session, pending_id=held.id, now=house.now)
    [shown, *_] = await house.page(bo, room)
    assert (shown.text, shown.edited_at) == ("hold me back", house.now)
    assert await _former(house, first.id) == ["call me", "my number is 07700"]


async def test_in_a_group_where_a_person_reads_first_a_change_waits_too(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.group(ash, bo, mode=Mode.CLOSE)
    first = await house.engine.send(ash, room, "c1", "despair")
    assert isinstance(await _change(house, ash, room, first.id, "calmer"), frames.Held)
    assert isinstance(await _change(house, ash, room, first.id, "despair still"), frames.Sent)


async def test_taking_words_back_takes_them_from_everybody_and_what_would_change_them(
    house: Any,
) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    first = await house.engine.send(ash, room, "c1", "one")
    await _change(house, ash, room, first.id, "two")
    held = await _change(house, ash, room, first.id, "hold me back")
    here = await house.listen(bo, room)
    await house.engine.do(ash, frames.Remove(room=room, message=first.id))
    removed = await here.until(lambda f: isinstance(f, frames.Removed))
    assert removed.subject == first.id
    assert "two" not in repr(await house.page(ash, room))
    async with house.working() as session:
        assert await pending.mine(session, ash, room, now=house.now) == []
        with pytest.raises(Conflict):
            await pending.release(session, pending_id=held.id, now=house.now)
    [gone, changed, _] = await house.page(bo, room)
    assert (gone.status, gone.text) == (Status.REMOVED, None)
    assert changed.message.text is None


async def test_words_are_taken_out_over_the_live_connection_and_only_ones_own(house: Any) -> None:
    ash, bo = await house.people(2)
    room, other = await house.private(ash, bo), await house.group(ash, bo)
    sent = await house.engine.send(ash, room, "c1", "mine")
    here = await house.listen(ash, room)
    for where, actor in ((room, bo), (other, ash)):
        with pytest.raises(NotFound):
            await house.engine.do(actor, frames.Remove(room=where, message=sent.id))
    await here.do(frames.Remove(room=room, message=uuid4()))
    problem = await here.until(lambda f: isinstance(f, frames.Problem))
    assert (problem.code, problem.room) == ("not_found", room)
    await here.do(frames.Remove(room=room, message=sent.id))
    await here.until(lambda f: isinstance(f, frames.Removed))


async def test_taking_back_all_one_said_shows_live_what_the_page_shows_after(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    here, there = await house.listen(ash, room), await house.listen(bo, room)
    first = await house.engine.send(ash, room, "a1", "One.")
    await house.engine.edit(ash, room, "a2", "One, said better.", message_id=first.id)
    theirs = await house.engine.send(bo, room, "b1", "Two.")
    await house.engine.do(ash, frames.React(room=room, message=theirs.id, sign=Sign.WITH_YOU))
    async with house.working() as session:
        assert await messages.remove_all(session, ash, room, now=house.now)
        assert not await messages.remove_all(session, ash, room, now=house.now)
    last = (await house.head(room))[1]
    for actor, client in ((ash, here), (bo, there)):
        await client.seq(room, last)
        page = {frame.seq: frame for frame in await house.whole(actor, room)}
        shown = {seq: item for seq, item in client.items[room].items() if seq in page}
        said = [one for one in shown.values() if isinstance(one, frames.Message)]
        assert [one.text for one in said] == [None, "Two."]
        assert {seq: page[seq] for seq in shown if isinstance(page[seq], frames.Message)} == {
            one.seq: one for one in said
        }
    # Whoever was hurt by them can still tell us, for a while.
    async with house.reading() as session:
        kept = await withdrawn.said(session, [first.id])
    assert [one.text for one in kept[first.id]] == ["One.", "One, said better."]
