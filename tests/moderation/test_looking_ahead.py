"""Promise 1: what makes one kind ordinary by what follows it is never taken from the other."""

import pytest

from core.safety import Context, Response
from moderation.screening import RulesScreening

SCREENING = RulesScreening()
GOODBYES = [
    "thanks for everything, you've all been lovely. take care of each other",
    "thank you all for being there, look after one another",
]
THREATS = [
    ("I'm bringing a knife to group on Thursday", "I'm bringing a knife to group"),
    ("I'm going to kill him next time I see him", "I'm going to kill him"),
    ("get back here and kill yourself", "kill yourself"),
]


@pytest.mark.parametrize("joint", [" … ", ". ", "! "])
@pytest.mark.parametrize(("threat", "core"), THREATS)
@pytest.mark.parametrize("goodbye", GOODBYES)
def test_a_goodbye_is_met_whatever_the_threat_after_it_says(
    goodbye: str, threat: str, core: str, joint: str
) -> None:
    text = goodbye + joint + threat
    verdict = SCREENING.screen(text, Context())
    assert verdict.response is Response.DELIVER_WITH_HELP
    folded = [text[start:end] for start, end in verdict.folded]
    assert len(folded) == 1
    assert core in folded[0]
    assert goodbye not in folded[0]


@pytest.mark.parametrize("goodbye", GOODBYES)
def test_a_goodbye_until_a_day_that_is_named_stays_an_ordinary_one(goodbye: str) -> None:
    verdict = SCREENING.screen(f"{goodbye}! See you Thursday", Context())
    assert verdict.response is Response.DELIVER


def test_a_goodbye_until_then_is_ordinary_with_a_threat_further_on() -> None:
    text = f"{GOODBYES[0]}, see you Thursday. I'm going to kill him"
    verdict = SCREENING.screen(text, Context())
    assert verdict.response is Response.DELIVER
    assert [text[start:end] for start, end in verdict.folded] == ["I'm going to kill him"]


@pytest.mark.parametrize("joint", ["\n", ". ", " … "])
def test_a_threat_is_met_whatever_the_distress_in_the_next_line_begins_with(joint: str) -> None:
    threat = "we know where your kids go to school"
    text = f"{threat}{joint}I've been thinking of ending it"
    verdict = SCREENING.screen(text, Context())
    assert verdict.response is Response.DELIVER_WITH_HELP
    assert [text[start:end] for start, end in verdict.folded] == [threat]


def test_a_threat_in_a_line_of_its_own_takes_no_word_of_the_line_before() -> None:
    text = "she's got a knife and the kids are upstairs\nyou're dead when I find you"
    verdict = SCREENING.screen(text, Context())
    assert [text[start:end] for start, end in verdict.folded] == ["you're dead when I find you"]
    assert verdict.response is Response.DELIVER_WITH_HELP


def test_a_day_at_the_end_of_a_threat_stays_with_it_whoever_the_next_sentence_is_about() -> None:
    threat = "I'm going to kill him tonight"
    text = f"{threat}! my mate says he's gonna kill himself and he's not replying, help"
    verdict = SCREENING.screen(text, Context())
    assert [text[start:end] for start, end in verdict.folded] == [threat]
    assert verdict.response is Response.DELIVER_WITH_HELP


@pytest.mark.parametrize(
    ("harm", "rest", "distress"),
    [
        (
            "what are you wearing tonight then", "",
            "tonight my dad said he is going to kill himself, I need someone to tell me",
        ),
        (
            "I'm going to kill him tonight", ", I've had enough",
            "she just rang, she's about to end her life, I'm two hundred miles away",
        ),
    ],
)  # fmt: skip
def test_what_is_apart_by_a_full_stop_already_is_not_cut_again(
    harm: str, rest: str, distress: str
) -> None:
    text = f"{harm}{rest} … {distress}"
    verdict = SCREENING.screen(text, Context())
    assert [text[start:end] for start, end in verdict.folded] == [harm]
    assert verdict.response is Response.DELIVER_WITH_HELP
