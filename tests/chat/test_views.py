"""What author, peers and staff get of a message, whatever became of it."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import entries, frames
from chat.entries import FOLD, Entry
from chat.kinds import EventKind, Status, Viewer

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
SAID = Entry(
    room_id=uuid4(), seq=7, id=uuid4(), kind=EventKind.MESSAGE, at=NOW, sender_id=uuid4(),
    client_id="c", body="you are cruel today", note="about words", folded=((8, 13),),
    written_at=NOW,
)  # fmt: skip

TRUTH = {
    (Status.SHOWN, Viewer.AUTHOR): ("you are cruel today", ((8, 13),), "c"),
    (Status.SHOWN, Viewer.PEER): ("you are […] today", ((8, 11),), None),
    (Status.SHOWN, Viewer.STAFF): ("you are cruel today", ((8, 13),), None),
    (Status.HIDDEN, Viewer.AUTHOR): ("you are cruel today", ((8, 13),), "c"),
    (Status.HIDDEN, Viewer.PEER): (None, (), None),
    (Status.HIDDEN, Viewer.STAFF): ("you are cruel today", ((8, 13),), None),
    (Status.REMOVED, Viewer.AUTHOR): (None, (), "c"),
    (Status.REMOVED, Viewer.PEER): (None, (), None),
    (Status.REMOVED, Viewer.STAFF): (None, (), None),
}


@pytest.mark.parametrize(("status", "viewer"), TRUTH)
def test_every_view_of_every_status(status: Status, viewer: Viewer) -> None:
    body = None if status is Status.REMOVED else SAID.body
    seen = entries.frame(replace(SAID, status=status, body=body), viewer)
    assert isinstance(seen, frames.Message)
    assert (seen.text, seen.folds, seen.client_id) == TRUTH[status, viewer]
    assert seen.note == (None if seen.text is None else "about words")
    assert seen.status is status


@given(
    st.text(min_size=1, max_size=60),
    st.lists(st.tuples(st.integers(0, 59), st.integers(1, 5)), max_size=5),
)
def test_folding_leaves_out_exactly_what_is_folded(text: str, parts: list[tuple[int, int]]) -> None:
    spans: list[tuple[int, int]] = []
    for start, length in sorted(parts):
        if (not spans or start >= spans[-1][1]) and start + length <= len(text):
            spans.append((start, start + length))
    shown, folds = entries.fold(text, tuple(spans))
    assert [shown[start:end] for start, end in folds] == [FOLD] * len(spans)
    kept, position = [], 0
    for start, end in folds:
        kept.append(shown[position:start])
        position = end
    kept.append(shown[position:])
    cut, position = [], 0
    for start, end in spans:
        cut.append(text[position:start])
        position = end
    cut.append(text[position:])
    assert kept == cut
