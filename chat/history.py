"""What a client does with frames: history before + frames received = history after. Pure.

Browsers do the same in JavaScript; tests hold both the live frames and the pages against this.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import msgspec

from chat import frames
from chat.kinds import Status

Items = dict[int, frames.Logged]
Worded = frames.Message | frames.Event | frames.Reacted
Change = Callable[[Worded], Worded]


def apply(items: Items, frame: frames.Logged) -> None:
    """Take one logged frame into `items` (seq → how it stands now); idempotent."""
    if isinstance(frame, frames.Unhidden | frames.Edited):
        items[frame.seq] = msgspec.structs.replace(frame, message=None)
        _put_in_place(items, frame.message)
        return
    items[frame.seq] = frame
    if isinstance(frame, frames.Reacted):
        _change(items, _about(items, frame.subject), partial(_signed, reacted=frame))
    elif isinstance(frame, frames.Hidden):
        _change(items, _about(items, frame.subject), _hidden)
    elif isinstance(frame, frames.Removed) and frame.subject is not None:
        _change(items, _about(items, frame.subject), _removed)
    elif isinstance(frame, frames.Removed):
        _change(items, _earlier(items, frame), _removed)
        _change(items, _signed_by(items, frame.sender), partial(_signed, reacted=_none(frame)))


def replay(logged: Iterable[frames.Logged]) -> Items:
    """Return what a client that received these frames, in this order, shows."""
    items: Items = {}
    for frame in logged:
        apply(items, frame)
    return items


def _put_in_place(items: Items, message: frames.Message | None) -> None:
    """Replace a message by how it stands now; the signs under it are known here already."""
    known = None if message is None else items.get(message.seq)
    if message is None or not isinstance(known, frames.Message):
        return
    signs = {} if message.status is Status.REMOVED else known.signs
    items[message.seq] = msgspec.structs.replace(message, signs=signs)


def _about(items: Items, subject: object) -> list[frames.Message]:
    return [
        item for item in items.values() if isinstance(item, frames.Message) and item.id == subject
    ]


def _earlier(items: Items, frame: frames.Removed) -> list[Worded]:
    return [
        item
        for item in items.values()
        if isinstance(item, Worded) and item.sender == frame.sender and item.seq < frame.seq
    ]


def _change(items: Items, found: Sequence[Worded], change: Change) -> None:
    for item in found:
        items[item.seq] = change(item)


def _hidden(item: Worded) -> Worded:
    if not isinstance(item, frames.Message) or item.status is Status.REMOVED:
        return item
    if item.client_id is not None:
        # One's own: it stays readable to oneself.
        return msgspec.structs.replace(item, status=Status.HIDDEN)
    return msgspec.structs.replace(item, status=Status.HIDDEN, text=None, note=None, folds=())


def _removed(item: Worded) -> Worded:
    if isinstance(item, frames.Event):
        return msgspec.structs.replace(item, body=None)
    if isinstance(item, frames.Reacted):
        return msgspec.structs.replace(item, sign=None)
    return msgspec.structs.replace(
        item, status=Status.REMOVED, text=None, note=None, folds=(), signs={}
    )


def _signed_by(items: Items, sender: object) -> list[frames.Message]:
    return [
        item for item in items.values() if isinstance(item, frames.Message) and sender in item.signs
    ]


def _signed(item: Worded, *, reacted: frames.Reacted) -> Worded:
    """One sign per person; under words that are gone there is none."""
    if not isinstance(item, frames.Message) or item.status is Status.REMOVED:
        return item
    others = {one: sign for one, sign in item.signs.items() if one != reacted.sender}
    if reacted.sign is not None and reacted.sender is not None:
        others[reacted.sender] = reacted.sign
    return msgspec.structs.replace(item, signs=others)


def _none(frame: frames.Removed) -> frames.Reacted:
    """All signs of somebody go with their words."""
    return frames.Reacted(room=frame.room, seq=frame.seq, at=frame.at, sender=frame.sender)
