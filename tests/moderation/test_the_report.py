"""What people say in the report this project starts from goes through untouched.

The report lies beside the project, not in it: where it isn't, nothing is asked.
"""

import re
from pathlib import Path

import pytest

from core.safety import Context, Verdict
from moderation import screening

REPORT = Path(__file__).resolve().parents[3] / "shared" / "docs" / "the-report.txt"
SCREENING = screening.shipped()
pytestmark = pytest.mark.skipif(not REPORT.is_file(), reason="the report isn't beside the project")


def paragraphs() -> list[str]:
    parts = re.split(r"\n\s*\n", REPORT.read_text(encoding="utf-8"))
    return [part.strip() for part in parts if part.strip()]


def told_in_it() -> list[str]:
    return [part for part in paragraphs() if part[0] in "'\"‘“" and len(part) > 80]


def poem() -> str:
    text = REPORT.read_text(encoding="utf-8")
    return text[text.index("You'd better whet") : text.index("Let's hear it.")]


def test_every_testimony_is_delivered_and_brings_nobody() -> None:
    said = told_in_it()
    assert len(said) > 12
    assert [text for text in said if SCREENING.screen(text, Context()) != Verdict()] == []


def test_the_poem_is_delivered_whole_and_verse_by_verse() -> None:
    verses = [verse for verse in poem().split("\n\n") if verse.strip()]
    assert len(verses) >= 3
    for text in (poem(), *verses):
        assert SCREENING.screen(text, Context()) == Verdict()
