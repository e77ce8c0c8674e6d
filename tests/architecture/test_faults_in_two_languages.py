"""Every fault speaks two languages: a code for programs, and a sentence for people."""

import importlib
import re
from collections.abc import Iterator

import pytest

from chat import frames, protocol
from core.errors import Invalid, Problem, TooMany
from core.sentences import Sentence
from tests.architecture.modules import modules

INNER = ("core", "people", "chat", "matching", "groups", "moderation", "api", "web")


def _kinds(kind: type[Problem]) -> Iterator[type[Problem]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)


def _all() -> list[type[Problem]]:
    for name, _ in modules():
        if name.startswith(INNER) and "__main__" not in name:
            importlib.import_module(name.removesuffix(".py").replace("/", "."))
    return sorted(set(_kinds(Problem)), key=lambda kind: kind.__qualname__)


@pytest.mark.parametrize("kind", _all(), ids=lambda kind: kind.__qualname__)
def test_every_fault_has_a_code_and_a_sentence(kind: type[Problem]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.code)
    assert isinstance(kind.title, Sentence)
    assert str(kind.title)[-1] in ".?", "a whole sentence"
    assert kind.code not in str(kind.title) or "_" not in kind.code
    assert 400 <= kind.status <= 599


def test_a_problem_frame_carries_both_and_what_a_program_did_wrong_is_a_hint_to_it() -> None:
    for fault in (Problem(), Invalid(), TooMany(retry_after=1)):
        frame = protocol.problem(fault)
        assert frame.code
        assert frame.title
        assert frame.detail
        assert frame.hint is None
    unreadable = protocol.decode('{"type":"send","text":7}')
    assert isinstance(unreadable, frames.Problem)
    assert unreadable.detail == protocol.UNREADABLE
    assert "`$.text`" in (unreadable.hint or "") or "room" in (unreadable.hint or "")
    assert "`" not in unreadable.detail
