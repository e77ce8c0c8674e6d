"""Groups from people who wait: no hard rule is broken, and who is left hears something true."""

import json
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from matching import circles, documents, eligibility, fields, grouping, seating, slots, tellings
from matching.documents import Person, Weight, Where
from matching.grouping import Proposal
from tests.matching import random_people

SIZES = st.sampled_from(((2, 3), (2, 5), (3, 4), (4, 10)))


def _person(number: int, **told: Any) -> Person:
    living = {"topic": "panic", "where": "further_along" if number % 4 == 0 else "living_it"}
    return documents.parse({"id": f"p{number}", "experiences": [living]} | told)


def _ids(proposal: Proposal) -> list[str]:
    return [one for group in proposal.groups for one in group.members]


def _can_come(person: Person, slot: str) -> bool:
    return not person.available or slot in person.available


def _must_not_meet(one: Person, other: Person) -> bool:
    rules = {"blocked", "under_18", "never_topic", "wont_talk_about", "apart", "organisation"}
    sides = eligibility.side(one), eligibility.side(other)
    return any(rule.forbids(*sides) for rule in eligibility.RULES if rule.name in rules)


def _has_lived(people: list[Person], topic: str) -> bool:
    lived = (one for person in people for one in person.experiences)
    return any(
        fields.key(one.topic) == fields.key(topic) and one.weight is not Weight.NEVER
        for one in lived
    )


def _check_group(people: dict[str, Person], group: grouping.Proposed) -> None:
    here = [people[one] for one in group.members]
    for person in here:
        spoken = {tag.split("-")[0].lower() for tag in person.languages}
        assert group.language in spoken
        assert _can_come(person, group.slot)
        others = [one for one in here if one is not person]
        for lived in person.experiences:
            if lived.topic and lived.weight is Weight.MUST:
                assert _has_lived(others, lived.topic)
    limited = {slots.clock(person) for person in here if person.available}
    assert len(limited) <= 1
    assert any(one.where is Where.FURTHER_ALONG for person in here for one in person.experiences)
    assert not any(_must_not_meet(one, other) for one, other in combinations(here, 2))
    assert 0 <= group.cohesion <= 1
    assert group.reasons


@given(random_people.populations(), SIZES, st.integers(0, 3))
def test_every_hard_rule_holds_in_every_group_and_nobody_is_lost(
    people: list[Person], sizes: tuple[int, int], seed: int
) -> None:
    least, most = sizes
    proposal = grouping.propose(people, least=least, most=most, seed=seed)
    by_id = {person.id: person for person in people}
    for group in proposal.groups:
        assert least <= len(group.members) <= most
        _check_group(by_id, group)
    everyone = [*_ids(proposal), *(one.id for one in proposal.unplaced)]
    assert sorted(everyone) == sorted(by_id)
    assert all(_is_true(one, proposal, people, least, most) for one in proposal.unplaced)
    again = grouping.propose(reversed(people), least=least, most=most, seed=seed)
    assert again == proposal
    json.dumps(proposal.as_json())


def _is_true(
    left: grouping.Unplaced, proposal: Proposal, people: list[Person], least: int, most: int
) -> bool:
    """Tell again, in another way, whether the sentence is true."""
    mine = next(person for person in people if person.id == left.id)
    speaking = [one for one in people if slots.languages(one) & slots.languages(mine)]
    week = slots.week(people)
    row = people.index(mine)
    coming = [{people[one] for one in week.who[slot]} for slot in week.fits[row]]
    full = [len(group.members) >= most for group in _at_my_times(proposal, people, mine)]
    further = [any(map(circles.is_further, some)) for some in coming]
    musts = [one.topic for one in mine.experiences if one.weight is Weight.MUST and one.topic]
    others = [one for some in coming for one in some if one is not mine]
    placed = {one for group in proposal.groups for one in group.members}
    tags = slots.languages(mine)
    is_true = {
        tellings.FEW_SPEAK: all(
            sum(tag in slots.languages(one) for one in speaking) < least for tag in tags
        ),
        tellings.FEW_COME: all(len(some) < least for some in coming),
        tellings.NOBODY_FURTHER: not any(further),
        tellings.NOBODY_LIVED: any(not _has_lived(others, topic) for topic in musts),
        tellings.NONE_FITS: not all(full),
        tellings.ALL_FULL: bool(full) and all(full),
        tellings.OTHERS_HAVE_ONE: not full and any(one.id in placed for one in others),
        tellings.NO_GROUP: not full,
    }
    return is_true[left.why]


def _at_my_times(proposal: Proposal, people: list[Person], mine: Person) -> list[grouping.Proposed]:
    week, row = slots.week(people), people.index(mine)
    rows = {person.id: number for number, person in enumerate(people)}
    return [
        group
        for group in proposal.groups
        if any(
            all(rows[one] in week.who[number] for one in group.members) for number in week.fits[row]
        )
    ]


def test_a_group_that_named_no_time_moves_to_let_somebody_in() -> None:
    people = [
        _person(0),
        _person(1, timezone="Europe/London", available=["mon-morning"]),
        _person(2, languages=["en"]),
        # Of this one's clock nothing is known, and they must not meet the first.
        _person(3, available=["mon-morning"], blocked=["p0"]),
    ]
    proposal = grouping.propose(people, least=2, most=3)
    assert [sorted(group.members) for group in proposal.groups] == [["p0", "p1", "p2"]]
    assert "by the clock of Europe/London" in " ".join(map(str, proposal.groups[0].reasons))
    assert [one.id for one in proposal.unplaced] == ["p3"]


def test_alike_people_sit_together_and_the_reasons_are_true() -> None:
    panic = [_person(number, available=["tue-evening"]) for number in range(4)]
    caring = [
        _person(number, available=["tue-evening"], experiences=[
            {"topic": "caring", "where": "further_along" if number == 4 else "living_it"}
        ])
        for number in range(4, 8)
    ]  # fmt: skip
    proposal = grouping.propose([*panic, *caring])
    assert [group.members for group in proposal.groups] == [
        ("p0", "p1", "p2", "p3"), ("p4", "p5", "p6", "p7"),
    ]  # fmt: skip
    assert proposal.groups[0].reasons == (
        "Everyone speaks English.",
        "Everyone can come on Tuesday in the evening.",
        "4 of 4 have lived with panic.",
        "Somebody is further along with panic, which others are living with now.",
    )
    assert proposal.groups[0].cohesion == 1.0


def test_a_topic_one_of_them_wont_talk_about_is_in_no_reason() -> None:
    people = [_person(number) for number in range(4)]
    people.append(_person(5, wont_talk_about=["Panic"], experiences=[]))
    [group] = grouping.propose(people, least=5).groups
    assert not any("anic" in sentence for sentence in group.reasons)


def test_the_same_slot_by_clocks_that_differ_is_not_the_same_time() -> None:
    far = [
        _person(number, timezone=zone, available=["tue-evening"])
        for number, zone in enumerate(["Europe/London", "America/New_York"] * 2)
    ]
    assert grouping.propose(far).groups == ()
    near = [
        _person(number, timezone=zone, available=["tue-evening"])
        for number, zone in enumerate(["Europe/London", "Europe/Lisbon"] * 2)
    ]
    assert len(grouping.propose(near).groups) == 1


def test_somebody_moves_over_so_that_one_more_group_can_open() -> None:
    """Four can only come on Mondays with one who could come on both days, and four on Tuesdays."""
    monday = [_person(n, available=["mon-morning"]) for n in (1, 2, 3)]
    tuesday = [_person(n, available=["tue-evening"]) for n in (4, 5, 6, 7)]
    both = _person(8, available=["mon-morning", "tue-evening"])
    proposal = grouping.propose([*monday, *tuesday, both])
    assert proposal.unplaced == ()
    assert {group.slot for group in proposal.groups} == {"mon-morning", "tue-evening"}


@given(random_people.populations(), SIZES)
def test_a_seating_has_whole_groups_only(people: list[Person], sizes: tuple[int, int]) -> None:
    least, most = sizes
    further = [circles.is_further(person) for person in people]
    week = slots.week(people)
    found = seating.seat(week, further, least=least, most=most)
    for slot, rows in enumerate(found.seated):
        assert least * found.groups[slot] <= len(rows) <= most * found.groups[slot]
        assert found.groups[slot] <= sum(further[row] for row in rows)
        assert all(slot in week.fits[row] for row in rows)


@pytest.mark.parametrize(
    ("ids", "least", "most", "words"),
    [("aa", 4, 10, "same id"), ("ab", 1, 3, "sizes"), ("ab", 5, 4, "sizes")],
)
def test_what_makes_no_group_is_refused(ids: str, least: int, most: int, words: str) -> None:
    people = [documents.parse({"id": one}) for one in ids]
    with pytest.raises(Invalid, match=words):
        grouping.propose(people, least=least, most=most)


def test_nobody_and_too_few_are_no_fault() -> None:
    assert grouping.propose([]) == Proposal((), ())
    [left] = grouping.propose([_person(0)]).unplaced
    assert left.why == "Too few people who wait speak a language of theirs."
