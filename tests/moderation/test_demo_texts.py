"""The demo's own people: what screening makes of what they write."""

import json
from importlib import resources
from typing import Any

import pytest

from core.safety import Context, Response
from moderation.screening import RulesScreening

SCREENING = RulesScreening()


def read(name: str) -> list[dict[str, Any]]:
    source = resources.files("beenthere").joinpath("demo", name)
    entries: list[dict[str, Any]] = json.loads(source.read_text(encoding="utf-8"))
    return entries


WORRYING = [each["words"] for each in read("queue.json") if each["kind"] == "distress"]
TALK = [message["words"] for talk in read("talks.json") for message in talk["messages"]]


@pytest.mark.parametrize("words", WORRYING)
def test_an_understated_goodbye_is_delivered_with_help(words: str) -> None:
    assert SCREENING.screen(words, Context()).response is Response.DELIVER_WITH_HELP


def test_nothing_the_people_of_the_demo_say_in_their_talks_is_asked_held_or_folded() -> None:
    touched = {
        words: verdict.because
        for words in TALK
        if (verdict := SCREENING.screen(words, Context())).folded or not verdict.reaches_peers
    }
    assert touched == {}
