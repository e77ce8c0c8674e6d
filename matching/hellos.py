"""What is said in a hello: never an empty box (promise 35), never anybody's private words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from core import limits
from core.errors import Invalid
from core.safety import Category, Response, Verdict
from matching import facts
from matching.documents import Person
from matching.facts import Facts
from matching.ranking import Match

ONE_TAP: Final = "I read your words. I've been near there."
STARTERS: Final = 3

Spans = list[list[int]]


class HelloHeld(Invalid):
    """The words can't go as they are. `verdict` says why, for the page that shows what to do."""

    code = "hello_held"
    title = "We haven't sent this yet. Your words are still here: please look at them again."

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
        raise Invalid("Please write a few words, or use one of ours.", field="words")
    if len(words) > limits.FIELD_CHARACTERS:
        raise Invalid(f"Please use at most {limits.FIELD_CHARACTERS} letters.", field="words")
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
    sentence: str


_STARTERS: Final = (
    _Starter("experiences", facts.lived, "I've lived with {fact} too. I'd be glad to talk."),
    _Starter(
        "complement",
        facts.they_are_further,
        "I'm living with {fact} now, and you're further along. How has it been for you?",
    ),
    _Starter(
        "complement",
        facts.they_come_through,
        "I'm living with {fact} now, and you're coming through it. How is that for you?",
    ),
    _Starter(
        "complement",
        facts.you_are_further,
        "I'm further along with {fact}, if you'd like to talk about it.",
    ),
    _Starter(
        "complement",
        facts.you_come_through,
        "I'm coming through {fact} myself, if you'd like to talk about it.",
    ),
    _Starter(
        "strategies",
        facts.they_used,
        "You've used {fact}, and I'd like to try it. How was it for you?",
    ),
    _Starter(
        "strategies",
        facts.you_used,
        "I've used {fact}, which you'd like to try. I can tell you how it was for me.",
    ),
    _Starter("interests", facts.interests, "I like {fact} too. What do you like about it?"),
    _Starter("words", facts.words, "You wrote about “{fact}”, and so did I."),
)
_FOR_ANYBODY: Final = (
    "Hello{name}. I'd like to talk, if you would too.",
    "Hello{name}. There's no hurry: write whenever it suits you.",
    "Hello{name}. How has your week been?",
)


def starters(seeker: Person, other: Person, match: Match | None = None) -> tuple[str, str, str]:
    """Return three beginnings to edit, from what both wrote themselves; what counts most first.

    Where they share less than three things, the rest claims nothing about anybody.
    """
    contributions = match.contributions if match else {}
    said = sorted(_STARTERS, key=lambda one: -contributions.get(one.feature, 0.0))
    named = (one.find(seeker, other) for one in said)
    true = [
        one.sentence.replace("{fact}", found[0])
        for one, found in zip(said, named, strict=True)
        if found
    ]
    name = f" {other.name}" if other.name else ""
    plain = [sentence.replace("{name}", name) for sentence in _FOR_ANYBODY]
    first, second, third = (*true, *plain)[:STARTERS]
    return first, second, third
