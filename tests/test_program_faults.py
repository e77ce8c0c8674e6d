"""Whatever is wrong with a file, a setting or a port: one sentence, no traceback, a number."""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from beenthere import cli, logs
from core import encryption

Type = Callable[..., tuple[int, str]]


@pytest.fixture
def type_(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    key_ring: encryption.KeyRing,
) -> Iterator[Type]:
    """Type a command in an empty folder; it returns the exit code and what standard error says."""
    monkeypatch.chdir(tmp_path)
    # Where logs go is settled once in a process, and this one goes on after the command.
    monkeypatch.setattr(logs, "configure", lambda: None)

    def typed(*words: str, **settings: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["been-there", *words])
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            cli.run()
        return int(ended.value.code or 0), capsys.readouterr().err

    yield typed
    # A command installs its keys for the whole process.
    encryption.install(key_ring)


def test_what_is_said_in_here_is_said_by_the_program_too(tmp_path: Path, type_: Type) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "beenthere", "audit", "verify"], cwd=tmp_path, env=os.environ,
        capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == type_("audit", "verify")
    assert done.stdout == ""


def _newer(folder: Path) -> None:
    with sqlite3.connect(folder / "been-there.db") as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES ('9999')")
    database.close()


@pytest.mark.parametrize("path", ["nowhere.jsonl", "."])
def test_people_who_are_in_no_file_are_not_found(tmp_path: Path, type_: Type, path: str) -> None:
    number, said = type_("match", path)
    assert number == 2
    assert path in said
    assert "Traceback" not in said


def test_learning_from_a_folder_with_nothing_to_learn_from_says_so_and_writes_nothing(
    tmp_path: Path, type_: Type
) -> None:
    number, said = type_("train-screening", "--data", ".", "--into", "model")
    assert number == 1
    assert "There is no public data of a kind we know" in said
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path, type_: Type) -> None:
    _newer(tmp_path)
    number, said = type_("serve", "--port", "0")
    assert number == 1
    assert said.startswith("This database was made by a newer Been There.")
    assert said.count("\n") == 1


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path, type_: Type) -> None:
    (tmp_path / "been-there.db").write_text("Dear diary, " * 200)
    number, said = type_("migrate")
    assert number == 1
    assert said.startswith("The database can't be used (file is not a database)")
    assert "diary" not in said


@pytest.mark.parametrize("url", ["mysql://here/there", "sqlite:///x.db", "nonsense"])
def test_a_database_of_another_kind_is_refused_with_those_there_are(
    tmp_path: Path, type_: Type, url: str
) -> None:
    number, said = type_("migrate", BEEN_THERE_DATABASE_URL=url)
    assert number == 2
    assert "must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://" in said
    assert url not in said


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_is_taken_is_refused_before_anything_is_made(
    tmp_path: Path, type_: Type, command: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        number, said = type_(command, "--port", port)
    assert number == 1
    assert said.startswith(f"Port {port} on 127.0.0.1 can't be used")
    assert list(tmp_path.iterdir()) == []


def test_verifying_without_a_database_makes_none_and_says_so(tmp_path: Path, type_: Type) -> None:
    number, said = type_("audit", "verify")
    assert number == 1
    assert said == "been-there.db is not there yet: run `been-there setup`.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said_in_one_sentence(tmp_path: Path, type_: Type) -> None:
    url = "sqlite+aiosqlite:///nowhere/been-there.db"
    number, said = type_("migrate", BEEN_THERE_DATABASE_URL=url)
    assert number == 1
    assert said == "No such file or directory: nowhere/been-there.db\n"
