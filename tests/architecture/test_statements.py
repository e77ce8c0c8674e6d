"""How the database is spoken to: what carries its organisation by hand, and what is awaited."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.modules import PACKAGES, ROOT, modules, parsed

Function = ast.FunctionDef | ast.AsyncFunctionDef

# Statements that the unit of work can't filter, because they name tables and not mapped classes:
# each carries its organisation by hand. A new one fails until somebody has looked at it.
BY_HAND: Final = {
    ("chat/admissions.py", "(_ROOM, _MEMBERSHIP, _ACCOUNT)"): "the tables of the one below",
    ("chat/admissions.py", "_SEATS"): "organisation of the membership; the other two hang on it",
    ("chat/admissions.py", "_seats"): "hands the organisation over",
    ("chat/events.py", "EVENT"): "the table of the one below",
    ("chat/events.py", "_COLUMNS"): "names of columns for mapped reads, which are filtered",
    ("chat/events.py", "write"): "organisation_id is a column of every row",
    ("chat/logs.py", "_ROOM"): "the table of those below",
    ("chat/logs.py", "_ADVANCE"): "in its condition",
    ("chat/logs.py", "_ADVANCE_ONE"): "the same, with what it took",
    ("chat/logs.py", "_LAST"): "in its condition",
    ("chat/logs.py", "advance"): "hands the organisation over",
    ("chat/repeats.py", "_PENDING"): "the table of the one below",
    ("chat/repeats.py", "_PUT_ASIDE"): "in its condition",
    ("chat/repeats.py", "put_aside"): "hands the organisation over",
}


def _functions(tree: ast.Module) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def _called(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _pieces(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """A module's functions and the names it gives, each with its source."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node.name, ast.unparse(node)
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield ast.unparse(node.targets[0]), ast.unparse(node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield ast.unparse(node.target), ast.unparse(node.value)


def _by_hand(tree: ast.Module) -> dict[str, str]:
    """The pieces that name a plain table, or speak to the driver past the session."""
    pieces = dict(_pieces(tree))
    tables = {
        name
        for names, source in pieces.items()
        if "__table__" in source
        for name in re.findall(r"\w+", names)
    }
    names_a_table = "|".join(rf"\b{name}\.c\." for name in sorted(tables))
    names_a_table = f"{names_a_table}|" if names_a_table else ""
    bypass = re.compile(rf"{names_a_table}__table__|\.c if column|\.connection\(\)|exec_driver_sql")
    loops = re.compile("|".join(rf"\bin {name}\.c\b" for name in sorted(tables)) or r"(?!)")
    return {
        name: source
        for name, source in pieces.items()
        if bypass.search(source) or loops.search(source)
    }


def test_every_statement_that_carries_its_organisation_by_hand_is_listed() -> None:
    found = {
        (name, piece): source
        for name, tree in modules()
        # The doors themselves apart.
        if name != "core/database.py"
        for piece, source in _by_hand(tree).items()
    }
    assert found.keys() == BY_HAND.keys()
    speaks = re.compile(r"\b(select|update|delete)\(")
    nowhere = [
        key
        for key, said in found.items()
        # Statements made once; in functions, mapped ones stand beside them.
        if key[1].lstrip("_").isupper()
        and speaks.search(said)
        and ".organisation_id == bindparam(" not in said
    ]
    assert nowhere == []


def test_every_insert_that_skips_the_mapper_names_its_organisation() -> None:
    """`core.upserts.insert` is not filled in by the unit of work."""
    without = [
        (name, one.name)
        for name, tree in modules()
        for one in _functions(tree)
        for node in ast.walk(one)
        if _called(node) == "insert" and "organisation_id" not in ast.unparse(one)
    ]
    assert without == []


def test_nobody_opens_all_organisations_where_one_is_known() -> None:
    """Over all of them only: who a token belongs to, which organisations there are, the first."""
    seen = {
        (name, one.name)
        for name, tree in modules()
        for one in _functions(tree)
        for node in ast.walk(one)
        if isinstance(node, ast.Call)
        and _called(node).endswith((".reading", ".unit_of_work"))
        and any(key.arg == "all_organisations" for key in node.keywords)
    }
    assert seen == ALL_ORGANISATIONS.keys()


ALL_ORGANISATIONS: Final = {
    ("api/dependencies.py", "_load"): "the token decides whose it is",
    ("api/dependencies.py", "organisation"): "which organisation a stranger stands before",
    ("api/live.py", "_actor"): "the token decides whose it is",
    ("api/routes.py", "readyz"): "whether the database answers",
    ("beenthere/backups.py", "_prepare"): "a whole database is put in place of another",
    ("beenthere/checks.py", "_database"): "which organisations there are",
    ("beenthere/checks.py", "verify_audit"): "every chain; `verify` names the organisation itself",
    ("beenthere/chores.py", "_organisation_id"): "which one a command is about",
    ("beenthere/demo/filling.py", "fill"): "makes the organisation",
    ("beenthere/demo/community.py", "prepare"): "whether there is one yet",
    ("beenthere/erased_again.py", "erase"): "a backup holds whichever organisations it holds",
    ("beenthere/keys.py", "_note"): "which organisations there are",
    ("beenthere/keys.py", "rotate"): "the keys are the installation's, not an organisation's",
    ("beenthere/measures.py", "_count"): "numbers of the installation, of nobody in it",
    ("beenthere/serving.py", "_prepare"): "whether there is one yet, and of a demo",
    ("beenthere/serving.py", "set_up"): "makes the organisation",
    ("beenthere/upkeep.py", "_organisation_ids"): "which organisations there are",
    ("chat/replays.py", "catch_up"): "where the rooms listened to here stand: ids and numbers",
    ("chat/watches.py", "_release_due"): "in which organisations something is due",
    ("chat/watches.py", "look_again"): "the token decides whose it is; the rest is of that account",
    ("web/entrance.py", "start"): "whether there is one yet",
    ("web/first_days.py", "_begun"): "whether there is one yet",
    ("web/first_days.py", "first_run"): "makes the organisation",
}


# What is awaited while the database is held

OUTER: Final = ("api", "web", "beenthere")
# Awaited inside a unit of work without being handed the session: where, what, and why.
AWAITED_BESIDE: Final[dict[tuple[str, str], str]] = {}


def _units_of_work(tree: ast.Module) -> Iterator[ast.AsyncWith]:
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncWith) and any(
            _called(item.context_expr).endswith("unit_of_work") for item in node.items
        ):
            yield node


def _uses_the_session(call: ast.expr, session: str) -> bool:
    if not isinstance(call, ast.Call):
        return False
    handed = [*call.args, *(keyword.value for keyword in call.keywords)]
    if any(isinstance(one, ast.Name) and one.id == session for one in handed):
        return True
    return ast.unparse(call.func).startswith(f"{session}.")


def _awaited_beside(tree: ast.Module) -> Iterator[str]:
    for unit in _units_of_work(tree):
        names = [item.optional_vars for item in unit.items]
        session = next((one.id for one in names if isinstance(one, ast.Name)), "session")
        for node in ast.walk(unit):
            if isinstance(node, ast.Await) and not _uses_the_session(node.value, session):
                yield ast.unparse(node.value)


def test_inside_a_unit_of_work_nothing_is_awaited_but_the_database() -> None:
    beside = {
        (name, awaited)
        for name, tree in modules()
        if name.partition("/")[0] in OUTER
        for awaited in _awaited_beside(tree)
    }
    assert beside == AWAITED_BESIDE.keys()


def test_the_check_sees_what_is_awaited_beside_the_database() -> None:
    tree = ast.parse(
        "async def f(database, mail):\n"
        "    async with database.unit_of_work(one) as session:\n"
        "        await messages.send(session, actor)\n"
        "        await session.flush()\n"
        "        await mail.send(letter)\n"
    )
    assert list(_awaited_beside(tree)) == ["mail.send(letter)"]


@pytest.mark.parametrize("package", [name for name in PACKAGES if name not in OUTER])
def test_domain_code_opens_no_session_of_its_own_and_never_commits(package: str) -> None:
    """Routes and upkeep do. Chat's own tasks are the exception, and say so here."""
    own_tasks = {
        "chat/engine.py",
        "chat/writer.py",
        "chat/replays.py",
        "chat/watches.py",
        "chat/surroundings.py",
    }
    doors = {"core/database.py", "core/sqlite.py"}
    found = {
        (name, ast.unparse(node.func))
        for name, tree in modules()
        if name.startswith(f"{package}/") and name not in own_tasks | doors
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and _called(node).rpartition(".")[2] in {"unit_of_work", "reading", "commit", "rollback"}
    }
    assert found == set()


# How tests are written


def _test_files() -> list[Path]:
    return sorted((ROOT / "tests").rglob("*.py"))


# A number or a table made smaller for a test; never a function of ours.
SHORTENED: Final = {
    "tests/api/test_slow_callers.py": "a shorter wait for who never finishes asking",
    "tests/core/test_database.py": "a shorter wait for a locked database",
    "tests/core/test_sqlite.py": "a shorter wait for a locked database",
    "tests/keeping/test_importing.py": "fewer people in one unit of work",
    "tests/keeping/test_keys.py": "fewer rows in one unit of work",
    "tests/matching/test_ranking.py": "weights that are no numbers",
    "tests/moderation/test_screening_bench.py": "fewer rounds, fewer texts, the words typed",
    "tests/test_program_faults.py": "the words typed, and no second place for logs",
    "tests/upkeep/test_mail.py": "shorter patience with a slow mail server",
    "tests/upkeep/test_upkeep.py": "other sweeps in the table of sweeps",
}


def test_no_test_patches_what_it_tests() -> None:
    mocked, patched = set(), set()
    for file in _test_files():
        name = str(file.relative_to(ROOT))
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.Import | ast.ImportFrom) and "mock" in ast.unparse(node):
                mocked.add(name)
            if _called(node).endswith(("monkeypatch.setattr", "monkeypatch.setitem")):
                patched.add(name)
    assert mocked == set()
    assert patched <= SHORTENED.keys()


def test_no_folder_of_tests_is_a_package_that_would_hide_ours() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []
    assert not (ROOT / "alembic" / "__init__.py").exists()
