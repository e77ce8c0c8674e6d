"""A pool follows its people: one person's change costs one person, and changes nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from conftest import MORNING

from matching import documents, ngrams, pools, ranking, reasons, scores, vectors
from matching.crowds import Everyone
from matching.documents import Person
from matching.ranking import Pool

LIVED = ("hearing voices", "the shop we lost", "a long grief", "coming off tablets", "moving here")


def _person(number: int, **told: Any) -> Person:
    words = f"It began in year {number % 7} with {LIVED[number % 5]}, and number {number} came."
    said = {"id": f"{UUID(int=number)}", "about": words, "interests": [LIVED[number % 3]]}
    lived = [{"topic": LIVED[number % 5], "words": words[::-1], "where": "living_it"}]
    return documents.parse(said | {"experiences": lived} | told)


def _crowd(size: int = 80) -> list[Person]:
    return [_person(number) for number in range(size)]


def _changed(people: list[Person]) -> list[Person]:
    """One who wrote something new, one who left and one who came."""
    return [_person(0, about="Beans, and the sea, and nobody to tell."), *people[2:], _person(500)]


def _as_ordinary_as(before: Pool, pool: Pool) -> Pool:
    """The same pool, with what was ordinary before."""
    was, now = before.population, pool.population
    lived = replace(now.lived.texts, ordinary=was.lived.texts.ordinary)
    own = replace(now.own, ordinary=was.own.ordinary)
    population = replace(now, own=own, lived=replace(now.lived, texts=lived))
    return replace(pool, population=population)


def test_after_a_change_every_score_is_what_a_pool_made_anew_would_give() -> None:
    before, people = ranking.prepare(_crowd()), _changed(_crowd())
    after = ranking.prepare_after(before, people)
    anew = _as_ordinary_as(before, ranking.prepare(people))
    assert after.changes == 3
    assert after.population.people == anew.population.people
    for row in range(len(people)):
        found, wanted = (scores.score(pool.population, row) for pool in (after, anew))
        np.testing.assert_array_equal(found.contributions, wanted.contributions)


def test_after_a_change_everybodys_turn_stays_and_a_newcomers_is_found() -> None:
    before, people = ranking.prepare(_crowd()), _changed(_crowd())
    after, anew = ranking.prepare_after(before, people), ranking.prepare(people)
    stayed = before.population.rows[people[5].id], after.population.rows[people[5].id]
    assert before.fair_turns[stayed[0]] == after.fair_turns[stayed[1]]
    came = after.population.rows[people[-1].id]
    assert after.fair_turns[came] == pytest.approx(anew.fair_turns[came], abs=0.01)
    assert np.abs(after.fair_turns - anew.fair_turns).max() < 0.05


def test_texts_that_are_known_are_not_read_again() -> None:
    once = vectors.sparse(["One text.", "Another text."])
    marked = np.array([7], dtype=np.uint16), np.array([1.0])
    again = vectors.sparse(["One text.", "New."], {"One text.": marked})
    assert again.entries(0)[0].tolist() == [7], "what is known is taken at its word"
    assert len(again.entries(1)[0]) == len(ngrams.count(["New."]).column)
    assert once.dots(0)[0] == pytest.approx(1)


def test_after_many_changes_the_whole_is_found_again() -> None:
    people, counts = _crowd(), []
    pool = ranking.prepare(people)
    for number in range(12):
        people[number] = _person(number, about=f"Something else, {number}.")
        pool = ranking.prepare_after(pool, people)
        counts.append(pool.changes)
    assert counts == [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3]


def test_small_places_are_always_found_anew() -> None:
    few = _crowd(10)
    assert ranking.prepare_after(ranking.prepare(few), few[1:]).changes == 0


def _everyone(people: list[Person], **revisions: int) -> Everyone:
    stamps = frozenset((UUID(one.id), revisions.get(one.id, 1)) for one in people)
    return Everyone({one.id: one for one in people}, stamps=stamps)


def test_a_changed_person_is_read_as_they_are_now_with_reasons_that_are_true() -> None:
    organisation_id, people = uuid4(), _crowd()
    pools.ready(organisation_id, _everyone(people), people[1], {}, now=MORNING)
    people[0] = _person(0, experiences=[], interests=["stargazing"], about="")
    everyone = _everyone(people, **{people[0].id: 2})
    pool = pools.ready(organisation_id, everyone, people[1], {}, now=MORNING)
    assert pool.changes == 1
    for match in ranking.rank(people[1], pool, k=80):
        other = everyone.people[match.id]
        assert all(reasons.is_true(reason, people[1], other) for reason in match.reasons)


def test_whoever_told_nothing_yet_joins_a_pool_without_its_being_made_anew() -> None:
    organisation_id, people = uuid4(), _crowd()
    blank = Person(id=str(uuid4()), name="New")
    pool = pools.ready(organisation_id, _everyone(people), blank, {}, now=MORNING)
    assert (pool.changes, len(pool.population.people)) == (1, 81)
    again = pools.ready(organisation_id, _everyone(people), people[0], {}, now=MORNING)
    assert (again.changes, len(again.population.people)) == (0, 80)


def test_a_new_day_has_its_own_offsets_of_time_zones() -> None:
    organisation_id, people = uuid4(), _crowd()
    people[0] = _person(0, available=["mon-morning"], timezone="Europe/London")
    free = [
        pools.ready(organisation_id, _everyone(people), people[0], {}, now=now).population.free[0]
        for now in (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, 12, tzinfo=UTC))
    ]
    first, second = (np.flatnonzero(np.unpackbits(one))[0] for one in free)
    assert first - second == 4, "an hour earlier in UTC"
