"""What is kept about somebody: a copy for them, and its end. Every table, by what it declares.

A column that is about its reader is in the copy unless it says why not (`core.tables.Copied`), so a
new table is never forgotten. Other people's words are about them, and are in nobody else's copy.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import encryption
from core.sentences import say
from core.tables import ERASED, TOLD_FROM, Base, Copied, Erased, Retention
from people import ways_in
from people.permissions import Act, Actor, require

SEALED: Final = "_sealed"
Value = str | int | float | bool | list[Any] | dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Part:
    """The columns of one table that are about whoever `owner` names in it."""

    table: Table
    owner: Column[Any]
    columns: tuple[Column[Any], ...]
    # By sealed column: the column that its seal is bound to.
    seals: Mapping[str, str]

    @property
    def own(self) -> tuple[str, ...]:
        """The columns that hold something about them, and not only when or where."""
        return tuple(one.name for one in self.columns if one.info["personal"] == self.owner.name)


@dataclass(frozen=True, slots=True)
class Read:
    """The rows of one part, words still sealed."""

    part: Part
    rows: tuple[Mapping[str, Any], ...]


def parts() -> Iterator[Part]:
    """Yield every part of every table that has something to copy, in the order of table names."""
    mappers = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    for table in sorted(Base.metadata.tables.values(), key=lambda one: one.name):
        seals = _seals(mappers[table])
        for owner in sorted({column.info["personal"] for column in table.columns} - {None}):
            part = Part(table, table.c[owner], tuple(_copied(table, owner)), seals)
            if part.own:
                yield part


def _copied(table: Table, owner: str) -> Iterator[Column[Any]]:
    for column in table.columns:
        is_about_them = column.info["personal"] in {None, owner} and column.name != owner
        if is_about_them and column.info["copied"] is Copied.YES:
            yield column


def _seals(mapped: type) -> dict[str, str]:
    declared = (one for kind in mapped.__mro__ for one in vars(kind).values())
    return {seal.column: seal.id_column for seal in declared if isinstance(seal, encryption.Sealed)}


async def read_own(session: AsyncSession, actor: Actor, *, now: datetime) -> list[Read]:
    """Read what is kept about the actor, also while they are paused."""
    require(actor, Act.SEE_OWN)
    return [await _read(session, actor, part, now=now) for part in parts()]


async def tell_copied(session: AsyncSession, actor: Actor, *, now: datetime) -> None:
    """Tell the actor that a copy is made, in case it isn't them who asks for it."""
    require(actor, Act.SEE_OWN)
    said = say("A copy of what is kept about you was made.")
    await ways_in.tell_owner(session, actor, said, kind="data_copied", now=now)


async def _read(session: AsyncSession, actor: Actor, part: Part, *, now: datetime) -> Read:
    # A seal opens with the id of its row, which is not a part of the copy.
    bound = {part.table.c[id_column] for id_column in part.seals.values()}
    columns = dict.fromkeys([*part.columns, *bound])
    query = select(*columns).where(
        part.owner == actor.account_id, part.table.c.organisation_id == actor.organisation_id
    )
    if told_from := part.table.info.get(TOLD_FROM):
        query = query.where(part.table.c[told_from] <= now)
    rows = await session.execute(query.order_by(*part.table.primary_key.columns))
    return Read(part, tuple(row._asdict() for row in rows))


def opened(found: Iterable[Read]) -> dict[str, list[dict[str, Value]]]:
    """Open what was read: by table, rows of readable values. CPU work: not for an event loop.

    A row with nothing of theirs but their id is left out: somebody else made it.
    """
    copy: dict[str, list[dict[str, Value]]] = {}
    for read in found:
        rows = [_row(read.part, row) for row in read.rows if any(row[n] for n in read.part.own)]
        if rows:
            copy.setdefault(read.part.table.name, []).extend(rows)
    return copy


def _row(part: Part, row: Mapping[str, Any]) -> dict[str, Value]:
    return {
        column.name.removesuffix(SEALED): _value(part, row, column.name) for column in part.columns
    }


def _value(part: Part, row: Mapping[str, Any], name: str) -> Value:
    value = row[name]
    if isinstance(value, bytes):
        place = encryption.place(part.table.name, name, row[part.seals[name]])
        return str(encryption.ring().open(place, value))
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


async def erase(session: AsyncSession, account_id: UUID) -> None:
    """Take away what is kept about somebody, rows or words, as their tables say.

    What only their packages can do is done before (`beenthere.erasing`); safety records and the
    audit chain stay for as long as those are kept, and lead to nobody by name.
    """
    for part in kept():
        how = part.table.info.get(ERASED)
        mine = (part.owner == account_id) & (
            part.table.c.organisation_id == session.info["organisation_id"]
        )
        if how is None:
            await session.execute(delete(part.table).where(mine))
        elif how is Erased.WORDS and (blank := _blank(part)):
            await session.execute(update(part.table).where(mine).values(blank))


def kept() -> Iterator[Part]:
    """Yield every part that ends with an account: not safety records, nor the chain."""
    for table in Base.metadata.sorted_tables[::-1]:
        for owner in sorted({column.info["personal"] for column in table.columns} - {None}):
            columns = tuple(
                column
                for column in table.columns
                if column.info["personal"] == owner and column.info["retention"] in ENDING
            )
            if any(column.name != owner for column in columns):
                yield Part(table, table.c[owner], columns, {})


# What ends with an account.
ENDING: Final = {Retention.ACCOUNT, Retention.TALK, Retention.SHORT}


def _blank(part: Part) -> dict[str, Any]:
    """Return what takes the place of words: nothing, and no places in them."""
    blank: dict[str, Any] = {}
    for column in part.columns:
        if column.name.endswith(SEALED):
            blank[column.name] = None
        elif column.name.endswith("folded"):
            blank[column.name] = None if column.nullable else []
    return blank
