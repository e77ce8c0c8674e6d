"""Promise 1: what a goodbye rules out by what follows it ("see you Thursday") is no threat."""

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
