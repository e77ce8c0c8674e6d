"""Files of people as they come: every good row is read, every bad one has its line and its why."""

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from beenthere import rows
from beenthere.rows import Row, Unreadable

TABLE = "id,name,experience,topic,where,interests,capacity\n"


def _read(folder: Path, content: bytes, name: str = "people.csv") -> list[Row]:
    file = folder / name
    file.write_bytes(content)
    return list(rows.read(file))


def _said(found: list[Row]) -> dict[int, str]:
    return {row.line: str(row.fault) for row in found if row.fault is not None}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_a_table_is_read_as_any_program_saves_it(
    tmp_path: Path, encoding: str, between: str
) -> None:
    row = 'a1|Zoë|"I hear\r\nvoices"|hearing voices|living_it|tea # walking|4\r\n'
    text = (TABLE.replace("\n", "\r\n").replace(",", "|") + row).replace("|", between)
    (found,) = _read(tmp_path, text.replace("#", "|").encode(encoding))
    assert found.person is not None, found.fault
    told = found.person
    assert (told.id, told.name, told.capacity) == ("a1", "Zoë", 4)
    assert told.interests == ("tea", "walking")
    (lived,) = told.experiences
    assert (lived.words, lived.topic, lived.where) == (
        "I hear\r\nvoices", "hearing voices", "living_it",
    )  # fmt: skip


def test_bad_rows_are_told_with_their_line_and_good_ones_kept(tmp_path: Path) -> None:
    content = (
        TABLE.encode()
        + b"a,Ana,,,,,\n"
        + "b,Zoë,,,,,\n".encode("cp1252")
        + b"c,Cy,,,cured,,\n"
        + b"d,Di,,,,\n"
        + b"a,Again,,,,,\n"
        + b'e,"Ed,,,,,\n'
        + b"f,Flo,,,,,many\n"
        + b"g,Guy,,,,,2"
    )
    found = _read(tmp_path, content)
    assert [row.person.id for row in found if row.person] == ["a", "g"]
    said = _said(found)
    assert said[3].startswith("Line 3: this is not UTF-8")
    assert said[4].startswith("Line 4: experiences[0].where: must be")
    assert said[5] == "Line 5: 6 cells where there are 7 columns."
    assert said[6] == "Line 6: id: the same id stands on line 2."
    assert said[7] == "Line 7: a quotation mark is opened here and not closed."
    assert said[8] == "Line 8: capacity: must be a whole number."


def test_lines_of_json_are_read_past_those_that_are_none(tmp_path: Path) -> None:
    long = json.dumps({"id": "long", "about": "x" * 1_100_000})
    lines = ['{"id": "a"}', '{"id": "b"', "", "[" * 50_000, long, '{"id": "c"}', '{"id": "d"']
    found = _read(tmp_path, "\n".join(lines).encode(), "people.jsonl")
    assert [row.person.id for row in found if row.person] == ["a", "c"]
    assert sorted(_said(found)) == [2, 4, 5, 7]
    assert "longer than any person" in _said(found)[5]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"id,mood\na,low\n", "people.csv", "“mood” is not known"),
        (b"id,id\na,a\n", "people.csv", "“id” stands there twice"),
        (b"name\nAna\n", "people.csv", "no column “id”"),
        (b"", "people.csv", "no column “id”"),
        (b"\x00\x01\x02", "people.xlsx", ".jsonl or .csv"),
    ],
)
def test_a_file_that_is_no_list_of_people_is_refused_whole(
    tmp_path: Path, content: bytes, name: str, said: str
) -> None:
    with pytest.raises(Unreadable, match=said):
        _read(tmp_path, content, name)


def _peak(folder: Path, count: int) -> int:
    file = folder / f"{count}.csv"
    with file.open("w", encoding="utf-8") as written:
        written.write("id,name,about\n")
        written.writelines(f'p{number},P {number},"{"word " * 200}"\n' for number in range(count))
    tracemalloc.start()
    assert sum(1 for _ in rows.read(file)) == count
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_grows_with_the_ids_of_a_file_and_not_with_its_words(tmp_path: Path) -> None:
    """A thousand letters a row: twenty times the rows take far less than a tenth of their words."""
    _peak(tmp_path, 10)
    assert _peak(tmp_path, 4_000) - _peak(tmp_path, 200) < 3_800 * 1_000 / 4


def test_reading_stops_with_whoever_reads(tmp_path: Path) -> None:
    file = tmp_path / "people.jsonl"
    file.write_text('{"id": "a"}\n{"id": "b"}\n', "utf-8")
    found: Iterator[Row] = rows.read(file)
    assert next(found).line == 1
