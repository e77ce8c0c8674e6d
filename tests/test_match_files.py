"""`been-there match` with whatever lies in a file: answered, or refused by line in a sentence."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from beenthere import cli
from core.errors import Problem

ANA = b'{"id": "ana", "experiences": [{"words": "My brother died.", "topic": "grief"}]}'
BEN = b'{"id": "ben", "interests": ["tea"]}'
NOBODY = b'{"id": "cy"}'


def _match(folder: Path, content: bytes, *words: str) -> Result:
    file = folder / "people.jsonl"
    file.write_bytes(content)
    return CliRunner().invoke(cli.app, ["match", str(file), *words])


def _ids(answered: Result) -> list[str]:
    assert answered.exit_code == 0, answered.output
    return [json.loads(line)["id"] for line in answered.stdout.splitlines()]


@pytest.mark.parametrize(
    "content",
    [
        b"\n".join((ANA, BEN, NOBODY)),
        b"\r\n".join((ANA, BEN, NOBODY, b"")),
        b"\xef\xbb\xbf" + b"\n\n  \n".join((ANA, BEN, NOBODY, b"")),
    ],
    ids=["no end of line", "lines of Windows", "byte order mark and empty lines"],
)
def test_a_file_is_read_however_its_lines_end(tmp_path: Path, content: bytes) -> None:
    assert _ids(_match(tmp_path, content)) == ["ana", "ben", "cy"]


@pytest.mark.parametrize("content", [b"", b"\n \r\n"])
def test_a_file_of_nobody_is_answered_with_nothing(tmp_path: Path, content: bytes) -> None:
    assert _ids(_match(tmp_path, content)) == []


def test_one_person_alone_and_one_who_told_nothing_have_a_line(tmp_path: Path) -> None:
    (line,) = map(json.loads, _match(tmp_path, NOBODY).stdout.splitlines())
    assert line == {"id": "cy", "matches": []}


def test_however_many_are_asked_for_everybody_is_there_once(tmp_path: Path) -> None:
    answered = _match(tmp_path, b"\n".join((ANA, BEN, NOBODY)), "-k", "9" * 30, "--for", "cy")
    (line,) = map(json.loads, answered.stdout.splitlines())
    assert sorted(match["id"] for match in line["matches"]) == ["ana", "ben"]


@pytest.mark.parametrize("words", [("--for", "cy", "ana"), ("--for", "ana", "--for", "cy")])
def test_several_ids_are_asked_for_in_one_go_or_one_by_one(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    assert _ids(_match(tmp_path, b"\n".join((ANA, BEN, NOBODY)), *words)) == ["ana", "cy"]


def test_ids_without_their_word_are_refused_with_what_to_write(tmp_path: Path) -> None:
    refused = _match(tmp_path, NOBODY, "cy")
    assert refused.exit_code == 2
    assert "write --for before ids" in refused.output


def test_an_id_nobody_has_is_named(tmp_path: Path) -> None:
    refused = _match(tmp_path, NOBODY, "--for", "cy", "dee")
    assert isinstance(refused.exception, Problem)
    assert refused.exception.detail == 'Nobody here has the id "dee".'
    assert refused.stdout == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"\x89PNG\r\n", "this is not JSON"),
        (b"id,name", "this is not JSON"),
        (b"[" + BEN + b"]", "this: must be an object"),
        (b"null", "this: must be an object"),
        (b'{"name": "Ben"}', "id: this is needed"),
        (b'{"id": 5}', "id: must be text"),
        (ANA, "id: the same id stands on line 1"),
        (b'{"id": "ben", "about": "a\\u0000b"}', "about: holds a NUL character"),
        (b'{"id": "ben\\ud800"}', "id: holds half a character"),
        (b'{"id": "ben", "about": "caf\xe9"}', "about: holds half a character"),
        (b'{"id": "ben", "capacity": 1e999}', "capacity: must be a whole number"),
        (b'{"id": "ben", "capacity": ' + b"9" * 5_000 + b"}", "this is not JSON"),
        (b'{"id": "ben", "about": "' + b"word " * 20_000 + b'"}', "about: longer than"),
    ],
)
def test_what_cannot_be_used_is_named_by_its_line_and_nothing_is_answered(
    tmp_path: Path, line: bytes, said: str
) -> None:
    refused = _match(tmp_path, ANA + b"\n" + line + b"\n")
    assert isinstance(refused.exception, Problem)
    assert refused.exception.detail.startswith(f"Line 2: {said}")
    assert refused.stdout == ""
