"""The shapes that all JSON here has."""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

Item = TypeVar("Item")


class In(BaseModel):
    """Something sent to us: unknown members are refused, so that a typo is not lost silently."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """Something we send, read from a row or a plain object."""

    model_config = ConfigDict(from_attributes=True)


class Page(BaseModel, Generic[Item]):
    """Items in order; `next`, when there is one, is the `after` that continues."""

    items: list[Item]
    next: str | None = None
