"""The closed lists chat is made of."""

from enum import StrEnum


class RoomKind(StrEnum):
    """Two people, or a group."""

    PRIVATE = "private"
    GROUP = "group"


class EventKind(StrEnum):
    """What chat itself writes into a room's log. Other packages append kinds of their own."""

    MESSAGE = "message"
    EDITED = "edited"
    REACTED = "reacted"
    REMOVED = "removed"
    HIDDEN = "hidden"
    UNHIDDEN = "unhidden"
    JOINED = "joined"
    LEFT = "left"
    CLOSED = "closed"


class Viewer(StrEnum):
    """Which of the three views of a message somebody gets."""

    AUTHOR = "author"
    PEER = "peer"
    STAFF = "staff"


class Status(StrEnum):
    """What has become of a message since it was said."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    REMOVED = "removed"


class Sign(StrEnum):
    """What one can put under somebody else's words without writing any. Kind ones only."""

    WITH_YOU = "with_you"
    THANK_YOU = "thank_you"
    KNOW_THIS = "know_this"
    THINKING_OF_YOU = "thinking_of_you"


class Help(StrEnum):
    """What stands under "Your message was sent." (promise 4)."""

    CARD = "card"
    LINE = "line"
