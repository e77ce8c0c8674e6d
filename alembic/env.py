"""Migrations run over a connection that `beenthere.schema` hands in, on either database."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Enum

from beenthere.schema import all_tables, packages_of_tables
from core.tables import UtcDateTime

config = context.config
metadata = all_tables()
packages = packages_of_tables()


def in_chosen_package(
    _thing: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any
) -> bool:
    """With `-x package=chat`, look at that package's tables only: each has a first migration."""
    wanted = context.get_x_argument(as_dictionary=True).get("package")
    return kind != "table" or not wanted or packages.get(name or "") == wanted


def plain(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """Migrations stand on their own: they name plain types, not today's classes."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, Enum):
        return f"sa.String(length={thing.length})"
    return False


context.configure(
    connection=config.attributes["connection"],
    target_metadata=metadata,
    render_item=plain,
    include_object=in_chosen_package,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
