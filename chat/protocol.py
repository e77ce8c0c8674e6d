"""The live protocol: frames written, and what clients send read strictly. Pure."""

import re
from typing import Any, Final
from uuid import UUID

import msgspec

from chat import frames
from chat.kinds import Help
from core import errors, limits
from core.sentences import english, say
from core.words import is_blank

# A person with more talks than this opens the oldest over HTTP.
ROOMS_IN_HELLO: Final = 500
# A line above the words ("about hospital and food"), not a second message.
CONTENT_NOTE_CHARACTERS: Final = 100
# To people; `hint` tells a program which part.
UNREADABLE: Final = say("We couldn't read what your device sent. Please load this page again.")
_NOT_TEXT: Final = re.compile("[\0\ud800-\udfff]")

_decoder: Final = msgspec.json.Decoder(frames.Client)
_loose: Final = msgspec.json.Decoder(dict[str, Any])
_encoder: Final = msgspec.json.Encoder(enc_hook=english)
server_decoder: Final = msgspec.json.Decoder(frames.Server)


def encode(frame: frames.Server | frames.Client) -> bytes:
    """Return a frame of either side as UTF-8 JSON, times in RFC 3339."""
    return _encoder.encode(frame)


def decode(raw: str | bytes) -> frames.Client | frames.Problem:
    """Read a client's frame strictly; what can't be read becomes the answer to it. Never raises."""
    if len(raw) > limits.FRAME_BYTES:
        return problem(errors.TooLarge(say("That is more than fits into one message.")))
    try:
        data = raw.encode() if isinstance(raw, str) else raw
    except UnicodeEncodeError:
        return problem(errors.Invalid(say("That has characters that aren't text.")))
    if len(data) > limits.FRAME_BYTES:
        return problem(errors.TooLarge(say("That is more than fits into one message.")))
    return _strict(data)


def _strict(data: bytes) -> frames.Client | frames.Problem:
    try:
        frame: frames.Client = _decoder.decode(data)
        if isinstance(frame, frames.Said):
            check_words(frame.text, frame.note)
            check_client_id(frame.client_id)
        elif isinstance(frame, frames.Hello) and len(frame.rooms) > ROOMS_IN_HELLO:
            raise errors.TooLarge(
                say("Please name at most %(most)s talks at once.", most=ROOMS_IN_HELLO)
            )
    except msgspec.ValidationError as fault:
        return problem(errors.Invalid(UNREADABLE), client_id=_client_id(data), hint=str(fault))
    # A lone surrogate is a DecodeError here, bytes that aren't UTF-8 a ValueError.
    except (msgspec.DecodeError, ValueError, RecursionError):
        return problem(errors.Invalid(say("That isn't JSON we can read.")))
    except errors.Problem as fault:
        return problem(fault, client_id=_client_id(data))
    return frame


def _client_id(data: bytes) -> str | None:
    """Return the `client_id` of a frame that can't be taken, so that its words can be kept."""
    try:
        found = _loose.decode(data).get("client_id")
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    is_usable = isinstance(found, str) and 0 < len(found) <= frames.CLIENT_ID_CHARACTERS
    return found if is_usable else None


def check_words(text: str, note: str | None = None) -> None:
    """Refuse words that can't be kept.

    Raises:
        Invalid: there is nothing in them, or a character no text has (NUL, a lone surrogate).
        TooLarge: they are longer than `core.limits` allows.
    """
    if is_blank(text):
        raise errors.Invalid(say("There is nothing in this message yet."), field="text")
    for words, most in ((text, limits.MESSAGE_CHARACTERS), (note or "", CONTENT_NOTE_CHARACTERS)):
        if len(words) > most:
            raise errors.TooLarge(
                say("That is longer than %(most)s characters. Could it be two?", most=f"{most:,}")
            )
        if _NOT_TEXT.search(words):
            raise errors.Invalid(say("That has characters that aren't text."), field="text")


def check_client_id(client_id: str) -> None:
    """Refuse a `client_id` that can't be kept.

    Raises:
        Invalid: it is empty, too long or holds what can't be printed.
    """
    if not 0 < len(client_id) <= frames.CLIENT_ID_CHARACTERS or not client_id.isprintable():
        raise errors.Invalid(say("A message needs a client_id of 1 to 64 plain letters."))


def problem(
    fault: errors.Problem,
    *,
    room: UUID | None = None,
    client_id: str | None = None,
    message: UUID | None = None,
    hint: str | None = None,
    help: Help | None = None,  # noqa: A002 - the frame's own word
) -> frames.Problem:
    """Return a fault as a frame."""
    return frames.Problem(
        code=fault.code, title=fault.title, detail=fault.detail, hint=hint,
        room=room, client_id=client_id, message=message, help=help,
    )  # fmt: skip
