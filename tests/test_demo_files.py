"""The demo's files: quick to write in, and what doesn't fit is said with its place."""

import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import pytest
from conftest import MORNING

from beenthere.demo import scripts, stories
from beenthere.demo.scripts import Day, Script
from beenthere.serving import Refused
from tests.architecture.test_words import NEVER

ROOT: Final = Path(__file__).parents[1]
TALK: Final = """sam & mac

16 days ago
02:50 mac: Evening Sam: or morning.

Tuesday, 9 days ago
23:58 sam: bit of everything
"""


def test_a_talk_is_read_as_days_and_lines_with_who_said_hello_first() -> None:
    talk = scripts.parse(TALK)
    assert talk.who == ("sam", "mac")
    assert [(line.by, line.words) for line in talk.lines] == [
        ("mac", "Evening Sam: or morning."),
        ("sam", "bit of everything"),
    ]


def test_a_line_is_said_by_the_clock_on_the_wall_in_summer_and_in_winter() -> None:
    first, _ = scripts.parse(TALK).lines
    for month in (1, 7):
        said = first.at(datetime(2026, month, 20, 12, tzinfo=scripts.ZONE))
        assert (said.day, said.hour, said.minute) == (4, 2, 50)


@pytest.mark.parametrize("today", [date(2026, 3, 2) + timedelta(days=n) for n in range(7)])
def test_a_tuesday_is_the_last_one_by_then(today: date) -> None:
    tuesday = Day(9, "Tuesday").before(today)
    assert tuesday.weekday() == 1
    assert timedelta(days=9) <= today - tuesday < timedelta(days=16)


@pytest.mark.parametrize(
    ("line", "instead"),
    [(3, "16 days agone"), (4, "2:50 mac: Evening"), (4, "02:50 mac Evening"), (3, "")],
)
def test_a_slip_in_a_talk_is_said_with_its_line(line: int, instead: str) -> None:
    lines = TALK.splitlines()
    lines[line - 1] = instead
    with pytest.raises(ValueError, match=r"line [34]: neither a day nor what somebody said"):
        scripts.parse("\n".join(lines))


@pytest.mark.parametrize(
    ("file", "words", "instead", "fault"),
    [
        ("people/voices.toml", 'where = "coming_through"', 'where = "cured"', "voices.toml, sam"),
        ("people/voices.toml", "used = [", "usd = [", "there is no such field"),
        ("people/voices.toml", 'free = "mon', 'free = "monday', "write a day and a part of it"),
        ("groups.toml", 'door = "ask"', 'door = "ajar"', "groups.toml, tuned-in"),
        ("groups.toml", '"birdie"', '"bird"', "tuned-in: there is no bird here"),
        ("queue.toml", "minutes_ago = 7\n", "minutes_ago = -7\n", "queue.toml"),
        ("queue.toml", 'by = "mac"', 'by = "len"', "sam & mac: there is no len here"),
        ("talks/tuned-in.txt", "19:00 josie:", "19:00 trish:", "there is no trish here"),
        ("talks/tuned-in.txt", "87 days ago", "1 day ago", "not in order"),
        ("talks/tuned-in.txt", "19:00 josie:", "at seven josie:", "tuned-in.txt: line 4"),
    ],
)
def test_what_does_not_fit_keeps_the_demo_from_starting_and_is_said_with_its_place(
    tmp_path: Path, file: str, words: str, instead: str, fault: str
) -> None:
    here = tmp_path / "demo"
    shutil.copytree(ROOT / "beenthere" / "demo", here)
    text = (here / file).read_text("utf-8")
    assert words in text
    (here / file).write_text(text.replace(words, instead, 1), "utf-8")
    with pytest.raises(Refused) as refused:
        stories.check(MORNING, here)
    assert fault in refused.value.detail


def test_the_files_fit_together_on_every_day_of_the_week() -> None:
    for n in range(7):
        stories.check(MORNING + timedelta(days=n))


def test_the_queue_is_newest_whenever_the_demo_starts() -> None:
    for talk in stories.talks():
        if talk.lines[-1].day.ago == 1:
            assert talk.lines[-1].clock < time(18)
    assert max(one.minutes_ago for one in stories.queue()) < 6 * 60


def test_everybody_brings_something_and_is_more_than_one_thing() -> None:
    told = {name: one.document for name, one in stories.people().items() if not one.roles}
    brings = {name for name, one in told.items() if one.can_offer and one.used}
    lives = {name for name, one in told.items() if one.about and len(one.interests) > 1}
    assert brings == lives == told.keys()


def test_topics_are_those_of_the_vocabulary() -> None:
    shipped = json.loads((ROOT / "people" / "defaults" / "vocabulary.json").read_text("utf-8"))
    known = {topic["name"] for topic in shipped["topics"]}
    told = {each.topic for one in stories.people().values() for each in one.document.experiences}
    of_groups = {topic for one in stories.groups().values() for topic in one.card.topics}
    assert told | of_groups <= known


def test_nobody_writes_a_word_that_members_never_read() -> None:
    found = {words for words in _all_words() if NEVER.search(words)}
    assert found == set()


def _all_words() -> Iterator[str]:
    for one in stories.people().values():
        yield one.document.told_peers(())
    yield from (one.card.own_words for one in stories.groups().values())
    yield from (line.words for talk in stories.talks() for line in talk.lines)
    yield from (f"{one.words} {one.note}" for one in stories.queue())


def test_two_people_meet_in_one_talk_only() -> None:
    pairs = [frozenset(talk.who) for talk in stories.talks() if _is_of_two(talk)]
    assert len(pairs) == len(set(pairs))


def _is_of_two(talk: Script) -> bool:
    return len(talk.who) == 2
