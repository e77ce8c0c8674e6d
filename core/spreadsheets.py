"""CSV as spreadsheet programs write and open it: whole records from broken files, no formulas.

A cell that begins like a formula would be run by the program that opens the file (OWASP, CSV
injection): a quotation mark before it makes it text again, and is taken away when it comes back.
"""

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

# Full-width forms are folded to these by some programs.
BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TEXT_MARK: Final = "'"
SEPARATORS: Final = (",", ";", "\t")
# A cell may hold line breaks. A quotation mark that is never closed swallows no more than this.
LINES_OF_A_RECORD: Final = 200


# A numbered line of a file, or why it can't be read.
Line = tuple[int, str | Exception]


class NotClosed(ValueError):
    """A quotation mark is opened in this record and never closed."""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record, and the line of the file on which it begins, from 1.

    `fault` says why there are no cells, if there are none.
    """

    line: int
    cells: tuple[str, ...]
    fault: Exception | None = None


def harmless(cell: str) -> str:
    """Return a cell that no program takes for a formula; `original` is its inverse."""
    could_be_taken = cell.startswith((*BEGINS_A_FORMULA, TEXT_MARK))
    return f"{TEXT_MARK}{cell}" if could_be_taken else cell


def original(cell: str) -> str:
    """Return a cell as it was before `harmless`; others as they are."""
    rest = cell.removeprefix(TEXT_MARK)
    was_made_harmless = rest.startswith((*BEGINS_A_FORMULA, TEXT_MARK))
    return rest if was_made_harmless and rest != cell else cell


def written(rows: Iterable[Iterable[str]]) -> str:
    """Return rows as CSV (RFC 4180) without formulas."""
    text = io.StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def separator(header: str) -> str:
    """Return what stands between the cells: programs of other languages write semicolons."""
    return max(SEPARATORS, key=header.count)


def records(lines: Iterable[Line], *, between: str) -> Iterator[Record]:
    """Yield the records of numbered lines, as they come; empty lines are passed over.

    The first one says how many cells there are. A line that could not be read, or that doesn't
    close its quotation marks within a record of that many cells, is one bad record: what comes
    after it is read as if it began anew.
    """
    waiting: deque[Line] = deque()
    source, width = iter(lines), 0
    while (taken := waiting.popleft() if waiting else next(source, None)) is not None:
        number, line = taken
        if isinstance(line, Exception):
            yield Record(number, (), line)
        elif line.strip():
            more = _ending(line, waiting, source)
            cells = None if more is None else _cells("".join((line, *more)), between)
            if cells is None or (more and width and len(cells) != width):
                yield Record(number, (), NotClosed())
                continue
            for _ in more or ():
                waiting.popleft()
            width = width or len(cells)
            yield Record(number, cells)


def _ending(line: str, waiting: deque[Line], source: Iterator[Line]) -> list[str] | None:
    """Return the further lines of a record, left waiting; None when none ends it."""
    is_open, further = _is_open(line), list[str]()
    while is_open and len(further) < LINES_OF_A_RECORD:
        if len(further) == len(waiting):
            if (one := next(source, None)) is None:
                return None
            waiting.append(one)
        next_line = waiting[len(further)][1]
        if isinstance(next_line, Exception):
            return None
        further.append(next_line)
        is_open ^= _is_open(next_line)
    return None if is_open else further


def _is_open(line: str) -> bool:
    return line.count('"') % 2 == 1


def _cells(text: str, between: str) -> tuple[str, ...] | None:
    """Return the cells of one record; None when words follow a closing mark: it was none."""
    # Bounded by the longest line and the lines of a record, not by the module's own limit.
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    try:
        row = next(csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True), [])
    except csv.Error:
        return None
    return tuple(original(cell) for cell in row)
