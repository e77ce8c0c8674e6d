"""Whatever comes over a live connection, it is answered, and the connection stays."""

import json
from typing import Any
from uuid import uuid4

import pytest

from chat import frames
from core import limits
from tests.faults.world import everything_stored
from tests.journeys.live import calling, served
from tests.journeys.town import Town

pytestmark = pytest.mark.anyio


def _odd_frames(room_id: str, foreign_id: str) -> list[tuple[str | bytes, str]]:
    """What is sent, and the code of the answer."""

    def send(**fields: Any) -> str:
        said = {"type": "send", "room": room_id, "client_id": "c1", "text": "Hello."} | fields
        return json.dumps(said)

    return [
        ("", "invalid"),
        ("{", "invalid"),
        ("null", "invalid"),
        ("[" * 50_000, "invalid"),
        (b"\xff\xfe\x00", "invalid"),
        (json.dumps({"type": "nonsense"}), "invalid"),
        (json.dumps({"type": "hello", "rooms": {"x": [0, 0]}}), "invalid"),
        (json.dumps({"type": "hello", "rooms": {room_id: [-1, 10**30]}}), "invalid"),
        (json.dumps({"type": "hello", "rooms": {str(uuid4()): [0, 0] for _ in range(501)}}),
         "too_large"),
        (send(room="x"), "invalid"),
        (send(room=str(uuid4())), "not_found"),
        (send(room=foreign_id), "not_found"),
        (send(text=12), "invalid"),
        (send(text=""), "invalid"),
        (send(text="\u200b"), "invalid"),
        (send(text="a\0b"), "invalid"),
        (send(text="a\ud800b"), "invalid"),
        (send(text="x" * (limits.MESSAGE_CHARACTERS + 1)), "too_large"),
        (send(text="x" * limits.FRAME_BYTES), "too_large"),
        (send(note="x" * 101), "too_large"),
        (send(client_id=""), "invalid"),
        (send(client_id="x" * 65), "invalid"),
        (send(client_id="a\nb"), "invalid"),
        (send(reply_to="x"), "invalid"),
        (send(nonsense=True), "invalid"),
        (send(text=float("nan")), "invalid"),
        (send(text=float("inf")), "invalid"),
        (send()[:-1] + ', "text": 12}', "invalid"),
        ('{"type": "ping", "type": "send"}', "invalid"),
        ('{"a":' * 10_000, "invalid"),
        (send(text="\u202e\u2066\u200f"), "invalid"),
        (send(client_id="\u202etxt"), "invalid"),
    ]  # fmt: skip


async def test_every_odd_frame_has_an_answer_and_changes_nothing(town: Town) -> None:
    one, other = await town.residents("One", "Other")
    room_id = await town.talk(one, other)
    cove = await town.another_organisation()
    far = [await town.resident(name, organisation_id=cove) for name in ("Far", "Farther")]
    foreign_id = await town.talk(far[0], far[1], organisation_id=cove)
    async with served(town.app) as port, calling(port, one) as line:
        await line.listen(one, room_id)
        before = await everything_stored(town.database)
        for raw, code in _odd_frames(room_id, foreign_id):
            line.frames.clear()
            await line.socket.send(raw)
            answer = await line.until(lambda frame: isinstance(frame, frames.Problem))
            assert answer.code == code, (raw[:80], answer)
            assert answer.title
        assert await everything_stored(town.database) == before
        listened = json.dumps({"type": "hello", "rooms": {foreign_id: [0, 0]}})
        line.frames.clear()
        await line.socket.send(listened)
        welcome = await line.until(lambda frame: isinstance(frame, frames.Welcome))
        assert welcome.rooms == {}, "a talk of another organisation is as good as none"
        assert isinstance(await line.say(room_id, "Hello.", "c1"), frames.Sent)
    assert await other.words(room_id) == ["Hello."]
