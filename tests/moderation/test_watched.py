"""An organisation's own words: found as they are read, and never more than a reason to look."""

import pytest
from pydantic import ValidationError

from core.safety import Category, Context, House, Mode, Response, Tier, Verdict, Watched
from moderation import documents, normalise, screening, watched
from moderation.screening import RulesScreening

SCREENING = RulesScreening()
PLACE = Watched("blue house", Category.THREAT, "where the fight was")
LETTERS = Watched("the letters are ready", Category.DISTRESS, "said in March")
HOUSE = House(watched=(PLACE, LETTERS))
HEADS = screening.shipped().heads


def stand_in(text: str, one: Watched) -> list[Watched]:
    lexicon = SCREENING.rulebook.lexicon
    return watched.stand_in(normalise.canonical(text, lexicon), [one], lexicon)


def said(text: str, **context: object) -> Verdict:
    return SCREENING.screen(text, Context(house=HOUSE, **context))  # type: ignore[arg-type]  # as told


@pytest.mark.parametrize(
    "text",
    ["see you at the blue house", "the BLUE   HOUSE again", "blue\nhouse", "that (blue house)?",
     "the bl\u00fce \uff48ouse", "the blue\u200b house"],
)  # fmt: skip
def test_words_are_found_as_they_are_read(text: str) -> None:
    assert stand_in(text, PLACE) == [PLACE]


@pytest.mark.parametrize("text", ["blue houses", "a blue and a house", "true blue housekeeper", ""])
def test_words_that_only_look_like_them_are_not(text: str) -> None:
    assert stand_in(text, PLACE) == []


@pytest.mark.parametrize("words", ["", " ", "(", "a+b", "[", "\\", "*", "ünïcode"])
def test_any_words_can_be_watched(words: str) -> None:
    one = Watched(words, Category.SPAM, "odd")
    found = stand_in(f"so {words} it is", one)
    assert found == ([one] if words.strip(" ([\\*") else found)


def test_a_watched_word_brings_a_person_and_holds_nothing() -> None:
    verdict = said("see you at the blue house")
    assert (verdict.response, verdict.tier) == (Response.DELIVER, Tier.ROUTINE)
    assert verdict.because == ("threat: “blue house”, our own words: where the fight was",)
    assert verdict.categories == {Category.THREAT}
    assert verdict.folded == ()


def test_a_watched_word_of_distress_brings_help_as_well() -> None:
    verdict = said("the letters are ready")
    assert (verdict.response, verdict.tier) == (Response.DELIVER_WITH_HELP, Tier.SOON)


def test_no_words_are_watched_in_a_self_held_group_nor_distress_where_it_may_not_be() -> None:
    assert said("the blue house", mode=Mode.SELF_HELD) == Verdict()
    assert said("the letters are ready", notices_distress=False) == Verdict()


def test_more_looks_bring_more_and_none_brings_none() -> None:
    texts = ["nobody would ever want you here", "buy my course now, half price till friday",
             "i am so tired of everything", "come to mine, number 4, bring nothing"]  # fmt: skip
    judge = RulesScreening(heads=HEADS)
    brought = []
    for number in (0, 1, 20):
        looks = tuple((about, number) for about in Category)
        context = Context(house=House(looks=looks))
        brought.append([judge.screen(text, context).tier is not Tier.NONE for text in texts])
    none, few, many = map(sum, brought)
    assert none <= few <= many
    assert many > none


@pytest.mark.parametrize("number", [0, 20])
def test_distress_is_never_switched_off_nor_drowned(number: int) -> None:
    body = {"review": "", "looks": {"distress": number}, "watched": []}
    with pytest.raises(ValidationError, match="for distress it can be"):
        documents.Screening.model_validate(body)


def test_what_is_set_is_what_screening_is_told() -> None:
    told = [{"words": "blue house", "about": "threat", "why": "where the fight was"}]
    body = {"review": "", "looks": {"distress": 5, "hate": 0}, "watched": told}
    house = documents.Screening.model_validate(body).house()
    assert house.watched == (PLACE,)
    assert dict(house.looks) == {Category.DISTRESS: 5, Category.HATE: 0}
