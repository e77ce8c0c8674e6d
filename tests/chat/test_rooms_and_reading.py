"""Rooms, lists, pages, windows and reports, as the page and API packages use them."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from chat import events, frames, messages, own_talks, pending, rooms
from chat.kinds import RoomKind, Sign
from core.errors import Invalid, NotFound
from core.safety import Mode, SubjectKind

pytestmark = pytest.mark.anyio


async def test_my_talks_name_the_others_newest_first(house: Any) -> None:
    ash, bo, cy = await house.people(3)
    first, group = await house.private(ash, bo), await house.group(ash, bo, cy)
    house.pass_time(minutes=1)
    await house.engine.send(bo, first, "c", "hello")
    async with house.reading() as session:
        talks = await own_talks.read(session, ash)
    assert [talk.room_id for talk in talks] == [first, group]
    assert talks[0].names == {bo.account_id: bo.name}
    assert set(talks[1].names.values()) == {bo.name, cy.name}
    assert [talk.kind for talk in talks] == [RoomKind.PRIVATE, RoomKind.GROUP]
    assert (talks[0].last_seq, talks[0].is_open) == (1, True)


async def test_a_block_leaves_both_lists_as_when_somebody_is_not_free(house: Any) -> None:
    ash, bo, cy = await house.people(3)
    blocked, left = await house.private(ash, bo), await house.private(ash, cy)
    await house.block(bo, ash)
    async with house.working() as session:
        await rooms.remove_member(session, room_id=left, account_id=cy.account_id, now=house.now)
    async with house.reading() as session:
        talks = {talk.room_id: talk for talk in await own_talks.read(session, ash)}
    assert (talks[blocked].is_open, talks[left].is_open) == (False, False)
    assert talks[blocked].names == {bo.account_id: bo.name}
    assert talks[left].names == {cy.account_id: cy.name}


async def test_a_talk_needs_two_people(house: Any) -> None:
    [ash] = await house.people(1)
    with pytest.raises(Invalid):
        await house.private(ash, ash)


async def test_pages_go_both_ways_and_have_an_end(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    for number in range(7):
        await house.engine.send(ash, room, f"c{number}", f"{number}")

    async def _seqs(**options: int) -> list[int]:
        return [item.seq for item in await house.page(bo, room, **options)]

    assert await _seqs(limit=3) == [5, 6, 7]
    assert await _seqs(limit=3, before=5) == [2, 3, 4]
    assert await _seqs(limit=3, after=2) == [3, 4, 5]
    assert await _seqs(limit=0, after=0) == [1]
    assert await _seqs(after=7) == []
    assert len(await _seqs(limit=10**9)) == 7


async def test_strangers_can_not_tell_a_room_from_none(house: Any) -> None:
    ash, bo, cy = await house.people(3)
    room = await house.private(ash, bo)
    sent = await house.engine.send(ash, room, "c", "hello")
    for asked in (room, uuid4()):
        with pytest.raises(NotFound):
            await house.page(cy, asked)
        with pytest.raises(NotFound):
            await house.engine.send(cy, asked, "c", "hello")
    async with house.reading() as session:
        with pytest.raises(NotFound):
            await messages.tell_subject(session, cy, sent.id)
        with pytest.raises(NotFound):
            await messages.quoted(session, cy, room, message_ids=[sent.id])


async def test_a_report_carries_the_words_and_staff_see_the_window(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    sent = [await house.engine.send(ash, room, f"c{n}", f"cruel {n}") for n in range(9)]
    async with house.working() as session:
        await messages.hide(session, message_id=sent[4].id, now=house.now)
    async with house.reading() as session:
        subject, words = await messages.tell_subject(session, bo, sent[4].id)
        window = await messages.window(session, room_id=room, seq=5, around=2)
    assert (subject.kind, subject.id, subject.author_id) == (
        SubjectKind.MESSAGE, sent[4].id, ash.account_id,
    )  # fmt: skip
    assert words == "cruel 4"
    assert [item.seq for item in window] == [3, 4, 5, 6, 7]
    assert window[2].text == "cruel 4"
    assert window[2].status == "hidden"


async def test_signs_and_changes_near_a_message_do_not_narrow_what_staff_see(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    sent = []
    for n in range(7):
        sent.append(await house.engine.send(ash, room, f"c{n}", f"line {n}"))
        for sign in Sign:
            deed = frames.React(room=room, message=sent[-1].id, sign=sign)
            await house.engine.do(bo, deed)
        await house.engine.edit(ash, room, f"e{n}", f"words {n}", message_id=sent[-1].id)
    async with house.reading() as session:
        window = await messages.window(session, room_id=room, seq=sent[3].seq, around=2)
        between = await messages.window(session, room_id=room, seq=sent[3].seq + 1, around=2)
    assert [item.text for item in window] == [f"words {n}" for n in range(1, 6)]
    assert [item.text for item in between] == [f"words {n}" for n in range(2, 6)]


async def test_a_reply_quotes_only_what_its_reader_may_see(house: Any) -> None:
    ash, bo, cy = await house.people(3)
    room, other = await house.group(ash, bo, cy), await house.private(ash, bo)
    said = await house.engine.send(ash, room, "c1", "from ash")
    elsewhere = await house.engine.send(ash, other, "c1", "elsewhere")
    await house.block(cy, ash)
    reply = await house.engine.send(bo, room, "c2", "yes", reply_to=said.id)
    lost = await house.engine.send(bo, room, "c3", "and", reply_to=elsewhere.id)
    page = {item.seq: item for item in await house.page(bo, room)}
    assert page[reply.seq].reply_to == said.id
    assert page[lost.seq].reply_to is None
    async with house.reading() as session:
        wanted = [said.id, elsewhere.id]
        for_bo = await messages.quoted(session, bo, room, message_ids=wanted)
        for_cy = await messages.quoted(session, cy, room, message_ids=wanted)
    assert {item.text for item in for_bo.values()} == {"from ash"}
    assert set(for_cy.values()) == {frames.Skipped(room=room, seq=said.seq)}


async def test_words_are_sealed_in_the_database(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    await house.engine.send(ash, room, "c1", "plain as day", note="daylight")
    await house.engine.send(ash, room, "c2", "hold me back, plain as day", note="daylight")
    async with house.reading() as session:
        for table in ("room_event", "pending_message"):
            rows = (await session.execute(text(f"SELECT * FROM {table}"))).all()
            assert len(rows) == 1
            assert "plain as day" not in repr(rows)
            assert "daylight" not in repr(rows)


async def test_a_content_note_is_judged_with_the_words(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    await house.engine.send(ash, room, "c1", "so cruel, all of it", note="about school")
    await house.engine.send(ash, room, "c2", "all of it", note="cruel")
    first, second = await house.page(bo, room)
    assert (first.text, first.note) == ("so […], all of it", "about school")
    assert (second.text, second.note) == ("all of it", "[…]")


async def test_a_sentence_split_over_messages_is_judged_whole(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    for number, part in enumerate(["I can't", "go on", "go on"]):
        await house.engine.send(ash, room, f"c{min(number, 1)}", part)
    assert [context.recent for context in house.safety.contexts] == [
        (),
        ("I can't",),
        ("I can't",),
    ]


async def test_a_rooms_mode_counts_from_the_next_message(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.group(ash, bo)
    assert isinstance(await house.engine.send(ash, room, "c1", "one"), frames.Sent)
    async with house.working() as session:
        await rooms.set_safety_mode(session, room_id=room, safety_mode=Mode.CLOSE)
    assert isinstance(await house.engine.send(ash, room, "c2", "two"), frames.Held)


async def test_erasing_an_author_leaves_numbers_and_no_words(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    await house.engine.send(ash, room, "c1", "one")
    await house.engine.send(bo, room, "c2", "two")
    await house.engine.send(ash, room, "c3", "hold me back")
    async with house.working() as session:
        await messages.erase(session, account_id=ash.account_id, now=house.now)
        await messages.erase(session, account_id=ash.account_id, now=house.now)
    page = await house.page(bo, room)
    assert [type(item) for item in page] == [frames.Message, frames.Message, frames.Removed]
    assert [item.text for item in page[:2]] == [None, "two"]
    async with house.reading() as session:
        assert await pending.mine(session, ash, room, now=house.now) == []
        query = select(events.RoomEvent.body_sealed).where(
            events.RoomEvent.sender_id == ash.account_id
        )
        assert set(await session.scalars(query)) == {None}


async def test_an_organisation_reads_only_its_own_rooms(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    await house.engine.send(ash, room, "c1", "one")
    async with house.database.reading(uuid4()) as session:
        assert await events.read(session, room, after=0, limit=10) == []
        with pytest.raises(NotFound):
            await rooms.membership(session, ash, room)
