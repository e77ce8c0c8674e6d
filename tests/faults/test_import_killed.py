"""An import whose power goes in the middle, typed again: everybody is there once, with a code."""

import csv
import os
import pty
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

PEOPLE = 200
PROGRESS = re.compile(rb"(\d+) rows read, (\d+) people brought in")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "BEEN_THERE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'there.db'}",
        "BEEN_THERE_ENCODER": "hashed",
        "BEEN_THERE_SECRET": "a secret of our own, long enough for anybody",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


def _type(environment: dict[str, str], folder: Path, *words: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "beenthere", *words], cwd=folder, env=environment, check=True,
        capture_output=True, text=True, timeout=120,
    ).stdout  # fmt: skip


def _until_killed(environment: dict[str, str], folder: Path, *words: str) -> bytes:
    """Type it on a terminal and end it as the power would, once it says that people came in."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "beenthere", *words], cwd=folder, env=environment,
        stdout=subprocess.DEVNULL, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    said = b""
    try:
        while not any(int(found[1]) for found in PROGRESS.findall(said)):
            said += os.read(ours, 4096)
    finally:
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=30) == -signal.SIGKILL
        os.close(ours)
    return said


def _names(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "there.db")) as database:
        return [name for (name,) in database.execute("SELECT name FROM account")]


def test_killed_in_the_middle_and_typed_again_everybody_is_there_once(
    environment: dict[str, str], tmp_path: Path
) -> None:
    words = "setup", "--organisation", "Harbour", "--name", "Ana"
    _type(environment, tmp_path, *words, "--password", "nine purple otters knitting")
    rows = "".join(f"{number},Wren {number},I dig.\n" for number in range(PEOPLE))
    (tmp_path / "people.csv").write_text(f"id,name,about\n{rows}", "utf-8")
    command = "import", "people.csv", "--agreed", "--codes", "codes.csv"
    said = _until_killed(environment, tmp_path, *command)
    before = len(_names(tmp_path)) - 1
    assert 0 < before < PEOPLE, said
    assert _type(environment, tmp_path, *command) == (
        f"{PEOPLE - before} people were brought in; {before} had been before; 0 rows could not"
        " be.\n"
    )
    names = _names(tmp_path)
    assert len(names) == len(set(names)) == PEOPLE + 1
    with (tmp_path / "codes.csv").open(encoding="utf-8", newline="") as written:
        assert {row["id"] for row in csv.DictReader(written)} >= {str(n) for n in range(PEOPLE)}
    verified = _type(environment, tmp_path, "audit", "verify")
    assert verified == "Every entry of every chain holds.\n"
