"""Whatever fits the OpenAPI document may be asked, and is answered as the document says."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from people.permissions import Role
from tests.faults import world as worlds
from tests.faults.world import World
from tests.journeys.town import Resident, Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

# Requests of each operation, and the share of operations that let one do something: by who asks.
EXAMPLES = {"member": 2, "with every role": 3, "administrator": 2}
FEWEST = {"member": 1 / 4, "with every role": 1 / 3, "administrator": 1 / 4}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# They end what everything else is asked with, so they come last.
LAST = ("sign-ins", "erasure", "DELETE")


@pytest.fixture
async def here(town: Town) -> World:
    return await worlds.world(town)


def _cases(schema: Any, examples: int) -> Iterator[Any]:
    """Some requests of every operation, always the same ones."""
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in sorted(operations, key=lambda one: any(word in one.label for word in LAST)):
        yield from _drawn(operation, examples)


def _drawn(operation: Any, examples: int) -> list[Any]:
    drawn: list[Any] = []

    @seed(7)
    @settings(
        max_examples=examples, database=None, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def draw(case: Any) -> None:
        drawn.append(case)

    draw()
    return drawn


def _at_something_real(case: Any, here: World) -> None:
    """Ask about what is there: few made-up ids are anybody's."""
    case.path_parameters = {
        name: here.ids.get(name, value) for name, value in (case.path_parameters or {}).items()
    }


@pytest.fixture
async def callers(here: World) -> dict[str, Resident]:
    """Somebody of each kind who may ask different things, and be told different things."""
    return {
        "member": here.wren,
        "with every role": here.anna,
        "administrator": await here.town.resident("Ada", Role.ADMINISTRATOR),
    }


@pytest.mark.parametrize("kind", EXAMPLES)
async def test_every_operation_answers_as_its_description_says(
    here: World, callers: dict[str, Resident], kind: str
) -> None:
    schema = schemathesis.openapi.from_dict(here.town.app.openapi())
    caller = callers[kind]
    wrong, worked, asked = [], set[str](), set[str]()
    for number, case in enumerate(_cases(schema, EXAMPLES[kind])):
        if number % 2:
            _at_something_real(case, here)
        told = case.as_transport_kwargs(base_url="https://testserver")
        told = {name: told[name] for name in ("method", "url", "params", "json") if name in told}
        answer = await caller.api.request(**told)
        asked.add(case.operation.label)
        if answer.is_success:
            worked.add(case.operation.label)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as fault:
            wrong.append(f"{case.operation.label}: {answer.status_code} {fault.exceptions}"[:700])
    assert not wrong, "\n".join(wrong)
    assert len(worked) > len(asked) * FEWEST[kind], (
        "most requests never got as far as doing anything"
    )
