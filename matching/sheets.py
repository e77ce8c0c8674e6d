"""The person document as a row of a table: what a spreadsheet of people may have for columns.

Lists stand in one cell, between bars: `tea | walking`. A second thing lived has columns of its own:
`experience`, `topic`, `where`, `weight`; then `experience 2`, `topic 2` and so on.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from core import limits
from core.errors import Invalid
from core.sentences import say
from matching.documents import Person

LISTS: Final = frozenset(
    {
        "used", "wanted", "looking_for", "can_offer", "interests", "wont_talk_about", "languages",
        "available", "blocked",
    }
)  # fmt: skip
PLAIN: Final = frozenset({"id", "name", "words_for_self", "about", "age_band", "timezone"})
NUMBERS: Final = frozenset({"capacity"})
LIVED: Final = {"experience": "words", "topic": "topic", "where": "where", "weight": "weight"}
BETWEEN: Final = "|"
_LIVED: Final = re.compile(rf"({'|'.join(LIVED)})(?:_(\d{{1,2}}))?")


def columns(header: Sequence[str]) -> tuple[str, ...]:
    """Return the columns by the names they have here.

    Raises:
        Invalid: a column is unknown, stands there twice, or there is none of ids.
    """
    names = tuple("_".join(cell.split()).casefold() for cell in header)
    for number, name in enumerate(names, 1):
        if not _is_known(name):
            what = say("The column “%(name)s” is not known here.", name=name or f"{number}")
            raise Invalid(what, field=name)
        if names.index(name) != number - 1:
            raise Invalid(say("The column “%(name)s” stands there twice.", name=name), field=name)
    if "id" not in names:
        raise Invalid(say("There is no column “id”: your own number or name for each person."))
    return names


def _is_known(name: str) -> bool:
    lived = _LIVED.fullmatch(name)
    if lived is not None:
        return 1 <= int(lived[2] or 1) <= limits.LIST_ITEMS
    return name in LISTS | PLAIN | NUMBERS and name in Person.model_fields


def document(names: Sequence[str], cells: Sequence[str]) -> dict[str, Any]:
    """Return the document a row stands for, unchecked. Empty cells say nothing.

    Raises:
        Invalid: there are more or fewer cells than columns.
    """
    if len(cells) != len(names):
        raise Invalid(
            say(
                "%(cells)s cells where there are %(columns)s columns.",
                cells=len(cells), columns=len(names),
            )
        )  # fmt: skip
    told: dict[str, Any] = {}
    lived: dict[int, dict[str, str]] = {}
    for name, cell in zip(names, cells, strict=True):
        if not cell.strip():
            continue
        if found := _LIVED.fullmatch(name):
            lived.setdefault(int(found[2] or 1), {})[LIVED[found[1]]] = cell
        else:
            told[name] = _value(name, cell)
    return told | ({"experiences": [lived[number] for number in sorted(lived)]} if lived else {})


def _value(name: str, cell: str) -> Any:
    if name in LISTS:
        return [part.strip() for part in cell.split(BETWEEN) if part.strip()]
    if name in NUMBERS and cell.strip().isascii() and cell.strip().isdigit():
        return int(cell.strip()[:9])
    return cell
