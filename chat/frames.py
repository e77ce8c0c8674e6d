"""Every frame of the live socket; `docs/protocol.md` shows each, and a test holds them together."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from chat.kinds import Help, Sign, Status

CLIENT_ID_CHARACTERS: Final = 64
# JSON numbers are exact up to here in every browser (RFC 8259 §6).
EXACT: Final = 2**53 - 1

Count = Annotated[int, msgspec.Meta(ge=0, le=EXACT)]
ClientId = Annotated[str, msgspec.Meta(min_length=1, max_length=CLIENT_ID_CHARACTERS)]


class _Asked(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True
):
    pass


class Hello(_Asked, frozen=True, tag="hello"):
    """Listen to these rooms from these cursors `[epoch, seq]`; may be sent again at any time."""

    rooms: dict[UUID, tuple[Count, Count]] = {}


class Send(_Asked, frozen=True, tag="send"):
    """Say something. Sending the same `client_id` again is safe and gives the first answer."""

    room: UUID
    client_id: ClientId
    text: str
    note: str | None = None
    reply_to: UUID | None = None


class Edit(_Asked, frozen=True, tag="edit"):
    """Say it otherwise: one's own `message`, for as long as `chat.edits.WITHIN`. As `send`."""

    room: UUID
    client_id: ClientId
    message: UUID
    text: str
    note: str | None = None


class Remove(_Asked, frozen=True, tag="remove"):
    """Take one's own `message` out of the talk; the `removed` event is the answer."""

    room: UUID
    message: UUID


class React(_Asked, frozen=True, tag="react"):
    """Put a sign under somebody's `message`, in place of an earlier one, or take it away."""

    room: UUID
    message: UUID
    sign: Sign | None = None


class Read(_Asked, frozen=True, tag="read"):
    """Move one's place on to `seq`, where it is kept; nothing answers (see `Receipt`)."""

    room: UUID
    seq: int


class Type(_Asked, frozen=True, tag="typing"):
    """One is writing in `room`: others who show the same see it for a moment. Nothing answers."""

    room: UUID


class Ping(_Asked, frozen=True, tag="ping"):
    """Are you there?"""


class _Told(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    pass


class RoomState(msgspec.Struct, frozen=True, kw_only=True):
    """Where a room's log stands: `first_seq` is the oldest event still kept."""

    epoch: int
    first_seq: int
    last_seq: int


class Welcome(_Told, frozen=True, tag="welcome"):
    """You are heard; these of the rooms you named are yours. What you missed follows."""

    account: UUID
    at: datetime
    rooms: dict[UUID, RoomState]


class Pong(_Told, frozen=True, tag="pong"):
    """Yes."""

    at: datetime


class Message(_Told, frozen=True, tag="message"):
    """Something somebody said: docs/protocol.md says when a field is there."""

    room: UUID
    seq: int
    id: UUID
    sender: UUID | None
    at: datetime
    text: str | None
    written_at: datetime | None = None
    note: str | None = None
    reply_to: UUID | None = None
    folds: tuple[tuple[int, int], ...] = ()
    client_id: str | None = None
    status: Status = Status.SHOWN
    edited_at: datetime | None = None
    signs: dict[UUID, Sign] = {}


class Edited(_Told, frozen=True, tag="edited"):
    """Its author changed message `subject`; `message` is how it stands now, without `signs`."""

    room: UUID
    seq: int
    at: datetime
    subject: UUID | None = None
    message: Message | None = None


class Reacted(_Told, frozen=True, tag="reacted"):
    """`sender` put a sign under message `subject`, or took theirs away."""

    room: UUID
    seq: int
    at: datetime
    subject: UUID | None = None
    sender: UUID | None = None
    sign: Sign | None = None


class Skipped(_Told, frozen=True, tag="skipped"):
    """An event that is not for you; it keeps the count. `is_quiet` when it was no message."""

    room: UUID
    seq: int
    is_quiet: bool = False


class Removed(_Told, frozen=True, tag="removed"):
    """The words of message `subject` are gone; without one, all earlier ones of `sender`."""

    room: UUID
    seq: int
    at: datetime
    subject: UUID | None = None
    sender: UUID | None = None


class Hidden(_Told, frozen=True, tag="hidden"):
    """Message `subject` was hidden by the people who look after the room."""

    room: UUID
    seq: int
    at: datetime
    subject: UUID | None = None


class Unhidden(_Told, frozen=True, tag="unhidden"):
    """Message `subject` can be read again; `message` is how it stands now, without `signs`."""

    room: UUID
    seq: int
    at: datetime
    subject: UUID | None = None
    message: Message | None = None


class Event(_Told, frozen=True, tag="event"):
    """Anything else in the room's log; `kind` says what, `body` is of that kind."""

    room: UUID
    seq: int
    id: UUID
    kind: str
    at: datetime
    sender: UUID | None = None
    subject: UUID | None = None
    body: str | None = None


class Sent(_Told, frozen=True, tag="sent"):
    """Stored for good, as `seq`. `help` stands under "Your message was sent."."""

    room: UUID
    client_id: str
    seq: int
    id: UUID
    at: datetime
    help: Help | None = None


class Held(_Told, frozen=True, tag="held"):
    """Kept, and seen by its author alone until a person has looked."""

    room: UUID
    client_id: str
    id: UUID
    why: tuple[str, ...]
    help: Help | None = None


class Asked(_Told, frozen=True, tag="asked"):
    """Kept, and the author is asked which of `choices` they want (promise 25)."""

    room: UUID
    client_id: str
    id: UUID
    why: tuple[str, ...]
    choices: tuple[str, ...]
    help: Help | None = None


class Limited(_Told, frozen=True, tag="limited"):
    """Too far behind to replay: read the pages up to `next`; what follows it comes live."""

    room: UUID
    next: int


class Reset(_Told, frozen=True, tag="reset"):
    """This room's log was restored from a backup: forget the cursor and read it anew."""

    room: UUID
    epoch: int
    next: int


class Changed(_Told, frozen=True, tag="changed"):
    """Something of yours changed elsewhere: read it again."""

    what: str
    id: UUID | None = None


class Receipt(_Told, frozen=True, tag="receipt"):
    """`account` has read up to `seq`. Only where both of two show it; the newest counts."""

    room: UUID
    account: UUID
    seq: int


class Writing(_Told, frozen=True, tag="writing"):
    """Somebody is writing, for the next few seconds. `account` is None where a group is large."""

    room: UUID
    account: UUID | None = None


class Busy(_Told, frozen=True, tag="busy"):
    """Not taken just now; send the same again after the pause."""

    retry_after_ms: int
    room: UUID | None = None
    client_id: str | None = None


class Problem(_Told, frozen=True, tag="problem"):
    """What was sent was not taken; the connection stays. `code` and `hint` are for programs."""

    code: str
    title: str
    detail: str
    hint: str | None = None
    room: UUID | None = None
    client_id: str | None = None
    message: UUID | None = None
    help: Help | None = None


class Goodbye(_Told, frozen=True, tag="goodbye"):
    """This connection ends; come back after `retry_ms`, or not at all when it is None."""

    retry_ms: int | None = None


Said = Send | Edit
Deed = Remove | React | Read
Client = Hello | Said | Deed | Type | Ping
Logged = Message | Edited | Reacted | Skipped | Removed | Hidden | Unhidden | Event
Answer = Sent | Held | Asked | Busy | Problem
Server = Logged | Answer | Welcome | Pong | Limited | Reset | Changed | Receipt | Writing | Goodbye
