"""What lies on the disk: readable by its owner alone, and nobody's words in it."""

import stat
from pathlib import Path
from typing import Any

import pytest
from conftest import MORNING

from beenthere import schema
from core.database import Database
from people import organisations
from tests.faults import world as worlds
from tests.faults.world import Operation, World, body_for, operations
from tests.journeys.town import Town

ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
pytestmark = [pytest.mark.anyio, ON_SQLITE]

# What is meant to be read by everybody here, or means nothing, and is looked for in SQL.
OPEN = {"name", "client_id"}
# Read by everybody before they come in, like a group's card.
OPEN_BODIES = {"AgreementIn", "StartIn"}


def _modes(folder: Path) -> dict[str, int]:
    return {one.name: stat.S_IMODE(one.stat().st_mode) for one in folder.glob("new.db*")}


async def test_a_new_file_is_its_owners_alone(tmp_path: Path, backend: str) -> None:
    file = tmp_path / "new.db"
    await schema.upgrade(f"sqlite+aiosqlite:///{file}")
    database = Database(f"sqlite+aiosqlite:///{file}")
    async with database.unit_of_work(all_organisations=True) as session:
        await organisations.create(session, slug="o", name="O", now=MORNING)
        modes = _modes(tmp_path)
    await database.close()
    assert set(modes.values()) == {0o600}, modes
    assert {"new.db", "new.db-wal"} <= modes.keys()


def _marked(operation: Operation, good: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Put a mark of its own into every field that takes words."""
    marked = dict(good)
    if operation.body in OPEN_BODIES:
        return marked
    for name, schema_ in told.items():
        kinds = [one for one in schema_.get("anyOf", [schema_]) if one.get("type") == "string"]
        if kinds and not kinds[0].keys() & {"format", "enum"} and name not in OPEN:
            marked[name] = f"zzmark {operation.body} {name}"
    if operation.body == "ProfileIn":
        listed = ("used", "wanted", "interests", "wont_talk_about")
        lists: dict[str, Any] = {name: [f"zzmark {name}"] for name in listed}
        lived = [{"words": "zzmark experience", "where": "in_it_now"}]
        marked["document"] = lists | {"about": "zzmark about", "experiences": lived}
    return marked


async def test_nobodys_words_lie_open_in_the_file_or_the_log(
    town: Town, database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    here: World = await worlds.world(town)
    schemas = town.app.openapi()["components"]["schemas"]
    kept = 0
    for operation in operations(town.app):
        good = body_for(operation, here.ids)
        if good is None:
            continue
        said = _marked(operation, good, schemas[operation.body]["properties"])
        answer = await here.anna.api.request(
            operation.method, f"{operation.at(here.ids)}?organisation=harbour", json=said
        )
        assert answer.status_code < 500, operation.name
        kept += answer.is_success and "zzmark" in str(said)
    assert kept >= 8, "of each kind some was taken"
    file = Path(database_url.partition(":///")[2])
    parts = [file, *file.parent.glob(f"{file.name}-*")]
    assert [one.name for one in parts if b"zzmark" in one.read_bytes()] == []
    logged = capfd.readouterr()
    assert "zzmark" not in logged.out + logged.err
