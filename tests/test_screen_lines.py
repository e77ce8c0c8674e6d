"""`been-there screen`, as another program or a person at a terminal uses it."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from beenthere import cli
from core.safety import Category
from moderation import rulebooks

COMMAND = [sys.executable, "-m", "beenthere", "screen"]
CATEGORIES = {one.value for one in Category}


def _screened(*lines: str) -> tuple[list[dict[str, Any]], str, int]:
    done = CliRunner().invoke(cli.app, ["screen"], input="".join(f"{one}\n" for one in lines))
    return [json.loads(one) for one in done.stdout.splitlines()], done.stderr, done.exit_code


def _ruled(answered: dict[str, Any]) -> set[str]:
    """Where a rule holds: half as far from 1 as the heads are."""
    return {about for about, share in answered["scores"].items() if share >= 0.5}


def _line(text: str, **more: Any) -> str:
    return json.dumps({"id": "1", "text": text} | more)


def test_each_line_is_answered_in_order_with_what_would_be_done_and_why() -> None:
    texts = {
        "a": "The kettle is on, come and sit.",
        "b": "I want to die tonight.",
        "c": "Ring me on 07700 900123, any evening.",
    }
    lines = [json.dumps({"id": key, "text": text}) for key, text in texts.items()]
    found, said, code = _screened(*lines)
    assert (said, code) == ("", 0)
    assert [one["id"] for one in found] == ["a", "b", "c"]
    calm, hard, number = found
    assert calm.pop("scores").keys() == CATEGORIES
    assert calm == {"id": "a", "response": "deliver", "tier": "none", "folded": [], "because": []}
    assert (hard["response"], hard["tier"]) == ("deliver_with_help", "now")
    assert _ruled(hard) == {"distress"}
    assert number["response"] == "ask"
    for one in (hard, number):
        assert one["because"]
        assert all(line.partition(":")[0] in CATEGORIES for line in one["because"])


def test_folded_are_the_spans_that_peers_do_not_read() -> None:
    text = "I want to die. I will come round and break your legs. My sister has the dog."
    (found,), _, _ = _screened(_line(text))
    assert found["response"] == "deliver_with_help"
    ((start, end),) = found["folded"]
    assert "break your legs" in text[start:end]
    assert "sister" not in text[start:end]


def test_a_sentence_said_in_pieces_is_read_as_one() -> None:
    (alone,), _, _ = _screened(_line("myself tonight"))
    (read_on,), _, _ = _screened(_line("myself tonight", recent=["ok so", "i am going to kill"]))
    assert alone["tier"] != read_on["tier"] == "now"
    assert alone["scores"]["distress"] < read_on["scores"]["distress"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "this is no JSON."),
        ("[]", "the line: "),
        ('{"id": "1"}', "text: "),
        ('{"id": "1", "text": 5}', "text: "),
        ('{"id": null, "text": "a"}', "id."),
        ('{"id": "1", "text": "a", "recent": "b"}', "recent: "),
        ('{"id": "1", "text": "a", "more": 1}', "more: "),
        ("[" * 100_000, "this is no JSON."),
    ],
)
def test_a_bad_line_is_told_by_its_number_and_the_others_are_answered(line: str, why: str) -> None:
    found, said, code = _screened(_line("before"), "", line, _line("after"))
    assert len(found) == 2
    assert said.startswith("Line 3: ")
    assert why in said
    assert code == 1


@pytest.mark.parametrize("text", ["", "\0", "\ud800 x", "a" * 100_000, "\u202e\u200b", "🫖" * 500])
def test_whatever_the_text_there_is_an_answer(text: str) -> None:
    (found,), said, code = _screened(_line(text))
    assert (found["response"], said, code) == ("deliver", "", 0)


@pytest.fixture
def running() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def test_each_line_is_answered_before_the_next_one_comes(running: subprocess.Popen[str]) -> None:
    assert running.stdin is not None
    assert running.stdout is not None
    for number, text in enumerate(rulebooks.ordinary_talk()[:5]):
        running.stdin.write(json.dumps({"id": number, "text": text}) + "\n")
        running.stdin.flush()
        assert json.loads(running.stdout.readline())["id"] == number
    running.stdin.close()
    assert running.wait(timeout=30) == 0


def _at_a_terminal(*words: str, out: int) -> str:
    """Type it with a terminal for what isn't an answer; return what stands there."""
    ours, theirs = pty.openpty()
    subprocess.run([*COMMAND, *words], stdout=out, stderr=theirs, timeout=60, check=True)
    os.close(theirs)
    os.set_blocking(ours, False)
    try:
        return os.read(ours, 100_000).decode()
    except BlockingIOError:
        return ""
    finally:
        os.close(ours)


def test_a_bar_is_shown_to_a_person_who_waits_for_a_file_and_to_nobody_else(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text(f"{_line('a')}\n{_line('b')}\n", "utf-8")
    with (tmp_path / "out.jsonl").open("wb") as out:
        assert "100%" in _at_a_terminal(str(file), out=out.fileno())
    assert len((tmp_path / "out.jsonl").read_text("utf-8").splitlines()) == 2
    done = subprocess.run([*COMMAND, str(file)], capture_output=True, timeout=60, check=True)
    assert done.stderr == b""
    missing = CliRunner().invoke(cli.app, ["screen", str(tmp_path / "none")])
    assert missing.exit_code == 2
