"""Random people for properties: few topics and words, so that everything happens often."""

from collections.abc import Iterable
from functools import cache
from itertools import permutations
from typing import TypeVar

from hypothesis import strategies as st

from matching.documents import AgeBand, Experience, GroupDocument, Person, Support, Weight, Where
from matching.eligibility import Standing

T = TypeVar("T")
TOPICS = ("hearing voices", "Hearing  Voices", "panic", "bereavement", "caring", "")
WORDS = (
    "",
    "   ",
    "😀😀 💚",
    "I hear voices at night, mostly when I can't sleep",
    "Voices at night, and a garden by day",
    "My mother died in the spring and the garden kept me going",
    "أسمع أصواتا في الليل ولا أنام",
    "夜に声が聞こえて眠れません",
    "रात में आवाज़ें सुनाई देती हैं",
    "On buses my heart races and I get off early. " * 40,
)
IDS = tuple(f"p{number}" for number in range(12))
SAID = st.sampled_from(WORDS)
STRATEGIES = (
    "grounding",
    "Grounding",
    "grounding outdoors",
    "walking the dog",
    "singing",
    "{name}",
)
SLOTS = ("mon-morning", "tue-evening", "sun-night")


def some(values: Iterable[T], most: int = 3) -> st.SearchStrategy[tuple[T, ...]]:
    """Up to `most` of these without repeats, each number as often: one draw, which is cheap."""
    by_length = [list(permutations(values, length)) for length in range(most + 1)]
    longest = max(map(len, by_length))
    return st.sampled_from([one for few in by_length for one in few * (longest // (len(few) or 1))])


experiences = st.builds(
    Experience,
    words=SAID,
    topic=st.sampled_from(TOPICS),
    where=st.sampled_from(Where),
    weight=st.sampled_from((*Weight, Weight.NICE, Weight.NICE, Weight.NICE)),
)
help_kinds = some(Support)


@cache
def person(person_id: str) -> st.SearchStrategy[Person]:
    """One person with this id; kept, for a strategy costs more to make than to draw from."""
    return st.builds(
        Person,
        id=st.just(person_id),
        name=st.sampled_from(("", "Sam", "{facts}", "ali")),
        words_for_self=SAID,
        about=SAID,
        experiences=st.lists(experiences, max_size=3).map(tuple),
        used=some(STRATEGIES),
        wanted=some(STRATEGIES),
        looking_for=help_kinds,
        can_offer=help_kinds,
        interests=some(("allotments", "Dogs", "dogs", "panic")),
        wont_talk_about=some(TOPICS[1:3]),
        languages=st.sampled_from(
            (("en",), ("en", "cy"), ("cy-GB",), ("EN-gb",), ("xx",), ("ur",))
        ),
        age_band=st.sampled_from((None, None, AgeBand.UNDER_18, AgeBand.FROM_25)),
        timezone=st.sampled_from(("", "Europe/London", "Asia/Kathmandu", "Pacific/Auckland")),
        available=some(SLOTS),
        capacity=st.sampled_from((0, 1, 3, 3, 3)),
        blocked=some(IDS, most=2),
    )


def populations(least: int = 1) -> st.SearchStrategy[list[Person]]:
    """People with different ids, in any order."""
    ids = st.lists(st.sampled_from(IDS), min_size=least, unique=True)
    return ids.flatmap(lambda some_ids: st.tuples(*map(person, some_ids)).map(list))


few_ids = some(IDS, most=2).map(frozenset)
rarely = st.sampled_from((False, False, False, False, True))
standings = st.dictionaries(
    st.sampled_from(IDS),
    st.builds(
        Standing,
        organisation=st.sampled_from(("", "", "", "elsewhere")),
        is_paused=rarely,
        is_resting=rarely,
        is_suspended=rarely,
        is_unlisted=rarely,
        wants_alike=rarely,
        open_connections=st.sampled_from((0, 0, 1, 3)),
        answered=few_ids,
        apart=few_ids,
    ),
)
groups = st.lists(
    st.builds(
        GroupDocument,
        id=st.sampled_from(("g1", "g2", "g3")),
        name=st.sampled_from(("", "Voices together")),
        purpose=SAID,
        experiences=st.sampled_from(TOPICS).map(lambda topic: ({"topic": topic},)),
        languages=st.sampled_from((("en",), ("cy",))),
        has_room=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda group: group.id,
)
