"""What people read after a decision: reasons, outcomes, and what a colleague did meanwhile.

Plain and kind, reading age about 11. Members' sentences never hold staff's words (promise 43).
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from moderation import hours
from moderation.documents import Rule
from moderation.kinds import EffectKind, Step
from moderation.reasons import Reason

# The same for everyone, whoever or whatever raised it (promise 29).
STAFF_LOOKED: Final = (
    "Somebody from the team read part of what you wrote, to keep people here safe."
)

_DONE: Final[Mapping[EffectKind, str]] = MappingProxyType(
    {
        EffectKind.HIDE: "We've folded away one of your messages. The others can't read it now.",
        EffectKind.MUTE: "You can read this talk, but you can't write in it until {until}.",
        EffectKind.SUSPEND: (
            "Your account is paused until {until}. Until then you can't talk with others here."
            " Urgent help, this note, a copy of what is yours and writing to the team all stay."
        ),
        EffectKind.REFUSE: "We haven't sent on the message that was waiting.",
    }
)
_TAKEN_BACK: Final[Mapping[EffectKind, str]] = MappingProxyType(
    {
        EffectKind.HIDE: "We've put your message back. Everyone in the talk can read it again.",
        EffectKind.MUTE: "You can write in the talk again.",
        EffectKind.SUSPEND: "Your account is no longer paused. You can talk with people again.",
    }
)
NOT_SENT_ON: Final = (
    "A person has read your message and hasn't sent it on. There's a note for you that says why,"
    " and what you can do."
)
IF_WRONG: Final = (
    'If you think this is wrong, tell us: press "Ask somebody else to look". Somebody who'
    " had no part in this will read it, and you can say what we missed."
)
_LOOKED: Final = "Somebody from the team has looked at what you told us."
_ACTED: Final = (
    f"{_LOOKED} We did something about it. We don't say what, to be fair to everyone. Thank you"
    " for telling us."
)
_LEFT: Final = (
    f"{_LOOKED} This time we left things as they are. You weren't wrong to tell us. If it"
    " happens again, please tell us again. You can also block somebody: they aren't told."
)
_WORRIED: Final = (
    "You were worried about somebody, and you told us. A person from the team has looked. Thank"
    " you for not looking away. What comes next isn't yours to carry."
)
_STAYS: Final = (
    "Somebody else has looked again at what we decided, as you asked. It stays as it is."
)
_TAKEN_BACK_AFTER_ALL: Final = (
    "Somebody else has looked again at what we decided, as you asked. It has been taken back."
)

_STAFF_DID: Final[Mapping[EffectKind, str]] = MappingProxyType(
    {
        EffectKind.NOTHING: "left things as they are",
        EffectKind.REACHED_OUT: "wrote to them",
        EffectKind.HIDE: "hid the message",
        EffectKind.MUTE: "muted its author in the room",
        EffectKind.SUSPEND: "suspended the account",
        EffectKind.RELEASE: "sent the message on",
        EffectKind.REFUSE: "kept the message out",
    }
)


def reason(
    steps: Collection[Step], *, rule: Rule, own_words: str, now: datetime, zone: ZoneInfo
) -> str:
    """Tell an author what was done, for how long, by which rule, and how to say it's wrong."""
    parts = [
        _DONE[step.kind].replace("{until}", _until(step.lasts, now=now, zone=zone))
        for step in steps
        if step.kind in _DONE
    ]
    parts.append(f"It's about this rule: {rule.title}. {rule.words}")
    if own_words:
        parts.append(f"The person who looked writes: “{own_words}”")
    return "\n\n".join([*parts, IF_WRONG])


def _until(lasts: timedelta | None, *, now: datetime, zone: ZoneInfo) -> str:
    return hours.in_words(now + lasts if lasts else None, now=now, zone=zone)


def reached_out(name: str, own_words: str) -> str:
    """Tell somebody what a person from the team writes to them."""
    return f"{name} from the team has read what you wrote, and writes: “{own_words}”"


def outcome(why: Reason | None, *, has_acted: bool, was_taken_back: bool) -> str:
    """Tell whoever asked for a look what came of it, without telling what was done to whom."""
    if why is Reason.WORRIED:
        return _WORRIED
    if why is Reason.LOOK_AGAIN:
        return _TAKEN_BACK_AFTER_ALL if was_taken_back else _STAYS
    return _ACTED if has_acted else _LEFT


def taken_back(kind: EffectKind) -> str:
    """Tell an author that something is over, or was undone."""
    return _TAKEN_BACK[kind]


def held_by(name: str | None, until: datetime | None, *, now: datetime) -> str:
    """Tell a moderator who holds a case, and for how long."""
    if until is None:
        return f"{name or 'Somebody else'} is looking at this just now."
    minutes = max(1, round((until - now) / timedelta(minutes=1)))
    return f"{name or 'Somebody else'} is looking at this, for up to {minutes} more minutes."


def settled_by(name: str | None, kinds: Collection[EffectKind]) -> str:
    """Tell a moderator what a colleague decided meanwhile."""
    did = " and ".join(_STAFF_DID[kind] for kind in kinds) or "settled it"
    return f"{name or 'Somebody'} has settled this already: they {did}."


MORE_WAS_SAID: Final = "More has come in about this since you opened it. Please read it first."
SOMETHING_UNDONE: Final = "Something here was undone since you opened it. Please look again."
