"""The database's shape: every table in one metadata, and the way from one version to the next."""

import importlib
import pkgutil
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from core.tables import Base

PACKAGES: Final = ("people", "chat", "matching", "groups", "moderation")
HERE: Final = Path(__file__).parent


def all_tables() -> MetaData:
    """Import every module that may define a table, and return them all."""
    for package in PACKAGES:
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
            importlib.import_module(f"{package}.{module.name}")
    return Base.metadata


def packages_of_tables() -> dict[str, str]:
    """Return whose each table is, by the table's name."""
    all_tables()
    return {
        mapper.local_table.description: mapper.class_.__module__.partition(".")[0]
        for mapper in Base.registry.mappers
    }


def _config() -> Config:
    # In the wheel the folder lies inside this package; in a checkout, beside it.
    packaged = HERE / "migrations"
    folder = packaged if packaged.is_dir() else HERE.parent / "alembic"
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    return config


async def run(url: str, step: Callable[[Config], Any], **x_arguments: str) -> Any:
    """Run one of alembic's commands over a connection of its own, in one transaction."""
    engine = create_async_engine(url, poolclass=NullPool)

    def with_connection(connection: Connection) -> Any:
        config = _config()
        config.attributes["connection"] = connection
        config.cmd_opts = Namespace(x=[f"{name}={value}" for name, value in x_arguments.items()])
        return step(config)

    try:
        async with engine.begin() as connection:
            return await connection.run_sync(with_connection)
    finally:
        await engine.dispose()


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database up to `revision`; nothing happens when it is there."""
    _make_private(url)
    await run(url, lambda config: command.upgrade(config, revision))


def _make_private(url: str) -> None:
    """Begin a SQLite file as its owner's alone: who talks with whom stands in it unsealed."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite" and parts.database and parts.database != ":memory:":
        # SQLite gives the files it keeps beside this one the same rights.
        Path(parts.database).touch(mode=0o600)


async def downgrade(url: str, revision: str = "base") -> None:
    """Take a database back to `revision`. What only newer versions know is lost."""
    await run(url, lambda config: command.downgrade(config, revision))


async def check(url: str) -> None:
    """Raise when tables and migrations tell different stories."""
    await run(url, command.check)


async def is_current(url: str) -> bool:
    """Tell whether a database is at the newest version."""

    def compare(config: Config) -> bool:
        here = MigrationContext.configure(config.attributes["connection"]).get_current_revision()
        return here == ScriptDirectory.from_config(config).get_current_head()

    return bool(await run(url, compare))
