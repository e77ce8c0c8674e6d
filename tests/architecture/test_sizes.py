"""The house keeps its sizes: what doesn't fit a screen hides something."""

import ast
from pathlib import Path

import pytest

from tests.architecture.modules import parsed

ROOT = Path(__file__).parents[2]
PACKAGES = ("beenthere", "web", "api", "moderation", "groups", "matching", "chat", "people", "core")
FILES = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))


def _lines(file: Path) -> int:
    return len(file.read_text("utf-8").splitlines())


def _body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the last."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def _functions() -> list[tuple[str, int]]:
    return [
        (f"{file.relative_to(ROOT)}:{node.name}", _body_lines(node))
        for file in FILES
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_no_file_is_over_300_lines_and_nine_in_ten_are_under_220() -> None:
    sizes = {str(file.relative_to(ROOT)): _lines(file) for file in FILES}
    assert {name: size for name, size in sizes.items() if size > 300} == {}
    assert sum(size <= 220 for size in sizes.values()) >= 0.9 * len(sizes)


def test_no_function_is_over_40_lines_and_most_are_short() -> None:
    functions = _functions()
    assert [(name, size) for name, size in functions if size > 40] == []
    sizes = sorted(size for _, size in functions)
    assert sizes[len(sizes) // 2] <= 8
    assert sum(size <= 25 for size in sizes) >= 0.9 * len(sizes)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_public_name_says_what_its_signature_cannot(file: Path) -> None:
    tree = parsed(file)
    assert ast.get_docstring(tree), f"{file.name} has no docstring"
    inner = _inner(tree)
    missing = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and node not in inner
        and ast.get_docstring(node) is None
        and not any("overload" in ast.unparse(mark) for mark in node.decorator_list)
    ]
    assert missing == []


def _inner(tree: ast.Module) -> set[ast.AST]:
    """What stands inside functions is not public."""
    return {
        node
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(outer)
        if node is not outer
    }


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "common", "base", "misc", "services", "managers"}
    assert [file for file in FILES if file.stem in empty] == []
