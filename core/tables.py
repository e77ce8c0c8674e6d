"""What every table has in common: ids, organisation, time, and what its columns hold."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import JSON, DateTime, Dialect, Enum, ForeignKey, LargeBinary, MetaData, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from core import ids

# In a table's `info`: the column with the moment from which a row is for its reader to see.
TOLD_FROM: Final = "told_from"


class Retention(StrEnum):
    """How long a column's values are kept; the organisation sets the lengths."""

    ORGANISATION = "organisation"  # while the organisation uses the software
    ACCOUNT = "account"  # until the account is erased
    TALK = "talk"  # the room's own length
    CASE = "case"  # safety records
    AUDIT = "audit"  # the chain
    SHORT = "short"  # days: sign-ins, throttles, notices already read


class Copied(StrEnum):
    """Whether a value is in the copy people can have of what is kept about them, and why not."""

    YES = "yes"
    NOBODYS = "nobodys"  # about nobody
    KEY = "key"  # it opens something, or finds it
    OTHERS = "others"  # it could tell what somebody else said or did in confidence
    TWICE = "twice"  # the same is in the copy already


class Erased(StrEnum):
    """In a table's `info`: what goes when somebody is erased. Where it says nothing, rows go."""

    WORDS = "words"  # others need the row: it stays, nameless, without their words
    ELSEWHERE = "elsewhere"  # its own package does it


ERASED: Final = "erased"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC on every database. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse a moment without a zone; hand over UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """SQLite forgets the zone: it was UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(kind: type[StrEnum]) -> list[str]:
    return [member.value for member in kind]


class Base(DeclarativeBase):
    """The one registry of tables; `alembic/env.py` and `people.privacy` walk its metadata."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Uuid(),
        datetime: UtcDateTime(),
        bytes: LargeBinary(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        StrEnum: Enum(StrEnum, native_enum=False, length=32, values_callable=_values),
    }


def field(
    retention: Retention,
    *args: Any,
    personal: str | None = None,
    copied: Copied | None = None,
    **options: Any,
) -> MappedColumn[Any]:
    """Declare a column with whose it is and how long it is kept.

    `personal` names the column of the same table that holds the account it is about, or is None
    when the value is about nobody. What is about somebody is `copied` for them unless it says why
    not; what is about nobody is when it says so (a time, a place). Copies, erasure and the
    retention sweep walk this.
    """
    by_itself = Copied.NOBODYS if personal is None else Copied.YES
    info = {"personal": personal, "retention": retention, "copied": copied or by_itself}
    return mapped_column(*args, info=info, **options)


class Identified:
    """A row with an id of its own, made by the application."""

    id: Mapped[UUID] = mapped_column(
        primary_key=True,
        default=ids.new_id,
        info={"personal": None, "retention": Retention.ORGANISATION, "copied": Copied.NOBODYS},
    )


class Owned:
    """A row of exactly one organisation. Every ORM read is filtered by it (core.database)."""

    @declared_attr
    def organisation_id(cls) -> Mapped[UUID]:  # noqa: N805 - a declared attribute belongs to the class
        """The organisation this row belongs to; filled in by the unit of work."""
        return mapped_column(
            # Named here: a type taken from the foreign key is not known until all is imported.
            Uuid(),
            ForeignKey("organisation.id"),
            index=True,
            info={"personal": None, "retention": Retention.ORGANISATION, "copied": Copied.NOBODYS},
        )
