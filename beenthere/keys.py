"""Sealing anew with the newest key what older ones sealed, some rows at a time.

Stopped anywhere it is run again: what has the newest key is passed over. Whoever writes to a row
meanwhile wins, so nothing that was said is put back.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, inspect, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from beenthere import schema
from core import encryption
from core.database import Database
from core.encryption import SENTENCE, VERSION, KeyRing, Sealed
from core.tables import Base
from people import audit, organisations

AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Column:
    """One sealed column of one table."""

    table: type[Base]
    seal: Sealed

    @property
    def name(self) -> str:
        """How it is told of."""
        return f"{self.table.__tablename__}.{self.seal.column}"

    @property
    def words(self) -> Any:
        """The mapped column."""
        return getattr(self.table, self.seal.column)

    @property
    def row_id(self) -> Any:
        """What its seals are bound to."""
        return getattr(self.table, self.seal.id_column)

    @property
    def key(self) -> list[Any]:
        """The mapped columns that name a row."""
        return [getattr(self.table, str(one.key)) for one in inspect(self.table).primary_key]


@dataclass(frozen=True, slots=True)
class Turned:
    """What became of some rows of a column. `broken` ones open with no key there is."""

    name: str
    sealed_anew: int
    broken: int


def columns() -> Iterator[Column]:
    """Yield every sealed column there is."""
    schema.all_tables()
    for mapper in sorted(Base.registry.mappers, key=lambda one: one.class_.__name__):
        for one in vars(mapper.class_).values():
            if isinstance(one, Sealed):
                yield Column(mapper.class_, one)


async def rotate(database: Database, *, now: datetime) -> AsyncIterator[Turned]:
    """Seal anew what is not sealed with the newest key; tell of each batch once it is in."""
    is_any = False
    for column in columns():
        after: Sequence[Any] | None = None
        while True:
            async with database.unit_of_work(all_organisations=True) as session:
                turned, after = await _some(session, column, after)
            if turned.sealed_anew or turned.broken:
                is_any = True
                yield turned
            if after is None:
                break
    if is_any:
        await _note(database, now=now)


async def _some(
    session: AsyncSession, column: Column, after: Sequence[Any] | None
) -> tuple[Turned, Sequence[Any] | None]:
    """Turn one batch; return where it ended, or None at the end of the table."""
    key, ring = column.key, encryption.ring()
    query = select(column.row_id, column.words, *key).where(_is_older(column, ring))
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*after))
    rows = (await session.execute(query.order_by(*key).limit(AT_ONCE))).all()
    broken = 0
    for row_id, sealed, *at in rows:
        place = encryption.place(str(column.table.__tablename__), column.seal.column, row_id)
        try:
            anew = ring.seal(place, ring.open(place, sealed))
        except encryption.SealBroken:
            broken += 1
            continue
        this = and_(*(one == value for one, value in zip(key, at, strict=True)))
        still = update(column.table).where(this, column.words == sealed)
        values = {column.seal.column: anew}
        await session.execute(still.values(**values).execution_options(synchronize_session=False))
    ended = list(rows[-1][2:]) if len(rows) == AT_ONCE else None
    return Turned(column.name, len(rows) - broken, broken), ended


def _is_older(column: Column, ring: KeyRing) -> ColumnElement[bool]:
    newest = [b"|".join((version, ring.active.encode(), b"")) for version in (VERSION, SENTENCE)]
    begins = func.substr(column.words, 1, len(newest[0]))
    return and_(column.words.is_not(None), ~or_(*(begins == one for one in newest)))


async def _note(database: Database, *, now: datetime) -> None:
    async with database.reading(all_organisations=True) as session:
        found = await organisations.everyone(session)
    for organisation in found:
        async with database.unit_of_work(organisation.id) as session:
            audit.record(
                session, kind="keys_rotated", actor_id=None, subject_kind="organisation",
                subject_id=organisation.id, now=now,
            )  # fmt: skip
