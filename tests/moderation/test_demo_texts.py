"""The demo's own people: what screening makes of what they write."""

import pytest

from beenthere.demo import stories
from core.safety import Context, Response
from moderation.screening import RulesScreening

SCREENING = RulesScreening()
SAY_GOODBYE = {"birdie", "ifan", "mac"}
WORRYING = [one.words for one in stories.queue() if one.by in SAY_GOODBYE]
TALK = [line.words for talk in stories.talks() for line in talk.lines]
CARDS = [one.card.own_words for one in stories.groups().values()]
PROFILES = [one.document.told_peers(()) for one in stories.people().values()]


@pytest.mark.parametrize("words", WORRYING)
def test_an_understated_goodbye_is_delivered_with_help(words: str) -> None:
    assert SCREENING.screen(words, Context()).response is Response.DELIVER_WITH_HELP


def test_nothing_the_people_of_the_demo_say_of_themselves_or_in_talks_is_asked_held_or_folded() -> (
    None
):
    touched = {
        words: verdict.because
        for words in (*TALK, *CARDS, *PROFILES)
        if (verdict := SCREENING.screen(words, Context())).folded or not verdict.reaches_peers
    }
    assert touched == {}
