"""Domain functions that act for somebody ask first whether they may."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.architecture.modules import parsed

ROOT: Final = Path(__file__).parents[2]
DOMAIN: Final = ("moderation", "groups", "matching", "chat", "people")
Function = ast.FunctionDef | ast.AsyncFunctionDef

# What takes an actor and asks nothing itself, and why nothing is lost by it.
ASKED_ELSEWHERE: Final = {
    "chat.messages.page": "one's own seat is read first, and reading it asks (chat.rooms)",
    "chat.messages.quoted": "the same",
    "chat.intake.submit": "the engine's ways in, and the live connection, have asked",
    "chat.surroundings.context": "gathers what screening may know; nobody is shown it",
    "groups.keepers.keeps": "asks the table, or who is in the group",
    "groups.keepers.require_keeper": "the same",
    "groups.wordings.look_at": "a part of putting a card up, which has asked",
    "matching.asks.left": "one's own numbers, beside pages that asked",
    "matching.asks.other": "a part of `connections.ask` and of an introduction",
    "matching.profiles.blank": "makes an empty document of one's own; reads nothing",
    "moderation.claims.require_free": "asks itself who holds a case",
    "moderation.interests.has_no_part": "asks itself about one's part in a case",
    "moderation.interests.require_no_part": "the same",
    "moderation.looks.write": "a part of opening a case, which has asked",
    "moderation.rulings.offered": "what a case that was opened offers; pure",
    "moderation.rulings.rule_on": "a part of `actions.decide`, which has asked",
    "people.appointments.may_confirm": "tells who may; `confirm` asks",
    "people.permissions.allows": "the table itself",
    "people.permissions.may": "the same",
    "people.permissions.require": "the same",
}


def _functions() -> Iterator[tuple[str, Function, ast.Module]]:
    for package in DOMAIN:
        for file in sorted((ROOT / package).rglob("*.py")):
            tree = parsed(file)
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            for node in ast.walk(tree):
                if isinstance(node, Function) and _takes_an_actor(node):
                    yield f"{name}.{node.name}", node, tree


def _takes_an_actor(function: Function) -> bool:
    told = function.args
    given = (*told.posonlyargs, *told.args, *told.kwonlyargs)
    return any(
        one.annotation is not None and ast.unparse(one.annotation).startswith("Actor")
        for one in given
    )


def _asks_first(function: Function, tree: ast.Module) -> bool:
    """Tell whether it asks on its first line, or right after what it is about was read."""
    said = [one for one in function.body if not _is_docstring(one)]
    is_reading = "by_id(session, " in ast.unparse(said[0])
    if any(_is_asking(one) for one in said[: 2 if is_reading else 1]):
        return True
    called = {one.func.id for one in _calls(said[0]) if isinstance(one.func, ast.Name)}
    return any(
        isinstance(node, Function) and node.name in called and any(map(_is_asking, node.body))
        for node in tree.body
    )


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    yield from (one for one in ast.walk(node) if isinstance(one, ast.Call))


def _is_asking(statement: ast.stmt) -> bool:
    said = ast.unparse(statement)
    # The second asks the same of a group: who looks after it, or is in it where it is just us.
    return said.startswith(("require(actor, Act.", "await keepers.require_keeper(session, actor, "))


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def test_whatever_acts_for_somebody_asks_first_whether_they_may() -> None:
    silent = {
        name
        for name, function, tree in _functions()
        if not function.name.startswith("_") and not _asks_first(function, tree)
    }
    assert silent == ASKED_ELSEWHERE.keys()


def test_what_is_done_in_parts_asks_where_it_did() -> None:
    """Private parts that ask for a whole module's doors: none of them falls silent unseen."""
    asking = {
        name
        for name, function, _ in _functions()
        if function.name.startswith("_") and any(map(_is_asking, function.body))
    }
    assert asking == {
        "groups.doors._to_answer",
        "people.appointments._settle",
    }
