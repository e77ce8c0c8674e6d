"""A file of people, read a row at a time: a row that is broken is told of, and the rest is read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from core import limits, spreadsheets
from core.errors import Invalid, Problem
from core.sentences import Sentence, say
from core.spreadsheets import Line, Record
from matching import documents, sheets
from matching.documents import Person

JSON_LINES: Final = (".jsonl", ".ndjson", ".json")
TABLES: Final = (".csv", ".tsv", ".txt")
# What a byte order mark says (Unicode 16.0 §23.8); Excel's "Unicode text" is UTF-16.
MARKS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
# Bytes that are no UTF-8 come as halves of a character; lost ones as the mark for that.
_LOST: Final = re.compile("[\udc80-\udcff\ufffd]")
_BROKEN: Final = say(
    "this is not UTF-8, so letters in it would be lost. Please save the file as UTF-8 (in Excel:"
    " “CSV UTF-8”)."
)
_TOO_LONG: Final = say("this line is longer than any person could fill.")
_NOT_CLOSED: Final = say("a quotation mark is opened here and not closed.")


@dataclass(frozen=True, slots=True)
class Row:
    """One person, or the sentence that says what is wrong and on which line."""

    line: int
    person: Person | None
    fault: Sentence | None = None


class Unreadable(Problem):
    """The file as a whole can't be read. Nothing was brought in."""

    code, title = "unreadable", say("That file can't be read.")


def read(file: Path) -> Iterator[Row]:
    """Yield every row but empty ones, in bounded memory but for the ids seen so far.

    Raises:
        Unreadable: neither kind of file, or a table whose columns are unknown.
        OSError: it can't be opened.
    """
    kind = file.suffix.casefold()
    if kind not in (*JSON_LINES, *TABLES):
        raise Unreadable(say("Please name a file that ends in .jsonl or .csv."))
    with _opened(file) as opened:
        lines = _lines(opened)
        rows = _of_json(lines) if kind in JSON_LINES else _of_table(lines)
        yield from _each_once(rows)


@contextmanager
def _opened(file: Path) -> Iterator[IO[str]]:
    with file.open("rb") as peeked:
        begins = peeked.read(3)
    encoding = next((name for mark, name in MARKS.items() if begins.startswith(mark)), "utf-8")
    errors = "replace" if encoding == "utf-16" else "surrogateescape"
    # Ends of lines stay as they are: they may stand inside a cell.
    with file.open(encoding=encoding, errors=errors, newline="") as opened:
        yield opened


def _lines(opened: IO[str]) -> Iterator[Line]:
    number = 0
    while line := opened.readline(limits.BODY_BYTES):
        number += 1
        if len(line) == limits.BODY_BYTES and not line.endswith(("\n", "\r")):
            _skip(opened)
            yield number, Invalid(_TOO_LONG)
        elif _LOST.search(line):
            yield number, Invalid(_BROKEN)
        else:
            yield number, line


def _skip(opened: IO[str]) -> None:
    while (rest := opened.readline(limits.BODY_BYTES)) and not rest.endswith(("\n", "\r")):
        pass


def _of_json(lines: Iterator[Line]) -> Iterator[Row]:
    for number, line in lines:
        try:
            if isinstance(line, Problem):
                raise documents.at_line(number, line.detail)
            if str(line).strip():
                yield Row(number, documents.read_line(str(line), number))
        except Invalid as fault:
            yield Row(number, None, fault.detail)


def _of_table(lines: Iterator[Line]) -> Iterator[Row]:
    first = next(lines, (1, ""))
    header = "" if isinstance(first[1], Exception) else first[1]
    between = spreadsheets.separator(header)
    found = spreadsheets.records(_again(first, lines), between=between)
    try:
        names = sheets.columns(next(found, Record(1, ())).cells)
    except Invalid as fault:
        raise Unreadable(fault.detail) from None
    for record in found:
        try:
            yield Row(record.line, _person(names, record))
        except Invalid as fault:
            yield Row(record.line, None, documents.at_line(record.line, fault.detail).detail)


def _again(first: Line, rest: Iterator[Line]) -> Iterator[Line]:
    yield first
    yield from rest


def _person(names: tuple[str, ...], record: Record) -> Person:
    if isinstance(record.fault, Problem):
        raise Invalid(record.fault.detail)
    if record.fault is not None:
        raise Invalid(_NOT_CLOSED)
    return documents.parse(sheets.document(names, record.cells))


def _each_once(rows: Iterator[Row]) -> Iterator[Row]:
    first_line: dict[str, int] = {}
    for row in rows:
        before = first_line.setdefault(row.person.id, row.line) if row.person else row.line
        if before == row.line:
            yield row
        else:
            said = documents.SAME_ID.filled(line=before)
            yield Row(row.line, None, documents.at_line(row.line, said).detail)
