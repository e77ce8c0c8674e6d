"""What speaks for a pair: truth by truth, in both directions."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from matching import documents, features, populations
from matching.documents import Person
from matching.eligibility import Standing
from matching.features import NAMES
from tests.matching import random_people

LONG = "On buses my heart races, so I get off early and walk along the canal until it slows down."


def _both(
    mine: dict[str, Any], theirs: dict[str, Any], **standing: Any
) -> tuple[dict[str, float], dict[str, float]]:
    """Features a→b and b→a of two people among three."""
    told = [{"id": "a", **mine}, {"id": "b", **theirs}, {"id": "c", "about": "I like trains"}]
    people = [documents.parse(one) for one in told]
    standings = {"a": Standing(**standing)}
    out, back = features.both_ways(populations.prepare(people, standings), 0)
    return (
        dict(zip(NAMES, out[:, 1].tolist(), strict=True)),
        dict(zip(NAMES, back[:, 1].tolist(), strict=True)),
    )


def _lived(topic: str = "", where: str = "living_it", weight: str = "nice", words: str = "") -> Any:
    return {"topic": topic, "where": where, "weight": weight, "words": words}


def test_weights_sum_to_one_and_each_has_a_source() -> None:
    assert features.WEIGHTS.sum() == pytest.approx(1, abs=1e-12)
    assert all(feature.source and feature.weight > 0 for feature in features.FEATURES)


def test_two_empty_profiles_have_only_what_nobody_ruled_out() -> None:
    out, back = _both({}, {})
    assert out == back
    assert {name for name, value in out.items() if value} == {"times", "comfort", "language"}


def test_a_shared_topic_counts_in_full_whatever_its_case() -> None:
    out, back = _both({"experiences": [_lived("Panic")]}, {"experiences": [_lived("panic")]})
    assert out["experiences"] == back["experiences"] == 1


def test_similar_words_count_less_than_a_topic_and_little_against_another_topic() -> None:
    words = {"words": "my heart races on buses"}
    theirs = {"words": "buses make my heart race"}
    free, _ = _both({"experiences": [words]}, {"experiences": [theirs]})
    other, _ = _both(
        {"experiences": [words | {"topic": "panic"}]},
        {"experiences": [theirs | {"topic": "travel"}]},
    )
    assert 0.5 < free["experiences"] <= features.WORDS_AGAINST_TOPIC
    assert 0 < other["experiences"] <= features.WORDS_AGAINST_OTHER_TOPIC


def test_what_must_be_shared_weighs_double() -> None:
    mine = {"experiences": [_lived("panic", weight="must"), _lived("caring")]}
    out, back = _both(mine, {"experiences": [_lived("panic")]})
    assert out["experiences"] == pytest.approx(2 / 3)
    assert back["experiences"] == 1


def test_someone_further_along_complements_someone_living_it_and_not_the_reverse() -> None:
    mine = {"experiences": [_lived("panic", "living_it")]}
    out, back = _both(mine, {"experiences": [_lived("panic", "further_along")]})
    assert (out["complement"], back["complement"]) == (1, 0)
    out, back = _both(mine, {"experiences": [_lived("panic", "coming_through")]})
    assert (out["complement"], back["complement"]) == (0.5, 0)


@pytest.mark.parametrize("where", ["part_of_my_life", "comes_and_goes", "rather_not_say"])
def test_promise_34_other_places_neither_give_nor_take_complement(where: str) -> None:
    lived = {"experiences": [_lived("panic", where)]}
    for other in ("living_it", "further_along", where):
        out, back = _both(lived, {"experiences": [_lived("panic", other)]})
        assert (out["complement"], back["complement"]) == (0, 0)


def test_rather_not_lowers_comfort_and_finds_no_likeness() -> None:
    mine = {"experiences": [_lived("panic", weight="rather_not")]}
    out, back = _both(mine, {"experiences": [_lived("panic")]})
    assert (out["comfort"], back["comfort"]) == (0, 1)
    assert out["experiences"] == back["experiences"] == 0


def test_what_someone_will_not_talk_about_lowers_comfort() -> None:
    out, back = _both({"wont_talk_about": ["Panic"]}, {"experiences": [_lived("panic")]})
    assert (out["comfort"], back["comfort"]) == (0, 1)


def test_strategies_are_covered_by_the_share_of_what_is_wanted() -> None:
    out, back = _both({"wanted": ["grounding", "choir"]}, {"used": ["Grounding", "walks"]})
    assert (out["strategies"], back["strategies"]) == (0.5, 0)
    out, back = _both({"used": ["grounding"]}, {"wanted": ["grounding"]})
    assert (out["strategies"], back["strategies"]) == (0, 1)


def test_a_strategy_in_other_words_counts_for_less() -> None:
    mine = {"wanted": ["grounding when I'm out"]}
    out, _ = _both(mine, {"used": ["grounding with my feet, counting the boards"]})
    assert out["strategies"] == pytest.approx(populations.WORDS_AGAINST_NAME)
    assert _both(mine, {"used": ["walking when I'm out"]})[0]["strategies"] == 0


def test_support_is_what_one_looks_for_and_the_other_offers() -> None:
    out, back = _both({"looking_for": ["listen", "mentor"]}, {"can_offer": ["listen"]})
    assert (out["support"], back["support"]) == (0.5, 0)


def test_two_shared_interests_are_as_good_as_three() -> None:
    shared = [_both({"interests": list("abc")}, {"interests": list("abc")[:n]}) for n in range(4)]
    assert [out["interests"] for out, _ in shared] == [0, 0.5, 1, 1]


def test_a_second_shared_language_counts() -> None:
    out, back = _both({"languages": ["en-GB", "cy"]}, {"languages": ["en"]})
    assert (out["language"], back["language"]) == (0.5, 1)


@pytest.mark.parametrize(
    ("mine", "theirs", "value"),
    [
        (("Europe/London", "tue-evening"), ("Europe/London", "tue-evening"), 1.0),
        (("Europe/London", "tue-evening"), ("Europe/London", "tue-morning"), 0.0),
        (("Europe/London", "tue-evening"), ("", ""), 1.0),
        # 17–22 in London is 18–23 in Warsaw: four of five hours.
        (("Europe/London", "tue-evening"), ("Europe/Warsaw", "tue-evening"), 0.8),
        # 22–6 in London; Kathmandu is 5 h 45 ahead: its Monday morning ends at 6:15 in London.
        (("Europe/London", "sun-night"), ("Asia/Kathmandu", "mon-morning"), 1.0),
        (("Pacific/Auckland", "mon-morning"), ("Europe/London", "sun-afternoon"), 0.0),
    ],
)
def test_times_are_compared_across_time_zones(
    mine: tuple[str, str], theirs: tuple[str, str], value: float
) -> None:
    told = [
        {"timezone": zone, "available": [slot] if slot else []} for zone, slot in (mine, theirs)
    ]
    out, back = _both(*told)
    assert out["times"] == back["times"] == pytest.approx(value)


def test_the_day_decides_which_offset_a_time_zone_has() -> None:
    told = {"id": "a", "timezone": "Europe/London", "available": ["mon-morning"]}
    winter, summer = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)
    first = [
        np.flatnonzero(populations.quarters(documents.parse(told), at))[0]
        for at in (winter, summer)
    ]
    assert first == [24, 20]


def test_a_copied_story_is_no_shared_life_and_saturation_can_be_turned_off() -> None:
    assert _both({"about": LONG}, {"about": LONG})[0]["words"] == 0
    near = {"about": LONG.replace("canal", "river").replace("buses", "trains")}
    plain, alike = _both({"about": LONG}, near), _both({"about": LONG}, near, wants_alike=True)
    assert plain[0]["words"] != alike[0]["words"]
    assert plain[1]["words"] == alike[1]["words"] == plain[0]["words"]


@given(random_people.populations(), random_people.standings)
def test_every_feature_lies_between_0_and_1_and_turns_round_with_the_pair(
    people: list[Person], standings: dict[str, Standing]
) -> None:
    population = populations.prepare(people, standings)
    ways = [features.both_ways(population, row) for row in range(len(people))]
    for row, (out, back) in enumerate(ways):
        for table in (out, back):
            assert ((table >= 0) & (table <= 1)).all()
        others = np.stack([ways[other][1][:, row] for other in range(len(people))], axis=1)
        assert np.allclose(out, others, atol=1e-12)
        assert np.allclose(back[:, row], out[:, row])
