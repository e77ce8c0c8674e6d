"""What would help somebody whom we have nobody to show (promise 38)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from core.sentences import say
from matching import eligibility
from matching.documents import Person, Weight
from matching.eligibility import Standing


def hint(
    seeker: Person, standings: Mapping[str, Standing], people: Iterable[Person], *, met: set[UUID]
) -> str:
    """Name the one change that would help, else an empty line.

    `met` are those the seeker talks or talked with: showing these again would not help.
    """
    mine, others = standings[seeker.id], list(people)
    if mine.is_paused:
        return say("You're taking a break. When you end it, we'll show you people again.")
    if mine.open_connections >= seeker.capacity:
        return say(
            "You're talking with as many people as you said you can. You can change that number."
        )
    if _would_meet(_without_musts(seeker), mine, others, standings):
        return say(
            "Nobody here has lived all that you said must be shared. If it were nice but not"
            " needed, there would be people to show you."
        )
    unanswered = replace(mine, answered=frozenset(map(str, met)))
    if _would_meet(seeker, unanswered, others, standings):
        return say("You've seen everybody for now. We can show you again those you put aside.")
    return ""


def _without_musts(seeker: Person) -> Person:
    wished = (
        one.model_copy(update={"weight": Weight.NICE}) if one.weight is Weight.MUST else one
        for one in seeker.experiences
    )
    return seeker.model_copy(update={"experiences": tuple(wished)})


def _would_meet(
    seeker: Person, mine: Standing, people: Iterable[Person], standings: Mapping[str, Standing]
) -> bool:
    return any(
        eligibility.first_broken_rule(
            seeker, other, asking_standing=mine, other_standing=standings[other.id]
        )
        is None
        for other in people
    )
