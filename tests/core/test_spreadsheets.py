"""CSV: no formula goes out, broken records hold up no others."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import spreadsheets
from core.spreadsheets import NotClosed, Record

CELL = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=5))
def test_what_goes_out_comes_back_and_none_of_it_is_a_formula(rows: list[list[str]]) -> None:
    text = spreadsheets.written(rows)
    opened = list(csv.reader(io.StringIO(text, newline="")))
    assert not any(cell.startswith(spreadsheets.BEGINS_A_FORMULA) for row in opened for cell in row)
    assert [[spreadsheets.original(cell) for cell in row] for row in opened] == rows


@pytest.mark.parametrize(
    "cell", ["=1+1", "+44 7700", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1"]
)
def test_a_cell_that_would_be_run_is_made_text(cell: str) -> None:
    assert spreadsheets.harmless(cell) == f"'{cell}"
    assert spreadsheets.original(f"'{cell}") == cell


def test_an_ordinary_apostrophe_stays() -> None:
    assert spreadsheets.original("'tis me") == "'tis me"


def _read(*lines: str | Exception) -> list[Record]:
    return list(spreadsheets.records(enumerate(lines, 1), between=","))


def test_a_cell_may_hold_lines_and_marks() -> None:
    found = _read("id,about\n", 'a,"two\n', 'lines, and ""marks"""\n', "\n", "b,one\n")
    assert found == [
        Record(1, ("id", "about")), Record(2, ("a", 'two\nlines, and "marks"')),
        Record(5, ("b", "one")),
    ]  # fmt: skip


def test_a_mark_that_is_never_closed_swallows_no_other_row() -> None:
    """Neither to the end of the file, nor to the next row that has such a mark."""
    found = _read("id,about\n", 'a,"half\n', "b,one\n", 'c,"more\n', 'lines"\n', "d,last")
    assert [(one.line, one.cells[:1]) for one in found if one.fault is None] == [
        (1, ("id",)), (3, ("b",)), (4, ("c",)), (6, ("d",)),
    ]  # fmt: skip
    assert [one.line for one in found if isinstance(one.fault, NotClosed)] == [2]


def test_a_line_that_cannot_be_read_is_one_bad_row() -> None:
    broken = ValueError()
    found = _read("id,about\n", 'a,"open\n', broken, "b,one\n")
    assert [(one.line, one.fault is None) for one in found] == [
        (1, True), (2, False), (3, False), (4, True),
    ]  # fmt: skip
