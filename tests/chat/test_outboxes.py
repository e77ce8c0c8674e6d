"""A listener that doesn't read costs a bounded amount, and nobody else anything."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame
from websockets.protocol import Protocol, Side

from chat import frames
from chat.outboxes import HARD_BYTES, TOO_SLOW, Outbox, Parcel, framed

asynchronous = pytest.mark.anyio


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=60))
def test_an_outbox_never_holds_more_than_its_bound(puts: list[tuple[int, bool]]) -> None:
    outbox = Outbox(soft=64, hard=256)
    for size, is_ephemeral in puts:
        before = outbox.size
        outbox.put(Parcel([b"x" * size]), is_ephemeral=is_ephemeral)
        assert outbox.size <= 256
        if is_ephemeral and before + size > 64:
            assert outbox.size == before
    assert (outbox.code == TOO_SLOW) == outbox.overflow.is_set()


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_a_frame_is_the_same_on_both_ways_out(size: int) -> None:
    words = "x" * size
    one = Parcel([framed(words.encode()), framed(b"{}")])
    assert one.texts == [words, "{}"]
    reader = Protocol(Side.CLIENT, max_size=None)
    reader.receive_data(one.wire)
    found = [frame for frame in reader.events_received() if isinstance(frame, Frame)]
    assert [bytes(frame.data).decode() for frame in found] == one.texts


@asynchronous
async def test_what_is_put_comes_out_once_in_order_and_frees_its_room() -> None:
    outbox = Outbox(soft=5, hard=90)
    for number in range(4):
        outbox.put(Parcel([framed(b"%02d" % number)]))
    taken = []
    for _ in range(4):
        one = await outbox.take()
        assert one is not None
        taken += one.texts
        outbox.sent(one)
    assert (taken, outbox.size) == (["00", "01", "02", "03"], 0)
    await outbox.room()
    outbox.say(frames.Changed(what="x"))
    outbox.close(1012)
    outbox.say(frames.Changed(what="y"))
    assert (await outbox.take()) is not None
    assert (await outbox.take()) is None


@asynchronous
async def test_a_stalled_reader_is_closed_and_the_others_hear_everything(house: Any) -> None:
    ash, bo, cy = await house.people(3)
    room = await house.group(ash, bo, cy)
    healthy, stalled = await house.listen(bo, room), await house.listen(cy, room)
    stalled.stall()
    start = (await house.head(room))[1]
    for number in range(80):
        await house.engine.send(ash, room, f"c{number}", f"{number} " + "long " * 790)
        assert stalled.listener.outbox.size <= HARD_BYTES
    await healthy.seq(room, start + 80)
    assert healthy.listener.outbox.code is None
    assert stalled.listener.outbox.code == TOO_SLOW
    back = await house.listen(cy, room, after=start)
    await back.seq(room, start + 80)
    assert [f.seq for f in back.logged(room)] == list(range(start + 1, start + 81))


@asynchronous
async def test_a_resume_waits_for_a_slow_reader_instead_of_filling_up(house: Any) -> None:
    ash, bo = await house.people(2)
    room = await house.private(ash, bo)
    for number in range(60):
        await house.engine.send(ash, room, f"c{number}", "\N{GRINNING FACE}" * 3_999)
    back = await house.listen(bo, room, after=0)
    await back.seq(room, 60)
    assert back.listener.outbox.code is None


@asynchronous
async def test_more_windows_than_anybody_has_open_are_refused(house: Any) -> None:
    from chat.engine import CONNECTIONS
    from core.errors import TooMany

    [ash] = await house.people(1)
    for _ in range(CONNECTIONS):
        house.engine.connect(ash, uuid4().hex)
    with pytest.raises(TooMany):
        house.engine.connect(ash, uuid4().hex)
