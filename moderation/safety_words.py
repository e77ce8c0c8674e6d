"""What people read around the hardest sentences: the document `safety_words`, as a model."""

from typing import Any, ClassVar, Final, Self

from pydantic import model_validator

from moderation.documents import Part, Words
from people.documents import Settled

# Promise 5, in the order in which somebody asks.
FOUR_ANSWERS: Final = ("what_is_sent", "who_is_told", "what_they_may_do", "what_they_will_not_do")


class Choice(Part):
    """What may make it hard to reach out, and an answer to it."""

    id: str
    label: Words
    words: Words


class PersonFirst(Part):
    """A person here, before any list."""

    staffed: Words
    staffed_button: Words
    not_staffed: Words
    not_staffed_button: Words
    trusted: Words
    trusted_button: Words


class HelpCardWords(Part):
    """The full card's words."""

    first_line: Words
    opening: Words
    question: Words
    choices: tuple[Choice, ...]
    person_first: PersonFirst
    own_plan: Words
    services: Words
    danger: Words
    put_away: Words


class AskedAPerson(Part):
    """What somebody reads after a person was asked to look."""

    staffed: Words
    not_staffed: Words
    not_answered: Words
    answered: Words


class Answer(Part):
    """One of the four honest sentences."""

    id: str
    words: Words
    more: Words | None = None


class WhatHappens(Part):
    """ "What happens if I say I want to die?" in four sentences."""

    title: Words
    sentences: tuple[Answer, Answer, Answer, Answer]

    @model_validator(mode="after")
    def _answer_all_four(self) -> Self:
        if tuple(each.id for each in self.sentences) != FOUR_ANSWERS:
            raise ValueError(f"the four sentences are {', '.join(FOUR_ANSWERS)}, in this order")
        return self


class WorriedAboutThem(Part):
    """For the one who reads "tonight" (promise 7)."""

    title: Words
    opening: Words
    sentences: tuple[Words, Words, Words]
    not_yours_to_carry: Words
    next_day: Words


class Wording(Part):
    """One whole set of safety words: the usual one, or the easy-read one."""

    help_card: HelpCardWords
    quiet_line: Words
    asked_a_person: AskedAPerson
    what_happens: WhatHappens
    worried_about_them: WorriedAboutThem


class SafetyWords(Settled):
    """What people read around the hardest sentences."""

    kind: ClassVar[str] = "safety_words"
    review: str
    help_card: HelpCardWords
    quiet_line: Words
    asked_a_person: AskedAPerson
    what_happens: WhatHappens
    worried_about_them: WorriedAboutThem
    easy_read: Wording

    def wording(self, *, is_easy_read: bool = False) -> Wording:
        """Return the usual words, or the easy-read copy."""
        if is_easy_read:
            return self.easy_read
        usual: dict[str, Any] = {name: getattr(self, name) for name in Wording.model_fields}
        return Wording.model_construct(**usual)

    def next_day(self, name: str | None) -> str:
        """Return how somebody who was worried is asked about themselves the day after."""
        return self.worried_about_them.next_day.replace("{name}", name or "somebody")
