"""One connection: a message per room at a time, in order, none lost, none refused."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chat import frames, protocol
from chat.conversation import UNDER_WAY, Carry, Conversation, Listen, Say
from chat.pace import Bucket, Pace

ROOMS = [UUID(int=number) for number in range(3)]


def _raw(room: UUID, client_id: str) -> bytes:
    return protocol.encode(frames.Send(room=room, client_id=client_id, text="hello"))


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=80))
def test_each_room_carries_one_message_at_a_time_in_the_order_sent(
    moves: list[tuple[int, bool]],
) -> None:
    """A move sends to a room, and maybe lets that room's message finish afterwards."""
    talk = Conversation()
    sent: dict[int, list[str]] = {0: [], 1: [], 2: []}
    carried: dict[int, list[str]] = {0: [], 1: [], 2: []}
    under_way: set[int] = set()
    for count, (room, finishes) in enumerate(moves):
        sent[room].append(str(count))
        step = talk.receive(_raw(ROOMS[room], str(count)), now=float(count))
        assert isinstance(step, Carry) == (room not in under_way)
        if isinstance(step, Carry):
            under_way.add(room)
            carried[room].append(step.said.client_id)
        if finishes:
            _finish(talk, room, carried, under_way)
    for room in list(under_way):
        while room in under_way:
            _finish(talk, room, carried, under_way)
    assert carried == sent
    assert not talk.is_full


def _finish(
    talk: Conversation, room: int, carried: dict[int, list[str]], under_way: set[int]
) -> None:
    following = talk.finished(ROOMS[room])
    if following is None:
        under_way.discard(room)
    else:
        carried[room].append(following.said.client_id)


def test_when_many_wait_it_says_so_instead_of_refusing() -> None:
    talk = Conversation()
    for count in range(UNDER_WAY):
        assert not talk.is_full
        talk.receive(_raw(ROOMS[0], str(count)), now=0.0)
    assert talk.is_full
    assert talk.finished(ROOMS[0]) is not None
    assert not talk.is_full


def test_naming_another_room_each_time_is_no_way_around_the_bound() -> None:
    talk = Conversation()
    for number in range(UNDER_WAY):
        assert not talk.is_full
        assert isinstance(talk.receive(_raw(UUID(int=number), "c"), now=0.0), Carry)
    assert talk.is_full
    assert talk.finished(UUID(int=0)) is None
    assert not talk.is_full


def test_a_flood_of_other_frames_is_asked_to_wait() -> None:
    talk = Conversation(burst=2, per_second=1)
    hello = protocol.encode(frames.Hello())
    assert isinstance(talk.receive(hello, now=0.0), Listen)
    assert isinstance(talk.receive(b"{", now=0.0), Say)
    answer = talk.receive(hello, now=0.0)
    assert answer == Say(frames.Busy(retry_after_ms=1000))
    assert isinstance(talk.receive(hello, now=1.0), Listen)


@given(st.lists(st.floats(0, 10), max_size=60).map(sorted))
def test_a_bucket_never_lets_more_through_than_it_holds(times: list[float]) -> None:
    bucket = Bucket(burst=3, per_second=2)
    passed = [at for at in times if bucket.take(at) == 0]
    for number, begin in enumerate(passed):
        for count, end in enumerate(passed[number:], start=1):
            assert count <= 3 + 2 * (end - begin) + 1e-6


@given(st.lists(st.booleans(), max_size=60))
def test_distress_is_never_refused_for_its_pace(lines: list[bool]) -> None:
    pace = Pace(burst=2, per_second=0.001)
    for is_distress in lines:
        waiting_ms = pace.wait_ms(ROOMS[0], is_distress=is_distress, now=0.0)
        assert waiting_ms == 0 or not is_distress


def test_one_persons_flood_slows_nobody_else() -> None:
    pace = Pace(burst=1, per_second=1)
    assert pace.wait_ms(ROOMS[0], is_distress=False, now=0.0) == 0
    assert pace.wait_ms(ROOMS[0], is_distress=False, now=0.0) == 1000
    assert pace.wait_ms(ROOMS[1], is_distress=False, now=0.0) == 0
