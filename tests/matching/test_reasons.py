"""Why somebody is offered: true of both, plain, and silent about what nobody should hear."""

import re
from typing import Any

import pytest
from hypothesis import given

from matching import documents, features, ranking, reasons
from matching.documents import GroupDocument, Person
from matching.reasons import Reason
from tests.matching import random_people

# Promise 43, and words of deficit and of other trades.
UNSAID = re.compile(
    r"\b(match\w*|unmatch\w*|decline\w*|reject\w*|capacity|seekers?|flag\w*|cases?|tiers?"
    r"|screening|risks?|scores?|patients?|users?|symptoms?|diagnos\w+|disorders?|suffer\w*"
    r"|illness|sick|block\w*|never|must|percent|algorithm)\b",
    re.IGNORECASE,
)
EQUALLY = dict.fromkeys(features.NAMES, 0.1)


def _pair(mine: dict[str, Any], theirs: dict[str, Any]) -> tuple[Person, Person]:
    mine = {"id": "a", "name": "Ali", "can_offer": ["practical"], **mine}
    return documents.parse(mine), documents.parse({"id": "b", "name": "Sam", **theirs})


def _said(mine: dict[str, Any], theirs: dict[str, Any], **parts: float) -> list[str]:
    one, two = _pair(mine, theirs)
    found = reasons.explain(one, two, EQUALLY | parts)
    assert all(reasons.is_true(reason, one, two) for reason in found)
    return [reason.sentence for reason in found]


def _lived(where: str = "rather_not_say", **told: str) -> dict[str, Any]:
    return {"experiences": [{"topic": "hearing voices", "where": where, **told}]}


HERE = "Sam is here and open to talking. We don't know yet what you two share."


@pytest.mark.parametrize(
    ("mine", "theirs", "sentence"),
    [
        (_lived(), _lived(), "You've both lived with hearing voices."),
        (
            {"wanted": ["grounding"]},
            {"used": ["Grounding"]},
            "Sam has used grounding, which you wanted to try.",
        ),
        (
            {"used": ["grounding"]},
            {"wanted": ["grounding"]},
            "You've used grounding, which Sam wants to try.",
        ),
        (
            {"wanted": ["grounding when I'm out"]},
            {"used": ["grounding: boards"]},
            "Sam has used “grounding: boards”. You wanted to try “grounding when I'm out”.",
        ),
        (
            {"used": ["grounding: boards"]},
            {"wanted": ["grounding when I'm out"]},
            "You've used “grounding: boards”. Sam wants to try “grounding when I'm out”.",
        ),
        ({"interests": ["allotments"]}, {"interests": ["Allotments"]}, "You both like allotments."),
        (
            {"looking_for": ["listen", "mentor"]},
            {"can_offer": ["mentor", "listen"]},
            "You're looking for someone to listen and a mentor, and Sam offers that.",
        ),
        (
            {"can_offer": ["practical"]},
            {"looking_for": ["practical"]},
            "Sam is looking for practical help, and you offer that.",
        ),
        ({"languages": ["en", "cy"]}, {"languages": ["cy-GB", "en"]}, "You both speak Welsh."),
        (
            {"about": "The harbour and my brother"},
            {"about": "My brother sold his boat in the harbour"},
            "You both wrote about “brother” and “harbour”.",
        ),
        (
            {"available": ["tue-evening"]},
            {"available": ["tue-evening", "mon-night"]},
            "You're both often free on Tuesday evenings.",
        ),
        ({"interests": ["tea"]}, {"interests": ["rugby"]}, HERE),
    ],
)
def test_each_sort_of_reason_is_one_plain_sentence(
    mine: dict[str, Any], theirs: dict[str, Any], sentence: str
) -> None:
    assert _said(mine, theirs) == [sentence]


@pytest.mark.parametrize(
    ("mine", "theirs", "sentence"),
    [
        (
            "living_it",
            "further_along",
            "Sam is further along with hearing voices, which you're living with now.",
        ),
        (
            "living_it",
            "coming_through",
            "Sam is coming through hearing voices, which you're living with now.",
        ),
        (
            "further_along",
            "living_it",
            "Sam is living with hearing voices now, and you're further along.",
        ),
        (
            "coming_through",
            "living_it",
            "Sam is living with hearing voices now, and you're coming through it.",
        ),
    ],
)
def test_where_both_are_is_said_after_what_they_share(
    mine: str, theirs: str, sentence: str
) -> None:
    shared = "You've both lived with hearing voices."
    assert _said(_lived(mine), _lived(theirs), experiences=0.3) == [shared, sentence]


@pytest.mark.parametrize("where", ["part_of_my_life", "comes_and_goes", "rather_not_say"])
def test_other_places_are_never_named(where: str) -> None:
    for one, two in ((where, "further_along"), ("living_it", where)):
        assert _said(_lived(one), _lived(two)) == ["You've both lived with hearing voices."]


def test_what_gives_most_is_said_first_and_nothing_that_gives_nothing() -> None:
    mine = {"interests": ["tea"], "wanted": ["choir"], "looking_for": ["listen"], **_lived()}
    theirs = {"interests": ["tea"], "used": ["choir"], "can_offer": ["listen"], **_lived()}
    found = _said(mine, theirs, interests=0.3, strategies=0.2, support=0.0, experiences=0.1)
    assert found == [
        "You both like tea.",
        "Sam has used choir, which you wanted to try.",
        "You've both lived with hearing voices.",
    ]


def test_free_evenings_and_shared_words_are_only_said_where_there_is_little_else() -> None:
    told = {"about": "harbour lights", "available": ["tue-evening"], "timezone": "Europe/London"}
    both = {"interests": ["tea"], **told}
    assert _said(both, both, times=0.9) == [
        "You both like tea.",
        "You're both often free on Tuesday evenings.",
    ]
    more = {**both, **_lived()}
    assert len(_said(more, more, times=0.9)) == 2


def test_two_ways_to_cope_are_not_alike_because_both_have_a_time() -> None:
    wish, way = {"wanted": ["a voice of an evening"]}, {"used": ["one evening a week that's mine"]}
    assert _said(wish, way) == [HERE]


def test_nobody_is_told_that_both_wrote_of_a_death() -> None:
    one, two = {"about": "She died, and I lost the house."}, {"about": "He died. I lost my way."}
    assert _said(one, two) == [HERE]


def test_parts_of_the_day_are_not_compared_across_time_zones() -> None:
    told = {"available": ["tue-evening"], "about": "…"}
    zones = ({"timezone": "Europe/London", **told}, {"timezone": "Asia/Kathmandu", **told})
    assert _said(*zones) == [HERE]


@pytest.mark.parametrize("who", [0, 1])
def test_what_one_will_not_talk_about_is_never_named(who: int) -> None:
    told: list[dict[str, Any]] = [
        {"about": "voices and harbours", "interests": ["hearing voices"], **_lived()}
        for _ in range(2)
    ]
    told[who]["wont_talk_about"] = ["Hearing Voices"]
    assert _said(*told) == ["You both wrote about “harbours”."]


@pytest.mark.parametrize("weight", ["rather_not", "never"])
def test_an_experience_one_would_not_be_met_for_is_never_named(weight: str) -> None:
    one, two = _pair(_lived(), _lived(weight=weight))
    for reader, other in ((one, two), (two, one)):
        assert all(
            "voices" not in reason.sentence for reason in reasons.explain(reader, other, EQUALLY)
        )


def test_weights_and_blocks_change_no_word() -> None:
    plain = _said(_lived(), _lived())
    for told in ({"blocked": ["x"]}, _lived(weight="must")):
        assert _said(_lived(), {**_lived(), **told}) == plain


def test_a_name_may_hold_braces_and_may_be_missing() -> None:
    wish, way = {"wanted": ["{first}"]}, {"used": ["{first}"]}
    assert _said(wish, {**way, "name": "{facts}"}) == [
        "{facts} has used {first}, which you wanted to try."
    ]
    assert _said(wish, {**way, "name": ""}) == [
        "This person has used {first}, which you wanted to try."
    ]


def test_someone_who_told_nothing_is_told_so_and_nothing_is_made_up() -> None:
    reader, other = documents.parse({"id": "a"}), documents.parse({"id": "b", **_lived()})
    (reason,) = reasons.explain(reader, other, EQUALLY)
    assert reason.sentence == (
        "You haven't told us much yet, so this is simply somebody who is here."
    )
    assert reasons.is_true(reason, reader, other)
    assert not reasons.is_true(reason, other, reader)


def test_a_reason_that_does_not_hold_is_found_out() -> None:
    one, two = _pair(_lived("living_it"), _lived("further_along"))
    lived = Reason("lived", "You've both lived with hearing voices.", 0.1, ("hearing voices",))
    further = "Sam is further along with hearing voices, which you're living with now."
    assert reasons.is_true(lived, one, two)
    assert not reasons.is_true(lived, one, _pair({}, {})[1])
    assert not reasons.is_true(Reason("lived", "You've both lived.", 0.1, lived.facts), one, two)
    assert not reasons.is_true(Reason("lived", lived.sentence, 0.1, ()), one, two)
    assert not reasons.is_true(Reason("they_are_further", further, 0.1, lived.facts), two, one)


@given(random_people.populations(least=2), random_people.groups)
def test_no_sentence_holds_a_word_members_never_read(
    people: list[Person], groups: list[GroupDocument]
) -> None:
    pool = ranking.prepare(people)
    for seeker in people:
        for match in (*ranking.rank(seeker, pool), *ranking.rank_groups(seeker, groups)):
            for reason in match.reasons:
                assert not UNSAID.search(reason.sentence)
                assert reason.sentence[-1] == "."


@given(random_people.populations(least=2))
def test_facts_stand_in_both_documents(people: list[Person]) -> None:
    known = {person.id: person for person in people}
    for seeker in people:
        for match in ranking.rank(seeker, people):
            for reason in match.reasons:
                assert _stand(reason, _all_said(seeker), _all_said(known[match.id]))


def _all_said(person: Person) -> str:
    # Languages by their first part, as people understand each other.
    tags = " ".join(tag.split("-")[0] for tag in person.languages)
    return " ".join(f"{person.model_dump_json()} {tags}".split()).casefold()


def _stand(reason: Reason, mine: str, theirs: str) -> bool:
    said = [" ".join(fact.split()).casefold() for fact in reason.facts]
    if reason.kind == "they_used_alike":
        return said[0] in theirs and said[1] in mine
    if reason.kind == "you_used_alike":
        return said[0] in mine and said[1] in theirs
    return all(fact in mine and fact in theirs for fact in said)
