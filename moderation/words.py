"""What people read after a decision: reasons, outcomes, and what a colleague did meanwhile.

Plain and kind, reading age about 11. Members' sentences never hold staff's words (promise 43).
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from core.sentences import Sentence, When, say, say_many, together
from moderation import effects, hours
from moderation.documents import Rule
from moderation.kinds import EffectKind, Step
from moderation.reasons import Reason

# The same for everyone, whoever or whatever raised it (promise 29).
STAFF_LOOKED: Final = say(
    "Somebody from the team read part of what you wrote, to keep people here safe."
)

_DONE: Final[Mapping[EffectKind, Sentence]] = MappingProxyType(
    {
        EffectKind.HIDE: say(
            "We've folded away one of your messages. The others can't read it now."
        ),
        EffectKind.MUTE: say("You can read this talk, but you can't write in it until %(until)s."),
        EffectKind.SUSPEND: (
            say(
                "Your account is paused until %(until)s. Until then you can't talk with others"
                " here. Urgent help, this note, a copy of what is yours and writing to the team all"
                " stay."
            )
        ),
        EffectKind.REFUSE: say("We haven't sent on the message that was waiting."),
        EffectKind.WARN: say(
            "This is a warning. Nothing else is done now. If it happens again, we may have to do"
            " more."
        ),
        EffectKind.OUT_OF_GROUP: say(
            "You're not in that group any more, and can't read its talk. Everything else here is"
            " as open to you as before."
        ),
        EffectKind.RESTRICT: say(
            "Until %(until)s you can talk in groups, but not with one person alone. You can still"
            " read the talks you have."
        ),
        EffectKind.REMOVE: say(
            "Your account is paused, and we have asked that you don't come back. That takes two of"
            " us: somebody else reads everything first. If they haven't said yes by %(until)s, the"
            " pause ends by itself. Urgent help, this note, a copy of what is yours and writing to"
            " the team all stay."
        ),
        EffectKind.CONFIRM: say(
            "Two of us have read everything, and you can't take part here any more. Urgent help,"
            " this note, a copy of what is yours and writing to the team all stay. For twelve"
            " months we keep a mark of your e-mail address and your invitation. Nobody can read"
            " them back from it. If you come again, a person will talk with you first."
        ),
    }
)
_TAKEN_BACK: Final[Mapping[EffectKind, Sentence]] = MappingProxyType(
    {
        EffectKind.HIDE: say(
            "We've put your message back. Everyone in the talk can read it again."
        ),
        EffectKind.MUTE: say("You can write in the talk again."),
        EffectKind.SUSPEND: say(
            "Your account is no longer paused. You can talk with people again."
        ),
        EffectKind.REMOVE: say(
            "You can stay. Your account is no longer paused, and you can talk with people again."
        ),
        EffectKind.RESTRICT: say("You can talk with one person alone again."),
        EffectKind.OUT_OF_GROUP: say("You have your place in the group again."),
        EffectKind.WARN: say("We've taken back the warning. It doesn't count any more."),
        EffectKind.GUIDE: say("We've taken back the note we wrote to you. Please forget it."),
    }
)
GROUP_IS_FULL: Final = say(
    "What the team had decided about the group is over. Your place there has gone to somebody"
    " else, or the group has ended. You can ask to come in, as anybody can."
)
STILL_IN_GROUPS_ONLY: Final = say(
    "What kept you from writing in that talk is over. For now you still talk in groups only, and"
    " not with one person alone: the note about that says until when."
)
QUIET_FOR_THE_GROUP: Final = say(
    "What the team had decided about writing in the talk is over. In this group you still can't"
    " write for a while: whoever looks after it asked for that, and told you why."
)
NOT_SENT_ON: Final = say(
    "A person has read your message and hasn't sent it on. There's a note for you that says why,"
    " and what you can do."
)
IF_WRONG: Final = say(
    "If you think this is wrong, tell us: follow “If you think it's wrong”. Somebody who had no"
    " part in this will read it, and you can say what we missed."
)
_LOOKED: Final = say("Somebody from the team has looked at what you told us.")
_ACTED: Final = say(
    "%(looked)s We did something about it. We don't say what, to be fair to everyone. Thank you"
    " for telling us.",
    looked=_LOOKED,
)
_LEFT: Final = say(
    "%(looked)s This time we left things as they are. You weren't wrong to tell us. If it"
    " happens again, please tell us again. You can also block somebody: they aren't told.",
    looked=_LOOKED,
)
_WORRIED: Final = say(
    "You were worried about somebody, and you told us. A person from the team has looked. Thank"
    " you for not looking away. What comes next isn't yours to carry."
)
LETTER_READ: Final = say(
    "Somebody from the team has read your letter. They didn't write back this time. If you hoped"
    " for an answer, or something has changed, please write to us again. A person reads it."
)
NOBODY_MAY: Final = say(
    "Somebody asked for another look at a decision, or a decision needs a second person, and"
    " nobody here may look: every moderator has had a part in it. Please appoint another one."
    " Until then it waits."
)
SOMEBODY_LOOKS: Final = say(
    "Somebody who didn't decide it the first time will read what you wrote. Their answer comes to"
    " Home."
)
# Promise 8: nobody is promised who isn't there.
NOBODY_LOOKS_YET: Final = say(
    "We have what you wrote. Just now there is nobody here who could look at it: everybody who may"
    " has had a part in it. The people who run this place have been told, and are asked to find"
    " somebody. What was decided stays as it is until then. You can write to the team meanwhile,"
    " and the answer comes to Home."
)
_STAYS: Final = say(
    "Somebody else has looked again at what we decided, as you asked. It stays as it is."
)
_TAKEN_BACK_AFTER_ALL: Final = say(
    "Somebody else has looked again at what we decided, as you asked. It has been taken back."
)

_STAFF_DID: Final[Mapping[EffectKind, Sentence]] = MappingProxyType(
    {
        EffectKind.NOTHING: say("left things as they are"),
        EffectKind.MISTAKEN: say("found that it isn't what it was taken for"),
        EffectKind.REACHED_OUT: say("wrote to them"),
        EffectKind.HIDE: say("hid the message"),
        EffectKind.MUTE: say("muted its author in the room"),
        EffectKind.SUSPEND: say("suspended the account"),
        EffectKind.GUIDE: say("wrote a kind word to its author"),
        EffectKind.WARN: say("warned its author"),
        EffectKind.OUT_OF_GROUP: say("took its author out of the group"),
        EffectKind.RESTRICT: say("kept its author from private talks"),
        EffectKind.REMOVE: say("asked that its author doesn't come back"),
        EffectKind.CONFIRM: say("said yes to a removal"),
        EffectKind.RELEASE: say("sent the message on"),
        EffectKind.REFUSE: say("kept the message out"),
    }
)


def reason(
    steps: Collection[Step], *, rule: Rule, own_words: str, now: datetime, zone: ZoneInfo
) -> Sentence:
    """Tell an author what was done, for how long, by which rule, and how to say it's wrong."""
    parts = [
        _DONE[step.kind].filled(until=_until(effects.ends_at(step, now=now), now=now, zone=zone))
        for step in steps
        if step.kind in _DONE
    ]
    return together(*parts, *because(rule, own_words), IF_WRONG, by="\n\n")


def because(rule: Rule | None, own_words: str) -> list[Sentence]:
    """Tell an author by which rule, and what whoever decided wrote to them."""
    parts = []
    if rule is not None:
        parts.append(
            say("It's about this rule: %(title)s. %(words)s", title=rule.title, words=rule.words)
        )
    if own_words:
        parts.append(say("The person who looked writes: “%(own_words)s”", own_words=own_words))
    return parts


def _until(ends_at: datetime | None, *, now: datetime, zone: ZoneInfo) -> str:
    return hours.in_words(ends_at, now=now, zone=zone)


def stands(kind: EffectKind, ends_at: datetime | None, *, is_over: bool) -> Sentence:
    """Tell whom it is about what was decided, as it stands now."""
    if is_over:
        return _TAKEN_BACK[kind]
    if kind is EffectKind.REMOVE and ends_at is None:
        return _DONE[EffectKind.CONFIRM]
    if kind is EffectKind.GUIDE:
        return say("We wrote you a kind word about how we are with each other here.")
    return _DONE[kind].filled(until=When(ends_at) if ends_at else "")


def with_code(told: Sentence, code: str) -> Sentence:
    """Add to a reason how to come back to it without signing in."""
    where = say(
        "Your code for this is %(code)s. Keep it. With it you can read this, ask for another look"
        " and write to us under “A decision about me” on the sign-in page, also signed out.",
        code=code,
    )
    return together(told, where, by="\n\n")


def guided(own_words: str) -> Sentence:
    """Tell somebody a kind word about how we are with each other here."""
    return together(
        say("Somebody from the team writes to you: “%(own_words)s”", own_words=own_words),
        say("This isn't a warning, and it isn't held against you."),
        IF_WRONG,
        by="\n\n",
    )


def reached_out(name: str, own_words: str) -> Sentence:
    """Tell somebody what a person from the team writes to them."""
    return say(
        "%(name)s from the team has read what you wrote, and writes: “%(own_words)s”",
        name=name,
        own_words=own_words,
    )


def outcome(why: Reason | None, *, has_acted: bool, was_taken_back: bool) -> Sentence:
    """Tell whoever asked for a look what came of it, without telling what was done to whom."""
    if why is Reason.WORRIED:
        return _WORRIED
    if why is Reason.LOOK_AGAIN:
        return _TAKEN_BACK_AFTER_ALL if was_taken_back else _STAYS
    return _ACTED if has_acted else _LEFT


def taken_back(kind: EffectKind) -> Sentence:
    """Tell an author that something is over, or was undone."""
    return _TAKEN_BACK[kind]


def held_by(name: str | None, until: datetime | None, *, now: datetime) -> Sentence:
    """Tell a moderator who holds a case, and for how long."""
    who = name or say("Somebody else")
    if until is None:
        return say("%(name)s is looking at this just now.", name=who)
    minutes = max(1, round((until - now) / timedelta(minutes=1)))
    return say_many(
        "%(name)s is looking at this, for up to %(count)s more minute.",
        "%(name)s is looking at this, for up to %(count)s more minutes.",
        count=minutes,
        name=who,
    )


def settled_by(name: str | None, kinds: Collection[EffectKind]) -> Sentence:
    """Tell a moderator what a colleague decided meanwhile."""
    did = [_STAFF_DID[kind] for kind in kinds] or [say("settled it")]
    return say(
        "%(name)s has settled this already: they %(did)s.",
        name=name or say("Somebody"),
        did=together(*did, by=say(" and ")),
    )


MORE_WAS_SAID: Final = say("More has come in about this since you opened it. Please read it first.")
SOMETHING_UNDONE: Final = say("Something here was undone since you opened it. Please look again.")
