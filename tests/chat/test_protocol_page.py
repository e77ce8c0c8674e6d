"""docs/protocol.md and the code say the same."""

import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from chat import conversation, edits, engine, frames, outboxes, pace, protocol, replays
from chat.kinds import Sign
from core import errors, limits

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text("utf-8")
EXAMPLES = re.findall(r"```json (client|server)\n(.*?)\n```", PAGE, re.DOTALL)


def _tags(union: Any) -> set[str]:
    return {str(kind.__struct_config__.tag) for kind in get_args(union)}


@pytest.mark.parametrize("union", [frames.Client, frames.Server])
def test_every_frame_has_its_heading_and_no_heading_is_left_over(union: Any) -> None:
    assert _tags(union) <= set(re.findall(r"^### `(\w+)`$", PAGE, re.MULTILINE))


def test_no_heading_is_of_a_frame_that_there_is_not() -> None:
    headings = set(re.findall(r"^### `(\w+)`$", PAGE, re.MULTILINE))
    assert headings == _tags(frames.Client) | _tags(frames.Server)


@pytest.mark.parametrize(("side", "raw"), EXAMPLES)
def test_every_example_is_read_by_the_real_decoder(side: str, raw: str) -> None:
    if side == "client":
        assert isinstance(protocol.decode(raw), frames.Client)
        return
    frame = protocol.server_decoder.decode(raw)
    # Written again it is the same JSON: no field of the example is made up.
    assert msgspec.json.decode(protocol.encode(frame)) == msgspec.json.decode(raw)


def test_every_frame_has_an_example() -> None:
    shown = {msgspec.json.decode(raw)["type"] for _, raw in EXAMPLES}
    assert shown == _tags(frames.Client) | _tags(frames.Server)


def test_the_numbers_on_the_page_are_the_codes() -> None:
    for number, words in (
        (protocol.ROOMS_IN_HELLO, "at most {} rooms"),
        (protocol.CONTENT_NOTE_CHARACTERS, "up to {} characters"),
        (limits.FRAME_BYTES // 1024, "A frame: {} KiB"),
        (replays.BEHIND, "more than {} events"),
        (int(conversation.FRAME_BURST), "{} at once"),
        (int(conversation.FRAMES_PER_SECOND), "then {} a second"),
        (conversation.UNDER_WAY, "on their way or waiting: {}"),
        (engine.CONNECTIONS, "Connections: {} per account"),
        (outboxes.HARD_BYTES // 1024, "leaves {} KiB unread"),
    ):
        assert words.format(number) in PAGE, words
    assert (pace.BURST, pace.PER_SECOND) == (10.0, 1.0)
    assert limits.MESSAGE_CHARACTERS == 4_000
    assert f"within {edits.WITHIN.seconds // 60} minutes" in PAGE
    assert all(f"`{sign}`" in PAGE for sign in Sign)


def test_every_code_of_a_problem_is_on_the_page() -> None:
    from chat import admissions, drafts

    known = [
        errors.Invalid, errors.TooLarge, errors.NotFound, errors.NotSignedIn, errors.Unavailable,
        admissions.NotFree, admissions.RoomClosed, admissions.Muted, admissions.Suspended,
        edits.TooLate, edits.Gone, drafts.TakenBack, drafts.OtherWords, errors.Problem,
    ]  # fmt: skip
    for fault in known:
        assert f"`{fault.code}`" in PAGE
