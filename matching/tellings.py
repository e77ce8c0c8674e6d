"""Why a group was proposed, and why somebody has none: true, and telling nothing of anybody's no.

A reason names what people would be met for, never what one of them won't talk about, avoids or
blocks. Why somebody is left is the first of a list of sentences that is true of them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from core.sentences import Sentence, say
from matching import facts, fields
from matching.documents import Person, Where
from matching.gatherings import Crowd, Gathering, Sizes
from matching.slots import Slot

MOST_TOPICS: Final = 2
DAY_NAMES: Final = dict(
    zip(
        fields.DAYS,
        (say("Monday"), say("Tuesday"), say("Wednesday"), say("Thursday"), say("Friday"),
         say("Saturday"), say("Sunday")),
        strict=True,
    )
)  # fmt: skip
PART_NAMES: Final = {
    "morning": say("in the morning"),
    "afternoon": say("in the afternoon"),
    "evening": say("in the evening"),
    "night": say("at night"),
}
FEW_SPEAK: Final = say("Too few people who wait speak a language of theirs.")
FEW_COME: Final = say("Too few people who speak their language can come at a time of theirs.")
NOBODY_FURTHER: Final = say("Nobody who can come at a time of theirs is further along.")
NOBODY_LIVED: Final = say(
    "Nobody who can come then has lived what they need somebody to have lived."
)
# It may be that somebody in it must not meet them: which of the reasons it is, nobody is told.
NONE_FITS: Final = say("The groups with a place at their times don't fit them as they are now.")
ALL_FULL: Final = say(
    "The groups at their times are full, and those left can't make another group together."
)
OTHERS_HAVE_ONE: Final = say(
    "Some who could come at their times have a group at another, and those left can't make one"
    " together."
)
NO_GROUP: Final = say("Those who can come at their times can't make a group together.")


def reasons(people: Sequence[Person], where: Slot) -> tuple[Sentence, ...]:
    """Return what these people share, in plain sentences."""
    return tuple(_reasons(people, where))


def _reasons(people: Sequence[Person], where: Slot) -> Iterator[Sentence]:
    yield say(
        "Everyone speaks %(language)s.",
        language=facts.language_name(where.language) or where.language,
    )
    day, part = where.slot.split("-")
    zone = next((one.timezone for one in people if one.available and one.timezone), "")
    if not any(person.available for person in people):
        yield say("Nobody named a time: any would do.")
    elif zone:
        yield say(
            "Everyone can come on %(day)s %(part)s, by the clock of %(zone)s.",
            day=DAY_NAMES[day], part=PART_NAMES[part], zone=zone,
        )  # fmt: skip
    else:
        yield say(
            "Everyone can come on %(day)s %(part)s.", day=DAY_NAMES[day], part=PART_NAMES[part]
        )
    yield from _lived(people)
    yield _further(people)


def _spoken_of(people: Sequence[Person]) -> list[list[tuple[str, Where]]]:
    """Return each one's topics that all of them may hear of."""
    hidden = {fields.key(topic) for person in people for topic in person.wont_talk_about}
    return [
        [
            (one.topic, one.where)
            for one in person.experiences
            if one.topic and one.is_welcome and fields.key(one.topic) not in hidden
        ]
        for person in people
    ]


def _lived(people: Sequence[Person]) -> Iterator[Sentence]:
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for topics in _spoken_of(people):
        for topic, _ in topics:
            names.setdefault(fields.key(topic), topic)
        counts.update({fields.key(topic) for topic, _ in topics})
    for key, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:MOST_TOPICS]:
        if count > 1:
            yield say(
                "%(count)s of %(all)s have lived with %(topic)s.",
                count=count, all=len(people), topic=names[key],
            )  # fmt: skip


def _further(people: Sequence[Person]) -> Sentence:
    spoken = _spoken_of(people)
    living = Counter(
        key
        for topics in spoken
        for key in {fields.key(topic) for topic, at in topics if at is Where.LIVING_IT}
    )
    ahead = [
        (living[fields.key(topic)], person.name or say("Somebody"), topic)
        for person, topics in zip(people, spoken, strict=True)
        for topic, where in topics
        if where is Where.FURTHER_ALONG
    ]
    if not ahead:
        return say("Somebody in it is further along.")
    count, name, topic = max(ahead, key=lambda one: one[0])
    if count:
        return say(
            "%(name)s is further along with %(topic)s, which others are living with now.",
            name=name, topic=topic,
        )  # fmt: skip
    return say("%(name)s is further along with %(topic)s.", name=name, topic=topic)


def why(crowd: Crowd, groups: Sequence[Gathering], row: int, sizes: Sizes) -> Sentence:
    """Return why somebody has no group: the first of these that is true of them."""
    times = [crowd.week.who[slot] for slot in crowd.week.fits[row]]
    coming = {one for some in times for one in some}
    here = [group for group in groups if not group.slots.isdisjoint(crowd.week.fits[row])]
    placed = {one for group in groups for one in group.rows}
    told = (
        (_most_speakers(crowd, row) < sizes.least, FEW_SPEAK),
        (max(map(len, times), default=0) < sizes.least, FEW_COME),
        (not any(crowd.further[one] for one in coming), NOBODY_FURTHER),
        (not crowd.finds(row, coming), NOBODY_LIVED),
        (any(len(group.rows) < sizes.most for group in here), NONE_FITS),
        (bool(here), ALL_FULL),
        (not coming.isdisjoint(placed), OTHERS_HAVE_ONE),
    )
    return next((sentence for is_true, sentence in told if is_true), NO_GROUP)


def _most_speakers(crowd: Crowd, row: int) -> int:
    """Count who speaks the language of theirs that most speak, them included."""
    mine = crowd.sides[row].sets["languages"]
    return max(
        (sum(tag in side.sets["languages"] for side in crowd.sides) for tag in mine), default=0
    )
