"""The program `been-there`, as somebody types it."""

import base64
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from beenthere import cli
from beenthere.demo import stories
from core import encryption
from core.errors import Problem
from core.settings import Settings

PASSWORD = "nine purple otters knitting"
SECRET = "a secret of our own, long enough for anybody"


@pytest.fixture(autouse=True)
def elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key_ring: encryption.KeyRing
) -> Iterator[Path]:
    """An empty folder to type in, with an installation's own settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BEEN_THERE_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'there.db'}")
    monkeypatch.setenv("BEEN_THERE_SECRET", SECRET)
    yield tmp_path
    # Every command installs the ring of its settings, for the whole process.
    encryption.install(key_ring)


def _type(*words: str, says: str | None = None) -> Result:
    return CliRunner().invoke(cli.app, list(words), input=says)


def _set_up() -> Result:
    return _type("setup", "--organisation", "Harbour", "--name", "Ana", "--password", PASSWORD)


def _people(*, count: int = 6) -> list[dict[str, Any]]:
    told = list(stories.people().values())[:count]
    return [one.document.model_dump(mode="json") for one in told]


def _file(folder: Path, people: list[dict[str, Any]]) -> Path:
    file = folder / "people.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in people), "utf-8")
    return file


# schema


def _refs(what: Any) -> Iterator[str]:
    if isinstance(what, dict):
        if "$ref" in what:
            yield what["$ref"]
        for value in what.values():
            yield from _refs(value)
    elif isinstance(what, list):
        for value in what:
            yield from _refs(value)


@pytest.mark.parametrize("kind", ["person", "group"])
def test_a_schema_is_whole_and_refuses_unknown_fields(kind: str) -> None:
    schema = json.loads(_type("schema", kind).stdout)
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert "id" in schema["required"]
    defined = {f"#/$defs/{name}" for name in schema.get("$defs", {})}
    assert set(_refs(schema)) == defined


def test_a_schema_nobody_has_is_refused_with_those_there_are() -> None:
    refused = _type("schema", "patient")
    assert refused.exit_code == 2
    assert "person, group" in refused.output


# form-groups


def test_groups_are_formed_from_a_file_and_nobody_is_lost(elsewhere: Path) -> None:
    file = _file(elsewhere, people := _people(count=12))
    found = json.loads(_type("form-groups", str(file), "--size", "2-4").stdout)
    assert found.keys() == {"groups", "unplaced"}
    members = [one for group in found["groups"] for one in group["members"]]
    left = [one["id"] for one in found["unplaced"]]
    assert sorted([*members, *left]) == sorted(one["id"] for one in people)
    for group in found["groups"]:
        assert group.keys() == {"members", "slot", "language", "cohesion", "reasons"}
    assert all(one["why"] for one in found["unplaced"])
    for wrong in ("4", "a-b", "5-4", "-4-10"):
        refused = _type("form-groups", str(file), "--size", wrong)
        assert refused.exit_code != 0


# match


def test_match_answers_each_person_on_a_line_with_true_sums(elsewhere: Path) -> None:
    people = _people()
    answered = _type("match", str(_file(elsewhere, people)), "-k", "3")
    lines = [json.loads(line) for line in answered.stdout.splitlines()]
    assert [line["id"] for line in lines] == [one["id"] for one in people]
    for line in lines:
        assert len(line["matches"]) <= 3
        for found in line["matches"]:
            assert {"id", "score", "reasons", "contributions"} <= found.keys()
            assert found["reasons"]
            assert abs(sum(found["contributions"].values()) - found["score"]) < 1e-9


def test_match_answers_only_for_those_who_are_asked_for(elsewhere: Path) -> None:
    people = _people()
    wanted = people[2]["id"]
    answered = _type("match", str(_file(elsewhere, people)), "--for", wanted)
    (line,) = map(json.loads, answered.stdout.splitlines())
    assert line["id"] == wanted
    assert {found["id"] for found in line["matches"]} <= {one["id"] for one in people} - {wanted}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{not json", "Line 3"),
        ('{"id": "x", "mood": "low"}', "Line 3: mood"),
        ('{"id": "x", "experiences": [{"where": "cured"}]}', "Line 3: experiences[0].where"),
        ("[" * 100_000, "Line 3"),
    ],
)
def test_match_stops_at_a_bad_line_and_says_which(elsewhere: Path, line: str, said: str) -> None:
    file = _file(elsewhere, _people(count=2))
    with file.open("a", encoding="utf-8") as more:
        more.write(line + "\n")
    refused = _type("match", str(file))
    assert isinstance(refused.exception, Problem)
    assert refused.exception.detail.startswith(said)
    assert refused.stdout == ""


def test_a_fault_is_one_sentence_and_a_number_for_scripts(elsewhere: Path) -> None:
    file = elsewhere / "bad.jsonl"
    file.write_text('{"id": "one"}\nnonsense\n', "utf-8")
    typed = subprocess.run(
        [sys.executable, "-m", "beenthere", "match", str(file)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert typed.returncode == 1
    assert typed.stdout == ""
    assert typed.stderr.startswith("Line 2: ")
    assert len(typed.stderr.splitlines()) == 1


# setup, doctor, audit


def test_setup_makes_a_place_once_with_a_way_back_in(elsewhere: Path) -> None:
    done = _set_up()
    assert done.exit_code == 0
    codes = [line.strip() for line in done.stdout.splitlines() if line.startswith("  ")]
    assert len(set(codes)) == 8
    again = _set_up()
    assert isinstance(again.exception, Problem)
    assert again.exception.detail == "This installation has been set up already. Please sign in."


def test_setup_asks_for_what_it_was_not_told_and_never_shows_a_password() -> None:
    done = _type("setup", says=f"Harbour\nAna\n{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert PASSWORD not in done.output


def test_setup_refuses_a_password_that_is_easy_to_guess(elsewhere: Path) -> None:
    refused = _type("setup", "--organisation", "H", "--name", "Ana", "--password", "password12")
    assert isinstance(refused.exception, Problem)
    assert "easy to guess" in refused.exception.detail


def test_promise_42_doctor_says_what_to_do_first_and_makes_nothing_itself(elsewhere: Path) -> None:
    looked = _type("doctor")
    assert looked.exit_code == 1
    assert "been-there setup" in looked.stdout
    assert not (elsewhere / "there.db").exists()


def test_doctor_names_what_is_left_to_do_after_setting_up() -> None:
    _set_up()
    looked = _type("doctor")
    to_do = [line for line in looked.stdout.splitlines() if line.startswith("TO DO")]
    assert looked.exit_code == 1
    assert any("moderator" in line for line in to_do)
    assert not any("administrator" in line or "database" in line for line in to_do)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_entry SET kind = 'nothing_happened' WHERE seq = 1",
        "UPDATE audit_entry SET actor_id = subject_id WHERE seq = 1",
        "DELETE FROM audit_entry WHERE seq = 1",
        "DELETE FROM audit_head",
        "DELETE FROM audit_entry",
    ],
)
def test_audit_verify_notices_any_tampering(elsewhere: Path, tampering: str) -> None:
    _set_up()
    whole = _type("audit", "verify")
    assert (whole.exit_code, whole.stdout) == (0, "Every entry of every chain holds.\n")
    with sqlite3.connect(elsewhere / "there.db") as database:
        assert database.execute(tampering).rowcount == 1
    broken = _type("audit", "verify")
    assert broken.exit_code == 1
    assert "Harbour: entry" in broken.stderr


# serve, demo


def test_serve_refuses_several_workers_on_sqlite_and_says_why() -> None:
    refused = _type("serve", "--workers", "2")
    assert isinstance(refused.exception, Problem)
    assert "SQLite is written by one process" in refused.exception.detail


def test_serve_refuses_the_known_secret_wherever_others_can_reach_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BEEN_THERE_PUBLIC_URL", "https://talk.example.org")
    monkeypatch.delenv("BEEN_THERE_SECRET")
    refused = _type("serve")
    assert isinstance(refused.exception, ValueError)
    assert "BEEN_THERE_SECRET" in str(refused.exception)


def test_a_setting_that_is_refused_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEEN_THERE_ENVIRONMENT", "production")
    monkeypatch.setenv("BEEN_THERE_SECRET", "too-short-to-keep")
    with pytest.raises(ValueError, match="BEEN_THERE_SECRET") as refused:
        Settings()
    assert "too-short-to-keep" not in str(refused.value)
    assert "too-short" not in repr(refused.value)


def test_keys_that_are_set_later_still_open_what_the_secret_sealed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`doctor` asks for keys once people are there: nothing they wrote may be lost by it."""
    sealed = Settings().key_ring().seal("note.words:1", "I was here first")
    monkeypatch.setenv("BEEN_THERE_KEYS", f"k1:{base64.b64encode(b'k' * 32).decode()}")
    later = Settings().key_ring()
    assert later.active == "k1"
    assert later.open("note.words:1", sealed) == "I was here first"
    assert later.seal("note.words:1", "new").startswith(b"v1|k1|")


def _demo_at(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `demo --keep` leaves, without the server."""
    import asyncio

    from beenthere.demo import community
    from core.clock import utc_now

    monkeypatch.delenv("BEEN_THERE_SECRET")
    asyncio.run(community.prepare(community.settings_for(file, 8000), now=utc_now()))


def test_serve_refuses_a_demos_database(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _demo_at(elsewhere / "there.db", monkeypatch)
    with sqlite3.connect(elsewhere / "there.db") as database:
        assert database.execute("SELECT is_demo FROM organisation").fetchall() == [(1,)]
    refused = _type("serve")
    assert isinstance(refused.exception, Problem)
    assert "demo" in refused.exception.detail


def test_a_demo_refuses_the_database_of_a_real_place(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set_up()
    with pytest.raises(Problem, match="real place"):
        _demo_at(elsewhere / "there.db", monkeypatch)


def test_keys_are_turned_by_a_program_that_has_done_nothing_else(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of its own process, that knows no table yet."""
    _set_up()
    (elsewhere / "people.csv").write_text("id,name,about\n1,Rowan,I dig.\n", "utf-8")
    assert _type("import", "people.csv", "--agreed").exit_code == 0
    monkeypatch.setenv("BEEN_THERE_KEYS", f"k1:{base64.b64encode(b'k' * 32).decode()}")
    typed = subprocess.run(
        [sys.executable, "-m", "beenthere", "keys", "rotate"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert typed.stdout == "2 texts were sealed anew with 'k1'.\n", typed.stderr
    assert _type("retention", "--dry-run").stdout.endswith("longer than it should be.\n")
    assert _type("export", "out.csv").stdout == "2 people are listed in out.csv.\n"
    refused = _type("import", "people.csv")
    assert refused.exit_code == 2


def test_every_command_says_in_a_sentence_what_it_is_for() -> None:
    said = _type("--help").stdout
    names = {command.name or command.callback.__name__ for command in cli.app.registered_commands}
    assert names == {
        "demo", "serve", "setup", "migrate", "match", "form-groups", "schema", "doctor",
        "backup", "restore", "import", "export", "retention", "screen",
        "train-screening",
    }  # fmt: skip
    assert all(name in said for name in (*names, "audit", "keys"))
    assert isinstance(cli.app, typer.Typer)


def test_every_setting_is_written_down_and_no_other() -> None:
    operating = Path(__file__).parents[1] / "docs" / "operating.md"
    written = set(re.findall(r"^\| `BEEN_THERE_(\w+)`", operating.read_text("utf-8"), re.MULTILINE))
    assert written == {name.upper() for name in Settings.model_fields}
