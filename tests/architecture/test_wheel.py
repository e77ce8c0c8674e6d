"""What is installed is whole: the wheel holds everything the program reads when it runs."""

import fnmatch
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = (
    "beenthere", "web", "api", "moderation", "groups", "matching", "chat", "people", "core",
)  # fmt: skip
# Everything that is read at run time and is no module, by where the wheel has it.
READ: Final = (
    "web/templates/*.html",
    "web/templates/**/*.html",
    "web/static/*.css",
    "web/static/*.js",
    "web/static/*.svg",
    "moderation/rulebook/*.toml",
    "people/defaults/*.json",
    "beenthere/demo/*.toml",
    "beenthere/demo/people/*.toml",
    "beenthere/demo/talks/*.txt",
    "alembic/env.py",
    "alembic/script.py.mako",
    "alembic/versions/*.py",
)
# Asks a copy laid out like the wheel for each kind of file, from a folder that is not ours.
TRY_IT: Final = """
import asyncio, pathlib, sys
import beenthere, httpx2
from beenthere import schema
from beenthere.app import create_app
from beenthere.demo import stories
from core.settings import Settings

here, url = pathlib.Path(sys.argv[1]), sys.argv[2]
assert pathlib.Path(beenthere.__file__).is_relative_to(here), beenthere.__file__
assert stories.people() and stories.groups() and stories.talks() and stories.queue()

async def try_it():
    await schema.upgrade(url)
    await schema.check(url)
    app = create_app(Settings(_env_file=None, database_url=url), with_upkeep=False)
    transport, base = httpx2.ASGITransport(app=app), "http://127.0.0.1:8000"
    paths = ("/first-run", "/help", "/static/style.css", "/static/talk.js", "/worker.js")
    async with app.router.lifespan_context(app):
        async with httpx2.AsyncClient(transport=transport, base_url=base) as client:
            for path in paths:
                answer = await client.get(path)
                assert answer.status_code == 200, (path, answer.status_code)

asyncio.run(try_it())
print("whole")
"""


@lru_cache
def _settings() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: dict[str, Any] = tomllib.load(file)["tool"]["hatch"]["build"]["targets"]["wheel"]
    return found


def _is_ignored(file: Path) -> bool:
    """Tell whether .gitignore names it: hatchling leaves such files out."""
    parts = file.relative_to(ROOT).parts
    for line in (ROOT / ".gitignore").read_text("utf-8").splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        named = parts[:-1] if pattern.endswith("/") else parts
        if any(fnmatch.fnmatch(part, pattern.rstrip("/")) for part in named):
            return True
    return False


def _is_made(file: Path) -> bool:
    """Tell whether hatchling takes it although git ignores it."""
    return any(
        fnmatch.fnmatch(str(file.relative_to(ROOT)), one) for one in _settings()["artifacts"]
    )


def _in_wheel() -> dict[str, Path]:
    """Return every file the rules take, by where it lies in the wheel."""
    settings = _settings()
    found = {
        str(file.relative_to(ROOT)): file
        for package in settings["packages"]
        for file in sorted((ROOT / package).rglob("*"))
        if file.is_file() and (not _is_ignored(file) or _is_made(file))
    }
    for source, place in settings["force-include"].items():
        origin = ROOT / source
        files = (
            [origin] if origin.is_file() else [one for one in origin.rglob("*") if one.is_file()]
        )
        for file in files:
            beside = "" if file == origin else f"/{file.relative_to(origin)}"
            found[f"{place}{beside}"] = file
    return found


def test_the_wheel_takes_every_package_and_no_other() -> None:
    assert tuple(_settings()["packages"]) == PACKAGES


@pytest.mark.parametrize("pattern", READ)
def test_everything_that_is_read_at_run_time_is_in_the_wheel(pattern: str) -> None:
    files = list(ROOT.glob(pattern))
    assert files
    taken = set(_in_wheel().values())
    assert [file for file in files if file not in taken] == []


def test_migrations_lie_beside_the_program_and_never_in_a_package_of_that_name() -> None:
    places = _in_wheel()
    assert "beenthere/migrations/env.py" in places
    assert not any(place.startswith("alembic") for place in places)


def test_a_copy_laid_out_like_the_wheel_runs_from_anywhere(tmp_path: Path) -> None:
    for place, file in _in_wheel().items():
        target = tmp_path / "site" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    url = f"sqlite+aiosqlite:///{tmp_path / 'there.db'}"
    tried = subprocess.run(
        [sys.executable, "-c", TRY_IT, str(tmp_path / "site"), url],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert tried.stdout.endswith("whole\n"), tried.stderr


def test_a_compiled_catalogue_is_taken_although_git_ignores_it() -> None:
    folder = ROOT / "web/locale/qaa-x-wheel/LC_MESSAGES"
    catalogue = folder / "messages.mo"
    folder.mkdir(parents=True)
    try:
        catalogue.write_bytes(b"")
        assert _is_ignored(catalogue)
        assert catalogue in _in_wheel().values()
    finally:
        shutil.rmtree(folder.parent)


@pytest.mark.skipif(
    find_spec("hatchling") is None,
    reason="hatchling is no part of the lock: a build fetches it by itself",
)
def test_the_built_wheel_holds_what_its_rules_say(tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
        "--wheel-dir", str(tmp_path), str(ROOT),
    ]  # fmt: skip
    subprocess.run(command, check=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as built:
        names = set(built.namelist())
    wanted = {place for place in _in_wheel() if "__pycache__" not in place}
    assert wanted - names == set()
