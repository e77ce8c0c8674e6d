"""How pages name what the domain knows: roles, tiers, subjects, effects, reasons."""

from typing import Final

from core.safety import Category, SubjectKind
from core.sentences import say
from moderation.fold import Kind
from moderation.kinds import EffectKind
from moderation.reasons import Reason
from people.permissions import Role

TIER_LABELS: Final = {
    "now": say("Now"),
    "soon": say("Soon"),
    "routine": say("Routine"),
    "none": say("Whenever"),
}
TIER_COUNTS: Final = {
    "now": say("%(count)s now"),
    "soon": say("%(count)s soon"),
    "routine": say("%(count)s routine"),
}
# Where the domain names a field, and where the page has it.
FIELDS: Final = {"reason_words": "reason", "steps": "effects", "lasts": "length"}
SUBJECTS: Final = {
    SubjectKind.MESSAGE: say("A message"),
    SubjectKind.PENDING: say("A message that waits"),
    SubjectKind.HELLO: say("A hello"),
    SubjectKind.PROFILE: say("What somebody tells of themselves"),
    SubjectKind.GROUP: say("A group"),
    SubjectKind.ROOM: say("A talk"),
    SubjectKind.ACCOUNT: say("How somebody is"),
    SubjectKind.NEWCOMER: say("Somebody new"),
    SubjectKind.INVITATION: say("An invitation"),
    SubjectKind.LETTER: say("A letter to the team"),
}
EFFECTS: Final = {
    EffectKind.NOTHING: (
        say("Nothing needs doing"),
        say("Whoever told us hears that we looked. Its author hears nothing."),
    ),
    EffectKind.MISTAKEN: (
        say("It isn't what it was taken for"),
        say("Nothing is done. The software can learn that words like these mean something else."),
    ),
    EffectKind.REACHED_OUT: (
        say("Write to them"),
        say("What you write below reaches them on Home. It can't be called back."),
    ),
    EffectKind.HIDE: (
        say("Hide this message"),
        say("Everyone in the talk sees that it was hidden. You can put it back."),
    ),
    EffectKind.MUTE: (
        say("Read only, for a time"),
        say("They can read this talk, not write in it. It ends by itself, or when you undo it."),
    ),
    EffectKind.SUSPEND: (
        say("Pause the account, for a time"),
        say("They can't talk. Help, the reason and a second look stay. It ends by itself."),
    ),
    EffectKind.GUIDE: (
        say("Write a kind word"),
        say("How we are with each other here, in your words. It isn't a warning."),
    ),
    EffectKind.WARN: (
        say("Warn them"),
        say("It names a rule. Nothing else is done now. You can take it back."),
    ),
    EffectKind.OUT_OF_GROUP: (
        say("Take them out of this group"),
        say("They can ask to come back; a person decides. You can give them their place back."),
    ),
    EffectKind.RESTRICT: (
        say("No private talks, for a time"),
        say("Groups stay open to them. It ends by itself, or when you undo it."),
    ),
    EffectKind.REMOVE: (
        say("Ask that they don't come back"),
        say("Paused now. A second person says yes within two weeks, or it ends by itself."),
    ),
    EffectKind.CONFIRM: (
        say("Yes, they shouldn't come back"),
        say("You are the second person. Anything else you choose says no, and ends their pause."),
    ),
    EffectKind.RELEASE: (
        say("Let it through"),
        say("It goes into the talk now. It can't be called back, only hidden."),
    ),
    EffectKind.REFUSE: (
        say("Don't let it through"),
        say("Only its author has seen it. This can't be undone."),
    ),
}
# A letter's author is told by themselves.
LETTER_READ: Final = say("They hear that their letter was read, and that they can write again.")
DID: Final = {
    EffectKind.NOTHING: say("left as it is"),
    EffectKind.MISTAKEN: say("not what it was taken for"),
    EffectKind.REACHED_OUT: say("wrote to them"),
    EffectKind.HIDE: say("message hidden"),
    EffectKind.MUTE: say("read only for a time"),
    EffectKind.SUSPEND: say("account paused"),
    EffectKind.GUIDE: say("a kind word"),
    EffectKind.WARN: say("warned"),
    EffectKind.OUT_OF_GROUP: say("out of the group"),
    EffectKind.RESTRICT: say("no private talks for a time"),
    EffectKind.REMOVE: say("asked not to come back"),
    EffectKind.CONFIRM: say("a second person said yes"),
    EffectKind.RELEASE: say("message let through"),
    EffectKind.REFUSE: say("message not let through"),
}
LENGTHS: Final = (
    (60, say("An hour")),
    (24 * 60, say("A day")),
    (3 * 24 * 60, say("Three days")),
    (7 * 24 * 60, say("A week")),
    (30 * 24 * 60, say("Thirty days")),
)
HAPPENED: Final = {
    Kind.OPENED: say("it was opened"),
    Kind.FLAGGED: say("somebody was concerned again"),
    Kind.REOPENED: say("it was opened again"),
    Kind.LOOKED: say("the words were read"),
    Kind.NOTED: say("left a note"),
    Kind.DECIDED: say("decided"),
    Kind.CLAIMED: say("it was claimed"),
    Kind.RELEASED: say("it was given back"),
    Kind.LAPSED: say("the time to look ran out"),
    Kind.UNDONE: say("something was taken back"),
}
CATEGORIES: Final = {
    Category.DISTRESS: say("distress"),
    Category.ENCOURAGEMENT: say("encouragement to harm"),
    Category.HARASSMENT: say("harassment"),
    Category.HATE: say("hate"),
    Category.THREAT: say("threat"),
    Category.SEXUAL: say("sexual"),
    Category.CONTACT: say("contact"),
    Category.SPAM: say("spam"),
    Category.EATING: say("eating"),
    Category.MEDICATION: say("medication"),
}
REASONS: Final = {
    Reason.WORRIED: say("worried"),
    Reason.THREAT: say("threat"),
    Reason.HARM: say("harm"),
    Reason.SEXUAL: say("sexual"),
    Reason.STALKING: say("stalking"),
    Reason.HATE: say("hate"),
    Reason.DETAILS: say("details"),
    Reason.PRESSING: say("pressing"),
    Reason.UNKIND: say("unkind"),
    Reason.MEDICINES: say("medicines"),
    Reason.SELLING: say("selling"),
    Reason.SOMETHING_ELSE: say("something else"),
    Reason.LOOK_AGAIN: say("look again"),
    Reason.SECOND_READER: say("a second person is to say whether they may come back"),
    Reason.SAME_ADDRESS: say("the same e-mail address as somebody who was asked to leave"),
    Reason.SAME_INVITATION: say("an invitation that leads to somebody who was asked to leave"),
    Reason.LETTER: say("a letter to the team"),
}
ROLE_WORDS: Final = {
    None: say("member"),
    Role.PEER_SUPPORTER: say("peer supporter"),
    Role.FACILITATOR: say("facilitator"),
    Role.MODERATOR: say("moderator"),
    Role.ADMINISTRATOR: say("administrator"),
}
