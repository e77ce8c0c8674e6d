"""Whom and which groups to offer: rules kept, sums exact, order of the input without effect."""

import dataclasses
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from matching import documents, eligibility, evaluation, features, ranking, reasons, scores
from matching.documents import GroupDocument, Person
from matching.eligibility import NOTHING_KNOWN, Standing
from matching.ranking import Match
from matching.scores import Turns
from tests.matching import random_people

LONG = "Every night at three I wake and think of the shop we lost, and of what my father said."


def _person(person_id: str, **told: Any) -> Person:
    return documents.parse({"id": person_id, **told})


def _ids(matches: list[Match]) -> list[str]:
    return [match.id for match in matches]


@given(random_people.populations(), random_people.standings)
def test_no_hard_rule_is_broken_in_any_answer_and_nobody_who_may_be_offered_is_lost(
    people: list[Person], standings: dict[str, Standing]
) -> None:
    pool = ranking.prepare(people, standings)
    known = {person.id: standings.get(person.id, NOTHING_KNOWN) for person in people}
    for seeker in people:
        may = {
            other.id
            for other in people
            if not eligibility.first_broken_rule(
                seeker,
                other,
                asking_standing=known[seeker.id],
                other_standing=known[other.id],
            )
        }
        answer = _ids(ranking.rank(seeker, pool, k=99))
        assert len(answer) == len(set(answer))
        assert set(answer) == may


@given(random_people.populations(), random_people.standings)
def test_contributions_sum_to_the_score_and_every_reason_is_true(
    people: list[Person], standings: dict[str, Standing]
) -> None:
    pool, known = ranking.prepare(people, standings), {person.id: person for person in people}
    for seeker in people:
        for match in ranking.rank(seeker, pool):
            assert 0 <= match.score <= 1
            assert sum(match.contributions.values()) == pytest.approx(match.score, abs=1e-9)
            assert min(match.contributions.values()) >= 0
            assert set(match.contributions) == set(features.NAMES)
            assert 1 <= len(match.reasons) <= reasons.MOST_REASONS
            assert all(reasons.is_true(one, seeker, known[match.id]) for one in match.reasons)


@given(random_people.populations(), st.randoms(use_true_random=False))
def test_the_order_of_people_changes_nothing(people: list[Person], chance: random.Random) -> None:
    shuffled = chance.sample(people, len(people))
    one, two = ranking.prepare(people), ranking.prepare(shuffled)
    for seeker in people:
        assert ranking.rank(seeker, one) == ranking.rank(seeker, two)
    assert ranking.rank(people[0], shuffled) == ranking.rank(people[0], one)


@given(random_people.populations(), random_people.standings, random_people.standings)
def test_other_standings_on_the_same_pool_are_as_if_prepared_with_them(
    people: list[Person], before: dict[str, Standing], after: dict[str, Standing]
) -> None:
    pool, fresh = ranking.prepare(people, before), ranking.prepare(people, after)
    for seeker in people:
        assert ranking.rank(seeker, pool.standing_as(after)) == ranking.rank(seeker, fresh)


@given(random_people.populations(least=2))
def test_the_score_is_the_same_from_both_sides(people: list[Person]) -> None:
    pool = ranking.prepare(people)
    answers = {who.id: {m.id: m.score for m in ranking.rank(who, pool)} for who in people}
    for one, found in answers.items():
        for two, score in found.items():
            assert answers[two][one] == pytest.approx(score, abs=1e-12)


def test_the_score_is_the_harmonic_mean_of_both_directions() -> None:
    people = [
        _person("a", wanted=["choir"], looking_for=["listen"], about="nights are long"),
        _person("b", used=["choir"], can_offer=["listen"], about="long nights, short days"),
        _person("c"),
    ]
    population = ranking.prepare(people).population
    out, back = features.both_ways(population, 0)
    there, here = features.WEIGHTS @ out, features.WEIGHTS @ back
    assert np.allclose(scores.score(population, 0).score, 2 * there * here / (there + here))


def test_everyone_blocking_everyone_leaves_empty_answers() -> None:
    ids = [f"p{number}" for number in range(30)]
    people = [_person(one, about=LONG, blocked=ids) for one in ids]
    pool = ranking.prepare(people)
    assert all(ranking.rank(person, pool) == [] for person in people)


def test_never_for_all_topics_leaves_only_people_without_topics() -> None:
    never = [{"topic": topic, "weight": "never"} for topic in ("panic", "caring")]
    people = [
        _person("a", experiences=never),
        _person("b", experiences=[{"topic": "panic"}]),
        _person("c", experiences=[{"topic": "caring", "weight": "must"}]),
        _person("d", about="panic and caring, in my own words"),
        _person("e", experiences=never),
    ]
    assert set(_ids(ranking.rank(people[0], people))) == {"d", "e"}


def test_people_without_a_free_place_are_never_offered() -> None:
    people = [_person("a"), _person("b", capacity=0), _person("c", capacity=2)]
    busy = {"c": Standing(open_connections=2)}
    assert _ids(ranking.rank(people[0], people)) == ["c"]
    assert ranking.rank(people[0], people, standings=busy) == []
    pool = ranking.prepare(people)
    assert ranking.rank(people[0], pool.standing_as(busy)) == []
    assert _ids(ranking.rank(people[0], pool)) == ["c"]


@pytest.mark.parametrize(
    "about",
    [
        "😀😀😀",
        "x" * 20_000,
        LONG * 200,
        "夜に声が聞こえて眠れません",
        "أسمع أصواتا",
        "\u202e\u200f",
        "ﬀ１²",
    ],
)
def test_any_text_can_be_ranked(about: str) -> None:
    people = [_person("a", about=about), _person("b", about=about), _person("c", about=LONG)]
    assert len(ranking.rank(people[0], people)) == 2


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_smallest_populations_get_answers(size: int) -> None:
    people = [_person(f"p{number}", about=LONG) for number in range(size)]
    assert [len(ranking.rank(person, people)) for person in people] == [size - 1] * size


def test_equal_people_come_in_order_of_their_ids() -> None:
    others = [_person(one, interests=["tea"]) for one in ("d", "b", "c")]
    assert _ids(ranking.rank(_person("a", interests=["tea"]), others)) == ["b", "c", "d"]


def test_someone_who_told_nothing_meets_people_in_an_order_of_their_own_and_is_told_so() -> None:
    others = [_person(f"p{number:02}", about=LONG + str(number)) for number in range(12)]
    one, two = (ranking.rank(_person(who), others, k=12) for who in ("x", "y"))
    assert _ids(one) != _ids(two)
    assert set(_ids(one)) == {person.id for person in others}
    assert one == ranking.rank(_person("x"), others[::-1], k=12)
    assert [reason.kind for reason in one[0].reasons] == ["told_little"]


def test_a_number_that_is_none_is_never_ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = np.full_like(features.WEIGHTS, np.nan)
    monkeypatch.setattr(features, "WEIGHTS", weights)
    with pytest.raises(ArithmeticError):
        ranking.rank(_person("a"), [_person("b")])


def test_a_pool_answers_only_for_people_in_it_and_ids_are_distinct() -> None:
    with pytest.raises(Invalid, match="Nobody here"):
        ranking.rank(_person("x"), ranking.prepare([_person("a")]))
    with pytest.raises(Invalid, match="same id"):
        ranking.prepare([_person("a"), _person("a")])


def _crowd() -> list[Person]:
    """Sixty people with one of four subjects, told in different lengths."""
    subjects = ("the night shift", "my sister's illness", "losing the farm", "a hard birth")
    told = [f"{subjects[n % 4]} and {' '.join(LONG.split()[: n // 4])}" for n in range(60)]
    return [_person(f"p{n:02}", about=said) for n, said in enumerate(told)]


def test_fair_turns_move_the_order_and_nothing_else() -> None:
    pool = ranking.prepare(_crowd())
    plain = dataclasses.replace(pool, turns=Turns(np.zeros(60)))
    for person in pool.population.people:
        fair, unfair = (ranking.rank(person, used, k=60) for used in (pool, plain))
        assert {match.id: (match.score, match.reasons) for match in fair} == {
            match.id: (match.score, match.reasons) for match in unfair
        }


def test_fair_turns_even_out_how_often_people_are_shown() -> None:
    pool = ranking.prepare(_crowd())
    plain = dataclasses.replace(pool, turns=Turns(np.zeros(60)))
    assert pool.fair_turns.mean() == pytest.approx(0, abs=1e-12)
    everybody = [person.id for person in pool.population.people]
    fair, unfair = (
        {who.id: _ids(ranking.rank(who, used, k=5)) for who in pool.population.people}
        for used in (pool, plain)
    )
    assert evaluation.exposure_gini(fair, everybody, k=5) < 0.9 * evaluation.exposure_gini(
        unfair, everybody, k=5
    )


def test_there_are_no_turns_where_everybody_is_shown_anyway() -> None:
    assert not ranking.prepare(_crowd()[: scores.LEAST_FOR_TURNS - 1]).fair_turns.any()


@given(random_people.person("p0"), random_people.groups)
def test_an_open_group_is_always_offered_where_one_may_be(
    seeker: Person, groups: list[GroupDocument]
) -> None:
    found = ranking.rank_groups(seeker, groups, k=0)
    assert bool(found) == any(_may_join(seeker, group) for group in groups)
    for match in ranking.rank_groups(seeker, groups):
        group = next(one for one in groups if one.id == match.id)
        assert _may_join(seeker, group)
        assert 0 <= match.score <= 1
        assert sum(match.contributions.values()) == pytest.approx(match.score, abs=1e-9)
        assert match.reasons
        assert all(reasons.is_true(one, seeker, group) for one in match.reasons)
    assert ranking.rank_groups(seeker, groups) == ranking.rank_groups(seeker, groups[::-1])


def _may_join(seeker: Person, group: GroupDocument) -> bool:
    never = {_plain(one.topic) for one in seeker.experiences if one.weight == "never"}
    topics = {_plain(one.topic) for one in group.experiences if one.topic}
    speaks = {tag[:2].lower() for tag in seeker.languages}
    return group.has_room and not never & topics and bool(speaks & set(group.languages))


def _plain(topic: str) -> tuple[str, ...]:
    return tuple(topic.lower().split())


def test_a_group_about_what_was_lived_comes_before_one_in_similar_words() -> None:
    seeker = _person("a", about="I lie awake at night", experiences=[{"topic": "hearing voices"}])
    told: list[dict[str, Any]] = [
        {"id": "g1", "name": "Night owls", "purpose": "Lying awake at night, together"},
        {"id": "g2", "name": "Tuesdays", "experiences": [{"topic": "Hearing voices"}]},
        {"id": "g3", "name": "Choir"},
    ]
    groups = [GroupDocument.model_validate(one) for one in told]
    found = ranking.rank_groups(seeker, groups)
    assert _ids(found) == ["g2", "g1", "g3"]
    assert [match.reasons[0].kind for match in found] == [
        "group_topics",
        "group_words",
        "group_here",
    ]
