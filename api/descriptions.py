"""What the OpenAPI document says of every operation alike: how it answers what it can't do."""

from typing import Any, Final

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

from api.problems import MEDIA_TYPE
from core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    Problem,
    TooLarge,
    TooMany,
    TooSlow,
    Unavailable,
)

# What operations may answer, by status, besides what they return.
Answers = dict[int | str, dict[str, Any]]


class ProblemOut(BaseModel):
    """A problem document (RFC 9457): `code` is for machines, the sentences are for people.

    A fault may carry more, such as the `field` that can't be used.
    """

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str


# Any operation may answer any of them: who may do a thing is found out while it is done.
FAULTS: Final[tuple[type[Problem], ...]] = (
    NotSignedIn,
    Forbidden,
    NotFound,
    TooSlow,
    Conflict,
    TooLarge,
    Invalid,
    TooMany,
    Unavailable,
)
RESPONSES: Final[Answers] = {
    fault.status: {
        "description": str(fault.title),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
    }
    for fault in FAULTS
}


class Described(FastAPI):
    """An app whose description knows the problem document; FastAPI adds JSON's own models only."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document; made once."""
        made = super().openapi()
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        schemas.setdefault("ProblemOut", ProblemOut.model_json_schema())
        return made
