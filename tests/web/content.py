"""What a page of the demo holds that is content, not interface: told by people or by documents."""

import ast
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

from beenthere.demo import community, stories
from web import about_me

ROOT: Final = Path(__file__).parents[2]
SPOKEN: Final = ("aria-label", "placeholder", "title", "alt")
NAME: Final = re.compile(r"[A-Z][\w']+(( [a-z]+){0,2} [A-Z][\w']+){0,3}")
SITE: Final = "Been There"
# What stands in a box is what somebody typed.
UNSEEN: Final = {"script", "style", "template", "textarea"}
# The same in every language: keys of the keyboard.
KEYS: Final = {"j", "k", "c"}
# So many words in a row are a text's own, not a chance.
IN_A_ROW: Final = 3


class _Seen(HTMLParser):
    """The words of a page that people see or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in UNSEEN
        self.texts += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.texts.append(data)


def untranslated(html: str) -> list[str]:
    """Return each visible text outside of ⟦ and ⟧, which stand around what was translated."""
    page = _Seen()
    page.feed(html)
    depth, outside = 0, [""]
    for text in page.texts:
        for sign in text:
            depth += {"⟦": 1, "⟧": -1}.get(sign, 0)
            if depth == 0 and sign != "⟧":
                outside[-1] += sign
            elif outside[-1]:
                outside.append("")
        outside.append("")
    return [" ".join(one.split()) for one in outside if re.search(r"[^\W\d_]", one)]


def _values(what: Any) -> Iterator[str]:
    if isinstance(what, str):
        yield what
    elif isinstance(what, dict | list):
        for value in what.values() if isinstance(what, dict) else what:
            yield from _values(value)


def _told() -> Iterator[str]:
    for file in sorted((ROOT / "beenthere" / "demo").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    for folder in ("people/defaults", "moderation/rulebook"):
        for file in sorted((ROOT / folder).rglob("*.json")):
            # The number is told by another document: the directory.
            for text in _values(json.loads(file.read_text("utf-8"))):
                yield text.replace("{emergency}", "999")
    yield from _values([one.model_dump(mode="json") for one in stories.people().values()])
    yield from _values([one.model_dump(mode="json") for one in stories.groups().values()])
    yield from _values([one.model_dump(mode="json") for one in stories.queue()])
    yield from (line.words for talk in stories.talks() for line in talk.lines)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+(?:['’]\w+)*", text)).casefold()


class Content:
    """Everything that people of the demo wrote, and documents that an organisation may edit."""

    def __init__(self) -> None:
        languages = [name for _, name in about_me.LANGUAGES]
        told = [*_told(), *languages, SITE]
        # Documents have gaps that are filled on the page.
        pieces = [_plain(piece) for text in told for piece in re.split(r"\{\w*\}", text)]
        self._units = set(pieces)
        self._all = " · ".join(f" {piece} " for piece in pieces)
        names = {one for one in told if NAME.fullmatch(one)}
        longest_first = sorted(names, key=lambda name: (-len(name), name))
        of_people = "|".join(rf"\b{re.escape(name)}\b" for name in longest_first)
        self._names = re.compile(f"{re.escape(community.NAME)}|{of_people}")

    def holds(self, text: str) -> bool:
        """Tell whether somebody wrote this, or a document of the demo holds it."""
        after_a_name = self._names.sub("", text, count=1)
        if text in KEYS or self._is_told(_plain(text)) or self._is_told(_plain(after_a_name)):
            return True
        return all(self._is_told_but_for_names(one) for one in text.split("; "))

    def _is_told_but_for_names(self, text: str) -> bool:
        apart = (_plain(part) for part in self._names.split(text))
        return self._is_told(_plain(text)) or all(map(self._is_told, apart))

    def _is_told(self, piece: str) -> bool:
        if not piece or piece in self._units:
            return True
        # What is quoted in short may end within a word.
        whole, _, _ = piece.rpartition(" ")
        return len(whole.split()) >= IN_A_ROW and (
            f" {piece} " in self._all or f" {whole} " in self._all
        )
