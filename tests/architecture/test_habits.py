"""What everybody types, and what nobody has to remember: make, the locks, hooks and CI."""

import os
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
EVERYDAY: Final = {"help", "setup", "demo", "run", "check", "test", "long", "migrate", "lock"}
FIGURES: Final = {
    "bench-chat",
    "bench-matching",
    "bench-founding",
    "bench-screening",
    "screenshots",
}
TARGETS: Final = EVERYDAY | FIGURES
CHECKS: Final = ("ruff check", "ruff format --check", "lint-imports", "mypy", "deptry")
LOCKS: Final = ("requirements.lock", "requirements-dev.lock")


def _make(*words: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run make as if typed by hand: nothing of a make around the tests is handed on."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    return subprocess.run(
        ["make", "--no-print-directory", *words], cwd=folder, env=own,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def empty_place(tmp_path: Path) -> Path:
    """A fresh copy of what set-up starts from, and nothing else."""
    for name in ("Makefile", "pyproject.toml", *LOCKS):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


def _would_run(target: str, folder: Path) -> str:
    """Return the commands a target means in a fresh copy, without running one."""
    return _make("--dry-run", target, folder=folder).stdout


def test_help_names_every_target_with_a_sentence() -> None:
    told = dict(line.split(None, 1) for line in _make().stdout.splitlines())
    assert told.keys() == TARGETS
    assert all(len(sentence.split()) >= 3 for sentence in told.values())


@pytest.mark.parametrize("target", sorted(TARGETS - {"help"}))
def test_whatever_one_types_first_sets_up_what_it_needs(empty_place: Path, target: str) -> None:
    would_run = _would_run(target, empty_place)
    assert "-m venv .venv" in would_run
    assert "pip sync" in would_run
    assert "--require-hashes" in would_run


def test_every_check_begins_before_the_tests_do(empty_place: Path) -> None:
    would_run = _would_run("test", empty_place)
    begin = [would_run.index(f".venv/bin/{check}") for check in CHECKS]
    assert max(begin) < would_run.index(".venv/bin/pytest")


@pytest.mark.parametrize("version", ["too old", "not here"])
def test_without_a_python_that_will_do_one_sentence_says_so(
    empty_place: Path, version: str
) -> None:
    python = empty_place / "python"
    if version == "too old":
        python.write_text('#!/bin/sh\n[ "$1" != -c ]\n')
        python.chmod(0o755)
    refused = _make("demo", f"PYTHON={python}", folder=empty_place)
    (sentence,) = refused.stdout.splitlines()
    assert refused.returncode != 0
    assert sentence.startswith("Been There needs Python 3.11 or newer")
    assert not (empty_place / ".venv").exists()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_and_hashes_everything_and_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    pinned = re.split(r"\n(?=\S)", text.strip())
    assert len(pinned) > 30
    assert [one for one in pinned if not re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", one)] == []
    assert [one for one in pinned if "--hash=sha256:" not in one] == []
    assert not re.search(r"https?://|--index|--find-links| @ ", text)


def test_hooks_are_local_and_ci_runs_what_one_runs_by_hand() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert re.findall(r"repo: (\S+)", hooks) == ["local"]
    run = ROOT / ".ci" / "run"
    assert os.access(run, os.X_OK)
    told = run.read_text("utf-8")
    assert told.index("export CI=true") < told.index("exec make test")
    assert told.rstrip().endswith("exec make test")


def test_where_ci_finds_no_browser_it_fails_and_by_hand_it_is_said_plainly(
    empty_place: Path,
) -> None:
    would_run = _would_run("test", empty_place)
    browser = would_run[would_run.index("tests.browser_found") :]
    assert re.search(r'\[ -n "\$CI" \]; then echo "[^"]+"; exit 1;', browser)
    assert "THE BROWSER TESTS WERE NOT RUN" in browser
