"""What is said in a hello: never an empty box (promise 35), never anybody's private words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from core import limits
from core.errors import Invalid
from core.safety import Category, Response, Verdict
from core.sentences import Sentence, say
from matching import facts
from matching.documents import Person
from matching.facts import Facts
from matching.ranking import Match

ONE_TAP: Final = say("I read your words. I've been near there.")
STARTERS: Final = 3

Spans = list[list[int]]


class HelloHeld(Invalid):
    """The words can't go as they are. `verdict` says why, for the page that shows what to do."""

    code = "hello_held"
    title = say("We haven't sent this yet. Your words are still here: please look at them again.")

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(field="words")
        self.verdict = verdict


def admit(words: str, verdict: Verdict) -> Spans:
    """Return the spans that are folded for whoever reads these words.

    What somebody says of their own distress is never held (promise 1). Where the verdict would
    hold such words to protect somebody else, they go folded as a whole.

    Raises:
        Invalid: there are no words, or too many.
        HelloHeld: see the class. Nothing was sent.
    """
    if not words.strip():
        raise Invalid(say("Please write a few words, or use one of ours."), field="words")
    if len(words) > limits.FIELD_CHARACTERS:
        raise Invalid(
            say(
                "Please use at most %(most)s letters.",
                most=limits.FIELD_CHARACTERS,
            ),
            field="words",
        )
    is_own_distress = Category.DISTRESS in verdict.categories
    if not verdict.reaches_peers and not is_own_distress:
        raise HelloHeld(verdict)
    if verdict.response is Response.HOLD and not verdict.folded:
        return [[0, len(words)]]
    return [list(span) for span in verdict.folded]


@dataclass(frozen=True, slots=True)
class _Starter:
    """A sentence to begin with: how its facts are found, and the feature they count in."""

    feature: str
    find: Callable[[Person, Person], Facts]
    sentence: Sentence


# A word both happen to have written is no beginning: it may be "died".
_STARTERS: Final = (
    _Starter("experiences", facts.lived, say("I've lived with %(fact)s too. I'd be glad to talk.")),
    _Starter(
        "complement",
        facts.they_are_further,
        say("I'm living with %(fact)s now, and you're further along. How has it been for you?"),
    ),
    _Starter(
        "complement",
        facts.they_come_through,
        say("I'm living with %(fact)s now, and you're coming through it. How is that for you?"),
    ),
    _Starter(
        "complement",
        facts.you_are_further,
        say("I'm further along with %(fact)s, if you'd like to talk about it."),
    ),
    _Starter(
        "complement",
        facts.you_come_through,
        say("I'm coming through %(fact)s myself, if you'd like to talk about it."),
    ),
    _Starter(
        "strategies",
        facts.they_used,
        say("You've used %(fact)s, and I'd like to try it. How was it for you?"),
    ),
    _Starter(
        "strategies",
        facts.you_used,
        say("I've used %(fact)s, which you'd like to try. I can tell you how it was for me."),
    ),
    _Starter("interests", facts.interests, say("I like %(fact)s too. What do you like about it?")),
)
# To somebody who has a name, and to somebody who has none.
_FOR_ANYBODY: Final = (
    (
        say("Hello %(name)s. I'd like to talk, if you would too."),
        say("Hello. I'd like to talk, if you would too."),
    ),
    (
        say("Hello %(name)s. There's no hurry: write whenever it suits you."),
        say("Hello. There's no hurry: write whenever it suits you."),
    ),
    (say("Hello %(name)s. How has your week been?"), say("Hello. How has your week been?")),
)


def starters(seeker: Person, other: Person, match: Match | None = None) -> tuple[str, str, str]:
    """Return three beginnings to edit, from what both wrote themselves; what counts most first.

    Where they share less than three things, the rest claims nothing about anybody.
    """
    contributions = match.contributions if match else {}
    said = sorted(_STARTERS, key=lambda one: -contributions.get(one.feature, 0.0))
    found = (one.find(seeker, other) for one in said)
    true = [
        one.sentence.filled(fact=facts_of_it[0])
        for one, facts_of_it in zip(said, found, strict=True)
        if facts_of_it
    ]
    plain = [
        named.filled(name=other.name) if other.name else nameless
        for named, nameless in _FOR_ANYBODY
    ]
    first, second, third = (*true, *plain)[:STARTERS]
    return first, second, third
