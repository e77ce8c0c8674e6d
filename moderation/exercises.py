"""What a head is taught and asked while it learns here: decisions, shipped examples, calm talk.

Everything in the spelling that heads read. Nothing of it is kept.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from core.safety import Category, Context
from moderation import authored, grams, labelled, lessons
from moderation.decided import Decided
from moderation.screening import RulesScreening


class Text(NamedTuple):
    """A text cut into words, whether it shows what is asked, whose it is (None: nobody's, it was
    written for this project), whether a rule says so already, and the way of speaking it is of.
    """

    words: Sequence[str]
    shows: bool
    author: object
    by_rule: bool = False
    kind: str = ""


def decisions(decided: Iterable[Decided], about: Category) -> list[Text]:
    """Return what was decided, asked about one category."""
    rules = _rules()
    return [
        Text(_words(one.text), one.is_so, one.author_id, about in rules.found(one.text, Context()))
        for one in decided
    ]


def _words(text: str) -> Sequence[str]:
    return grams.words(lessons.plain(text[: lessons.MOST_CHARACTERS]))


@cache
def _rules() -> RulesScreening:
    return RulesScreening()


@cache
def taught(about: Category) -> tuple[Text, ...]:
    """Return the shipped examples that may teach."""
    return tuple(
        Text(grams.words(one.text), about in one.shows, None)
        for one in _lessons()
        if about in one.teaches
    )


@cache
def _lessons() -> tuple[lessons.Lesson, ...]:
    return tuple(lessons.every(()))


@cache
def kept_back(about: Category) -> tuple[Text, ...]:
    """Return examples that nothing learns from, and calm talk, each with its way of speaking."""
    rules = _rules()
    examples = [
        Text(
            _words(one.whole), about in one.labels, None,
            about in rules.found(one.whole, Context()), f"{one.about.value}/{one.kind}",
        )
        for one in authored.shipped()
        if one.is_kept_back
    ]  # fmt: skip
    calm = [Text(_words(text), False, None, False, "ordinary") for text in labelled.calm()]
    return (*examples, *calm)
