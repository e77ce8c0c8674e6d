"""How facts are said: one sentence to each sort of reason, in plain English to whom it is for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from matching import facts, fields
from matching.documents import GroupDocument, Person, Support
from matching.facts import Facts

_SUPPORT: Final = {
    Support.LISTEN: "someone to listen",
    Support.TALK_IT_THROUGH: "someone to talk it through with",
    Support.PRACTICAL: "practical help",
    Support.DOING_THINGS: "someone to do things with",
    Support.MENTOR: "a mentor",
}
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of reason: the feature behind it, how its facts are found, how they are said."""

    name: str
    feature: str
    find: Callable[[Person, Any], Facts]
    sentence: str
    speak: Callable[[Facts], str]
    is_telling: bool = True


def _named(found: Facts) -> str:
    return " and ".join(found)


def _quoted(found: Facts) -> str:
    return _named(tuple(f"“{fact}”" for fact in found))


def _support(found: Facts) -> str:
    return _named(tuple(_SUPPORT[Support(fact)] for fact in found))


def _slots(found: Facts) -> str:
    pairs = (fact.split("-") for fact in found)
    return _named(tuple(f"{_DAYS[fields.DAYS.index(day)]} {part}s" for day, part in pairs))


def _languages(tags: Facts) -> str:
    return _named(tuple(map(facts.language_name, tags)))


KINDS: Final = (
    Kind("lived", "experiences", facts.lived, "You've both lived with {facts}.", _named),
    Kind(
        "they_are_further",
        "complement",
        facts.they_are_further,
        "{name} is further along with {facts} than you.",
        _named,
    ),
    Kind(
        "they_come_through",
        "complement",
        facts.they_come_through,
        "{name} is coming through {facts}, which you're living with now.",
        _named,
    ),
    Kind(
        "you_are_further",
        "complement",
        facts.you_are_further,
        "{name} is living with {facts} now, and you're further along.",
        _named,
    ),
    Kind(
        "you_come_through",
        "complement",
        facts.you_come_through,
        "{name} is living with {facts} now, and you're coming through it.",
        _named,
    ),
    Kind(
        "they_used",
        "strategies",
        facts.they_used,
        "{name} has used {facts}, which you wanted to try.",
        _named,
    ),
    Kind(
        "they_used_alike",
        "strategies",
        facts.they_used_alike,
        "{name} has used “{first}”. You wanted to try “{last}”.",
        _named,
    ),
    Kind(
        "you_used",
        "strategies",
        facts.you_used,
        "You've used {facts}, which {name} wants to try.",
        _named,
    ),
    Kind(
        "you_used_alike",
        "strategies",
        facts.you_used_alike,
        "You've used “{first}”. {name} wants to try “{last}”.",
        _named,
    ),
    Kind(
        "they_offer",
        "support",
        facts.they_offer,
        "You're looking for {facts}, and {name} offers that.",
        _support,
    ),
    Kind(
        "you_offer",
        "support",
        facts.you_offer,
        "{name} is looking for {facts}, and you offer that.",
        _support,
    ),
    Kind("interests", "interests", facts.interests, "You both like {facts}.", _named),
    Kind("languages", "language", facts.languages, "You both speak {facts}.", _languages),
    Kind("words", "words", facts.words, "You both wrote about {facts}.", _quoted, False),
    Kind("times", "times", facts.times, "You're both often free on {facts}.", _slots, False),
)
GROUP_KINDS: Final = (
    Kind(
        "group_topics",
        "topics",
        facts.group_topics,
        "This group is about {facts}, which you've lived with.",
        _named,
    ),
    Kind(
        "group_words",
        "words",
        facts.group_words,
        "You and this group both write about {facts}.",
        _quoted,
    ),
)

# For where there is nothing to name; true of whoever may be offered.
PLAIN: Final = {
    "told_little": "You haven't told us much yet, so this is simply somebody who is here.",
    "here": "{name} is here and open to talking. We don't know yet what you two share.",
    "group_told_little": "You haven't told us much yet, so this is simply a group that is open.",
    "group_here": "This group is open, and it has room for you.",
}


def say(kind: Kind, other: Person | GroupDocument, found: Facts) -> str:
    """Return the sentence that says just these facts; `found` has at least one."""
    values = {"facts": kind.speak(found), "first": found[0], "last": found[-1]}
    return _filled(kind.sentence, other, values)


def say_plainly(kind: str, other: Person | GroupDocument) -> str:
    """Return the sentence for where there is nothing to name."""
    return _filled(PLAIN[kind], other, {})


def _filled(template: str, other: Person | GroupDocument, values: dict[str, str]) -> str:
    begins = template.startswith("{name}")
    name = other.name or ("This person" if begins else "this person")
    # In one pass: a name may hold braces.
    return re.sub(r"\{(\w+)\}", lambda found: ({"name": name} | values)[found[1]], template)
