"""Promise 36: from 1 to 50 people, all are shown, how few we are is said, and reasons are true."""

import math
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from conftest import MORNING

from matching import documents, offers, ranking, reasons
from matching.crowds import Everyone
from matching.documents import GroupDocument, Person
from matching.leanings import Leaning
from matching.offers import Gathered, Offers
from people.permissions import Actor

ORGANISATION = UUID(int=999)
LIVED = ("hearing voices", "grief", "debt", "", "caring")
WHERE = ("living_it", "further_along", "coming_through")


def _person(number: int) -> Person:
    topic = LIVED[number % 5]
    lived = [{"topic": topic, "words": f"Mine since {number}.", "where": WHERE[number % 3]}]
    told = {"id": str(UUID(int=number)), "name": f"P{number:02}", "interests": [f"i{number % 4}"]}
    return documents.parse(told | {"experiences": lived if number % 7 else []})


TEA = GroupDocument(id=str(UUID(int=500)), name="Tea")


def _gathered(people: list[Person], *groups: GroupDocument) -> Gathered:
    everyone = Everyone(
        {one.id: one for one in people},
        {one.id: one for one in groups or (TEA,)},
        stamps=frozenset((UUID(one.id), len(people)) for one in people),
    )
    sealed: Any = SimpleNamespace(open=lambda: everyone)
    me = Actor(UUID(people[0].id), ORGANISATION, people[0].name)
    return Gathered(me, sealed, {}, {}, set(), set(), {}, MORNING)


def _answer(size: int) -> tuple[list[Person], Offers]:
    people = [_person(number) for number in range(1, size + 1)]
    return people, offers.answer(_gathered(people))


@pytest.mark.parametrize("size", range(1, 51))
def test_promise_36_every_small_place_shows_all_and_says_how_few(size: int) -> None:
    people, found = _answer(size)
    assert {card.name for card in found.people} == {one.name for one in people[1:]}
    assert [group.name for group in found.groups] == ["Tea"]
    assert found.small_line == (
        "You're the first here." if size == 1 else f"We're {size} here, so these are all of us."
    )
    assert not found.can_refresh
    by_id = {one.id: one for one in people}
    for card in found.people:
        assert card.reasons
        other = by_id[str(card.id)]
        assert all(reasons.is_true(reason, people[0], other) for reason in card.reasons)


def test_promise_36_from_fifty_others_on_five_are_shown_at_a_time() -> None:
    _, found = _answer(51)
    assert (len(found.people), found.small_line, found.can_refresh) == (5, "", True)


@pytest.mark.parametrize("leaning", Leaning)
def test_whatever_is_asked_for_first_moves_the_order_and_no_score(leaning: Leaning) -> None:
    people = [_person(number) for number in range(1, 41)]
    pool = ranking.prepare(people)
    plain = {match.id: match for match in ranking.rank(people[0], pool, k=40)}
    leant = ranking.rank(people[0], pool, k=40, leaning=leaning)
    assert {match.id for match in leant} == plain.keys()
    for match in leant:
        assert match == plain[match.id]
        assert math.isclose(sum(match.contributions.values()), match.score, abs_tol=1e-9)


def test_asked_for_further_along_those_who_are_and_share_it_come_before_all_others() -> None:
    people = [_person(number) for number in range(1, 41)]
    mine = people[0].experiences[0].topic
    first = ranking.rank(people[0], people, k=40, leaning=Leaning.FURTHER_ALONG)
    by_id = {one.id: one for one in people}
    holds = [
        any((one.topic, one.where) == (mine, "further_along") for one in by_id[m.id].experiences)
        for m in first
    ]
    assert holds == sorted(holds, reverse=True)
    assert any(holds)


def _groups(**welcome: Any) -> list[GroupDocument]:
    """Five that say more to somebody who grieves, and one where everybody new is welcome."""
    lived = [{"topic": "grief"}, {"topic": "hearing voices"}]
    alike = [
        GroupDocument.model_validate(
            {"id": str(UUID(int=500 + number)), "name": f"G{number}", "experiences": lived}
        )
        for number in range(5)
    ]
    told = {"id": str(UUID(int=600)), "name": "The open door", "is_welcome": True} | welcome
    return [*alike, GroupDocument.model_validate(told)]


@pytest.mark.parametrize("size", [1, 2, 20, 49, 50])
def test_promise_36_where_people_are_few_everybody_new_is_welcome_somewhere_first(
    size: int,
) -> None:
    people = [_person(number) for number in range(1, size + 1)]
    first, *others = offers.answer(_gathered(people, *_groups())).groups
    assert first.name == "The open door"
    assert first.reasons[0].sentence == "Everybody new is welcome here."
    assert reasons.is_true(first.reasons[0], people[0], _groups()[-1])
    assert len(others) == 2
    assert all("Everybody new" not in why.sentence for one in others for why in one.reasons)


@pytest.mark.parametrize(
    "welcome", [{"has_room": False}, {"languages": ["cy"]}, {"experiences": [{"topic": "debt"}]}]
)
def test_no_welcome_opens_a_door_that_is_none(welcome: dict[str, Any]) -> None:
    people = [_person(number) for number in range(1, 21)]
    never = [{"topic": "debt", "weight": "never"}]
    people[0] = documents.parse(people[0].model_dump(mode="json") | {"experiences": never})
    found = offers.answer(_gathered(people, *_groups(**welcome))).groups
    assert "The open door" not in {one.name for one in found}
    assert len(found) == 3


def test_among_many_people_it_stands_where_it_fits() -> None:
    people = [_person(number) for number in range(1, 90)]
    found = offers.answer(_gathered(people, *_groups())).groups
    assert found[0].name != "The open door"
