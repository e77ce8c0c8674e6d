"""The organisation's settings: versioned JSON documents, with careful defaults shipped.

A kind of document is a pydantic model in the package that uses it, with `kind` as a class
variable. Every change is a new version and is audited.
"""

import json
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core.errors import Conflict, Invalid
from core.sentences import say, together
from core.tables import Base, Identified, Owned, Retention, field
from people import audit
from people.permissions import Act, Actor, require


class Document(Base, Identified, Owned):
    """One version of one kind of settings."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("organisation_id", "kind", "version"),)

    kind: Mapped[str] = field(Retention.ORGANISATION)
    version: Mapped[int] = field(Retention.ORGANISATION)
    body: Mapped[dict[str, Any]] = field(Retention.ORGANISATION)
    by_id: Mapped[UUID] = field(Retention.ORGANISATION)
    at: Mapped[datetime] = field(Retention.ORGANISATION)


class Settled(BaseModel):
    """Parent of the models that check a document's body. `kind` also names the default's file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[str]


# Where a session keeps the texts it has read, by organisation and kind.
_KNOWN: Final = "documents"
_Place = tuple[UUID | None, str]

SomeSettled = TypeVar("SomeSettled", bound=Settled)
SomeModel = TypeVar("SomeModel", bound=BaseModel)


@lru_cache
def _default(kind: str) -> str:
    return resources.files("people").joinpath("defaults", f"{kind}.json").read_text("utf-8")


@lru_cache(maxsize=256)
def _parsed(model: type[SomeSettled], text: str) -> SomeSettled:
    return model.model_validate_json(text)


async def current(session: AsyncSession, model: type[SomeSettled]) -> SomeSettled:
    """Return the newest version, or the shipped default. Parsing is cached by content.

    Read once in a session: what holds for its first person holds for all of a batch.
    """
    known: dict[_Place, str] = session.info.setdefault(_KNOWN, {})
    place = session.info["organisation_id"], model.kind
    if place not in known:
        row = await _newest(session, model.kind)
        told = _default(model.kind) if row is None else json.dumps(row.body, sort_keys=True)
        known[place] = told
    parsed: SomeSettled = _parsed(model, known[place])
    return parsed


async def version(session: AsyncSession, model: type[Settled]) -> int:
    """Return the number of the newest version; 0 while the shipped default holds."""
    row = await _newest(session, model.kind)
    return row.version if row else 0


async def change(
    session: AsyncSession, actor: Actor, body: Settled, *, over_version: int, now: datetime
) -> int:
    """Store a new version above `over_version` (0: none yet); return its number.

    Raises:
        Conflict: somebody stored another version in the meantime.
    """
    require(actor, Act.CHANGE_DOCUMENT)
    row = Document(
        kind=body.kind,
        version=over_version + 1,
        body=body.model_dump(mode="json"),
        by_id=actor.account_id,
        at=now,
    )
    if await version(session, type(body)) != over_version:
        raise Conflict(say("Somebody changed this a moment ago. Please look at it again."))
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Conflict(
            say("Somebody changed this a moment ago. Please look at it again.")
        ) from None
    session.info.pop(_KNOWN, None)
    audit.record(
        session,
        kind="document_changed",
        actor_id=actor.account_id,
        subject_kind=body.kind,
        subject_id=row.id,
        now=now,
    )
    return row.version


def check(model: type[SomeModel], body: object) -> SomeModel:
    """Return `body` as the model.

    Raises:
        Invalid: with the first fault and where it is.
    """
    try:
        return model.model_validate(body)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Invalid(together(where, first["msg"], by=": "), field=where) from None


async def _newest(session: AsyncSession, kind: str) -> Document | None:
    query = select(Document).filter_by(kind=kind).order_by(Document.version.desc()).limit(1)
    return (await session.scalars(query)).one_or_none()
