"""What a client does with frames: history before + frames received = history after. Pure.

Browsers do the same in JavaScript; tests hold both the live frames and the pages against this.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from chat import frames
from chat.kinds import Status

Items = dict[int, frames.Logged]
Worded = frames.Message | frames.Event
Change = Callable[[Worded], Worded]


def apply(items: Items, frame: frames.Logged) -> None:
    """Take one logged frame into `items` (seq → how it stands now); idempotent."""
    if isinstance(frame, frames.Unhidden):
        items[frame.seq] = msgspec.structs.replace(frame, message=None)
        if frame.message is not None and frame.message.seq in items:
            items[frame.message.seq] = frame.message
        return
    items[frame.seq] = frame
    if isinstance(frame, frames.Hidden):
        _change(items, _about(items, frame.subject), _hidden)
    elif isinstance(frame, frames.Removed) and frame.subject is not None:
        _change(items, _about(items, frame.subject), _removed)
    elif isinstance(frame, frames.Removed):
        _change(items, _earlier(items, frame), _removed)


def replay(logged: Iterable[frames.Logged]) -> Items:
    """Return what a client that received these frames, in this order, shows."""
    items: Items = {}
    for frame in logged:
        apply(items, frame)
    return items


def _about(items: Items, subject: object) -> list[frames.Message]:
    return [
        item for item in items.values() if isinstance(item, frames.Message) and item.id == subject
    ]


def _earlier(items: Items, frame: frames.Removed) -> list[Worded]:
    return [
        item
        for item in items.values()
        if isinstance(item, frames.Message | frames.Event)
        and item.sender == frame.sender
        and item.seq < frame.seq
    ]


def _change(items: Items, found: Sequence[Worded], change: Change) -> None:
    for item in found:
        items[item.seq] = change(item)


def _hidden(item: Worded) -> Worded:
    if isinstance(item, frames.Event) or item.status is Status.REMOVED:
        return item
    if item.client_id is not None:
        # One's own: it stays readable to oneself.
        return msgspec.structs.replace(item, status=Status.HIDDEN)
    return msgspec.structs.replace(item, status=Status.HIDDEN, text=None, note=None, folds=())


def _removed(item: Worded) -> Worded:
    if isinstance(item, frames.Event):
        return msgspec.structs.replace(item, body=None)
    return msgspec.structs.replace(item, status=Status.REMOVED, text=None, note=None, folds=())
