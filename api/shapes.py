"""The shapes that all JSON here has."""

from typing import Annotated, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

# As far as a whole number goes in both databases.
GREATEST: Final = 2**31 - 1
Version = Annotated[int, Field(ge=0, le=GREATEST)]

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
