"""Whatever a client sends is read as a frame or answered as a problem; nothing else happens."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import frames, protocol
from core import limits

ROOM = UUID(int=5)


def _send(**changes: Any) -> str:
    whole = {"type": "send", "room": str(ROOM), "client_id": "c1", "text": "hello"}
    return json.dumps(whole | changes)


def _hello(cursor: str) -> str:
    return f'{{"type":"hello","rooms":{{"{ROOM}":{cursor}}}}}'


@given(st.one_of(st.binary(), st.text(), st.from_regex(r'\{"type":"(send|hello|ping)".*\}')))
def test_nothing_a_client_sends_raises(raw: str | bytes) -> None:
    assert isinstance(protocol.decode(raw), frames.Client | frames.Problem)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(
    st.sampled_from(["send", "hello", "ping", "edit", "welcome", ""]),
    st.dictionaries(
        st.sampled_from(["room", "client_id", "text", "note", "reply_to", "rooms", "x"]),
        json_values,
    ),
)
def test_no_shape_of_frame_raises(kind: str, rest: dict[str, Any]) -> None:
    found = protocol.decode(json.dumps({"type": kind} | rest))
    assert isinstance(found, frames.Client | frames.Problem)
    if isinstance(found, frames.Send):
        assert found.text.strip()
        assert "\0" not in found.text


@given(st.text(max_size=200), st.text(max_size=70), st.none() | st.text(max_size=110))
def test_what_can_be_kept_is_read_as_it_was_said(
    text: str, client_id: str, note: str | None
) -> None:
    found = protocol.decode(_send(text=text, client_id=client_id, note=note))
    if isinstance(found, frames.Send):
        assert (found.text, found.client_id, found.note) == (text, client_id, note)
        assert protocol.decode(protocol.encode(found)) == found
    else:
        assert found.code in {"invalid", "too_large"}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "invalid"),
        ("{", "invalid"),
        ("[]", "invalid"),
        ('"ping"', "invalid"),
        ('{"type":"dance"}', "invalid"),
        ('{"no":"type"}', "invalid"),
        ('{"type":"ping","more":1}', "invalid"),
        (b"\xff\xfe", "invalid"),
        (b'{"type":"ping"}\x00', "invalid"),
        ('{"type":"ping"}\ud800', "invalid"),
        (_send(text="a\x00b"), "invalid"),
        (_send(text="\ud83d"), "invalid"),
        (_send(text=" \n\t"), "invalid"),
        (_send(text=7), "invalid"),
        (_send(room="harbour"), "invalid"),
        (_send(client_id=""), "invalid"),
        (_send(client_id="x" * 65), "invalid"),
        (_send(client_id="a\x1bb"), "invalid"),
        (_send(note="n" * 101), "too_large"),
        (_send(text="é" * (limits.MESSAGE_CHARACTERS + 1)), "too_large"),
        ("x" * (limits.FRAME_BYTES + 1), "too_large"),
        ("é" * (limits.FRAME_BYTES - 1), "too_large"),
        (_hello("[1,-1]"), "invalid"),
        (_hello("[1]"), "invalid"),
        (_hello("[1,99999999999999999999]"), "invalid"),
        ("[" * 50_000, "invalid"),
        ('{"type":"send","text":' + "[" * 50_000, "invalid"),
    ],
)
def test_what_can_not_be_taken_is_answered(raw: str | bytes, code: str) -> None:
    found = protocol.decode(raw)
    assert isinstance(found, frames.Problem)
    assert found.code == code
    protocol.encode(found)


def test_the_longest_message_there_may_be_is_taken() -> None:
    for letter in ("a", "é", "\N{GRINNING FACE}", '"'):
        found = protocol.decode(_send(text=letter * limits.MESSAGE_CHARACTERS))
        assert isinstance(found, frames.Send), letter


def test_a_problem_names_the_message_it_is_about() -> None:
    for raw in (_send(text=""), _send(text=7), _send(room="x")):
        found = protocol.decode(raw)
        assert isinstance(found, frames.Problem)
        assert found.client_id == "c1"
    unusable = protocol.decode(_send(text="", client_id=["c1"]))
    assert isinstance(unusable, frames.Problem)
    assert unusable.client_id is None


def test_more_rooms_than_anybody_has_are_too_many() -> None:
    rooms = {str(uuid4()): [1, 1] for _ in range(protocol.ROOMS_IN_HELLO + 1)}
    found = protocol.decode(json.dumps({"type": "hello", "rooms": rooms}))
    assert isinstance(found, frames.Problem)
    assert found.code == "too_large"
