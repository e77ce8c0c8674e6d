"""What is noticed of what people write, said truly where they write it (promise 32)."""

from collections.abc import Iterable

from core.safety import Mode
from core.sentences import Sentence, say
from groups.cards import Shown
from groups.keepers import JUST_US
from matching.facts import language_name
from moderation import rulebooks
from moderation.rules import ENGLISH

MODE_LINES = {
    Mode.STANDARD: say("Software notices when someone may come to harm, and people look."),
    Mode.CLOSE: say(
        "A person reads each message before it is shown, save from someone in distress."
    ),
    Mode.SELF_HELD: say("The group looks after itself. People look only when somebody tells us."),
}
REPORTS_ONLY = say(
    "No software here knows this group's language. People look only when somebody tells us."
)


def knows(languages: Iterable[str]) -> bool:
    """Tell whether rules know one of these languages, so that distress in it can be noticed."""
    return not rulebooks.languages().isdisjoint(tag.split("-")[0].lower() for tag in languages)


def mode_line(group: Shown) -> Sentence:
    """Return how a group is looked after, in one true sentence."""
    if group.is_just_us:
        return JUST_US
    mode = Mode(group.safety_mode)
    if mode is Mode.STANDARD and not knows(group.card.languages):
        return REPORTS_ONLY
    return MODE_LINES[mode]


def known_languages() -> Sentence:
    """Return in which languages it can be noticed that somebody wants to die."""
    names = sorted(language_name(tag) for tag in rulebooks.languages() - {ENGLISH})
    return say(
        "Software can notice it in English, and the plainest ways of saying it in"
        " %(names)s and %(last)s. In any other language please tell a person, since software won't"
        " notice it.",
        names=", ".join(names[:-1]),
        last=names[-1],
    )
