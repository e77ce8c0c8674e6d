"""How facts are said: one sentence to each sort of reason, in plain English to whom it is for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from core.sentences import Sentence, say
from matching import facts
from matching.documents import GroupDocument, Person, Support
from matching.facts import Facts

_SUPPORT: Final = {
    Support.LISTEN: say("someone to listen"),
    Support.TALK_IT_THROUGH: say("someone to talk it through with"),
    Support.PRACTICAL: say("practical help"),
    Support.DOING_THINGS: say("someone to do things with"),
    Support.MENTOR: say("a mentor"),
}
_DAYS: Final = {
    "mon": say("Monday"),
    "tue": say("Tuesday"),
    "wed": say("Wednesday"),
    "thu": say("Thursday"),
    "fri": say("Friday"),
    "sat": say("Saturday"),
    "sun": say("Sunday"),
}
_PARTS: Final = {
    "morning": say("%(day)s mornings"),
    "afternoon": say("%(day)s afternoons"),
    "evening": say("%(day)s evenings"),
    "night": say("%(day)s nights"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of reason: the feature behind it, how its facts are found, how they are said."""

    name: str
    feature: str
    find: Callable[[Person, Any], Facts]
    sentence: Sentence
    speak: Callable[[Facts], str]
    is_telling: bool = True


def _named(found: tuple[str, ...]) -> str:
    first, *rest = found
    return say("%(first)s and %(last)s", first=first, last=_named(tuple(rest))) if rest else first


def _quoted(found: Facts) -> str:
    return _named(tuple(say("“%(words)s”", words=fact) for fact in found))


def _support(found: Facts) -> str:
    return _named(tuple(_SUPPORT[Support(fact)] for fact in found))


def _slots(found: Facts) -> str:
    pairs = (fact.split("-") for fact in found)
    return _named(tuple(_PARTS[part].filled(day=_DAYS[day]) for day, part in pairs))


def _languages(tags: Facts) -> str:
    return _named(tuple(map(facts.language_name, tags)))


KINDS: Final = (
    Kind("lived", "experiences", facts.lived, say("You've both lived with %(facts)s."), _named),
    Kind(
        "they_are_further",
        "complement",
        facts.they_are_further,
        say("%(name)s is further along with %(facts)s, which you're living with now."),
        _named,
    ),
    Kind(
        "they_come_through",
        "complement",
        facts.they_come_through,
        say("%(name)s is coming through %(facts)s, which you're living with now."),
        _named,
    ),
    Kind(
        "you_are_further",
        "complement",
        facts.you_are_further,
        say("%(name)s is living with %(facts)s now, and you're further along."),
        _named,
    ),
    Kind(
        "you_come_through",
        "complement",
        facts.you_come_through,
        say("%(name)s is living with %(facts)s now, and you're coming through it."),
        _named,
    ),
    Kind(
        "they_used",
        "strategies",
        facts.they_used,
        say("%(name)s has used %(facts)s, which you wanted to try."),
        _named,
    ),
    Kind(
        "they_used_alike",
        "strategies",
        facts.they_used_alike,
        say("%(name)s has used “%(first)s”. You wanted to try “%(last)s”."),
        _named,
    ),
    Kind(
        "you_used",
        "strategies",
        facts.you_used,
        say("You've used %(facts)s, which %(name)s wants to try."),
        _named,
    ),
    Kind(
        "you_used_alike",
        "strategies",
        facts.you_used_alike,
        say("You've used “%(first)s”. %(name)s wants to try “%(last)s”."),
        _named,
    ),
    Kind(
        "they_offer",
        "support",
        facts.they_offer,
        say("You're looking for %(facts)s, and %(name)s offers that."),
        _support,
    ),
    Kind(
        "you_offer",
        "support",
        facts.you_offer,
        say("%(name)s is looking for %(facts)s, and you offer that."),
        _support,
    ),
    Kind("interests", "interests", facts.interests, say("You both like %(facts)s."), _named),
    Kind("languages", "language", facts.languages, say("You both speak %(facts)s."), _languages),
    Kind("words", "words", facts.words, say("You both wrote about %(facts)s."), _quoted, False),
    Kind("times", "times", facts.times, say("You're both often free on %(facts)s."), _slots, False),
)
GROUP_KINDS: Final = (
    Kind(
        "group_topics",
        "topics",
        facts.group_topics,
        say("This group is about %(facts)s, which you've lived with."),
        _named,
    ),
    Kind(
        "group_words",
        "words",
        facts.group_words,
        say("You and this group both write about %(facts)s."),
        _quoted,
    ),
)

# For where there is nothing to name; true of whoever may be offered.
PLAIN: Final[dict[str, Sentence]] = {
    "told_little": say("You haven't told us much yet, so this is simply somebody who is here."),
    "here": say("%(name)s is here and open to talking. We don't know yet what you two share."),
    "group_told_little": say(
        "You haven't told us much yet, so this is simply a group that is open."
    ),
    "group_welcome": say("Everybody new is welcome here."),
    "group_here": say("This group is open, and it has room for you."),
}


def sentence(kind: Kind, other: Person | GroupDocument, found: Facts) -> Sentence:
    """Return the sentence that says just these facts; `found` has at least one."""
    values = {"facts": kind.speak(found), "first": found[0], "last": found[-1]}
    return _filled(kind.sentence, other, values)


def plainly(kind: str, other: Person | GroupDocument) -> Sentence:
    """Return the sentence for where there is nothing to name."""
    return _filled(PLAIN[kind], other, {})


def _filled(template: Sentence, other: Person | GroupDocument, values: dict[str, str]) -> Sentence:
    begins = template.startswith("%(name)s")
    name = other.name or (say("This person") if begins else say("this person"))
    return template.filled(name=name, **values)
