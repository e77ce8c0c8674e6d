"""What pages say, and never say (promises 5, 26 and 43); and what no template may hold."""

import ast
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest
from app_factories import browser_of
from conftest import MORNING
from fastapi import FastAPI
from jinja2.lexer import TOKEN_DATA, TOKEN_STRING
from people_factories import sign_up
from two_houses import build

from core.database import Database
from moderation.safety_words import FOUR_ANSWERS
from tests.architecture.modules import parsed
from web.rendering import environment

ROOT: Final = Path(__file__).parents[2]
TEMPLATES: Final = ROOT / "web" / "templates"
PACKAGES: Final = (
    "beenthere", "web", "api", "moderation", "groups", "matching", "chat", "people", "core",
)  # fmt: skip
SQLITE_ONLY: Final = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

# Promise 43, with what grammar makes of them.
NEVER: Final = re.compile(
    r"\b(match|unmatch|decline|reject|capacity|seeker|flag|case|tier|screening|risk|score"
    r"|patient|user)(?:e?s|e?d|ing|ged|ging)?\b",
    re.IGNORECASE,
)

# Staff's own pages and program: staff's words belong there.
STAFFS: Final = {
    "web/staff.py", "web/case_views.py", "web/templates/staff.html",
    "web/templates/macros/staff.html",
}  # fmt: skip

# Sentences of the source that no member reads: where, and why.
UNREAD: Final = {
    ("moderation/contact_forms.py", "user"): "a pattern: what people type before a name elsewhere",
    ("matching/features.py", "match"): "where a weight comes from, for whoever reads the source",
    ("matching/scores.py", "score"): "a fault in a table of weights; nobody meets it on a page",
    ("people/permissions.py", "case"): "the name of an act in the table of permissions",
}


def _is_staffs(name: str) -> bool:
    return name in STAFFS or name.startswith("web/templates/staff/")


def _members_templates() -> list[Path]:
    found = sorted(TEMPLATES.rglob("*.html"))
    return [file for file in found if not _is_staffs(str(file.relative_to(ROOT)))]


def _sentences(file: Path) -> Iterator[str]:
    """Every text in a module but docstrings, names of fields, paths and kinds."""
    tree = parsed(file)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        is_a_name = re.fullmatch(r"[a-z0-9_./{}:-]*", node.value)
        if id(node) not in docstrings and not is_a_name:
            yield node.value


def _values(what: Any) -> Iterator[str]:
    if isinstance(what, str):
        yield what
    elif isinstance(what, dict):
        for value in what.values():
            yield from _values(value)
    elif isinstance(what, list):
        for value in what:
            yield from _values(value)


def _modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            name = str(file.relative_to(ROOT))
            if not _is_staffs(name):
                yield name, file


def test_promise_43_no_sentence_a_member_may_read_holds_a_word_of_staff_or_dating() -> None:
    said = [
        (name, word, sentence)
        for name, file in _modules()
        for sentence in _sentences(file)
        for word in NEVER.findall(sentence)
        if (name, word.lower()) not in UNREAD
    ]
    assert said == []


def test_every_exception_to_the_word_list_is_still_needed() -> None:
    unneeded = [
        (name, word)
        for name, word in UNREAD
        if not any(word in NEVER.findall(said.lower()) for said in _sentences(ROOT / name))
    ]
    assert unneeded == []


@pytest.mark.parametrize("file", _members_templates(), ids=lambda file: file.name)
def test_promise_43_no_members_template_holds_a_word_of_staff_or_dating(file: Path) -> None:
    source = file.read_text("utf-8")
    kinds = {TOKEN_DATA, TOKEN_STRING}
    texts = [text for _, kind, text in environment("en").lex(source) if kind in kinds]
    assert [text.strip() for text in texts if NEVER.search(text)] == []


@pytest.mark.parametrize(
    "file", sorted((ROOT / "people/defaults").glob("*.json")), ids=lambda file: file.stem
)
def test_promise_43_no_shipped_document_holds_a_word_of_staff_or_dating(file: Path) -> None:
    assert [
        said for said in _values(json.loads(file.read_text("utf-8"))) if NEVER.search(said)
    ] == []


def test_no_script_says_a_word_of_staff_or_dating() -> None:
    sentence = re.compile(r"""(["'`])((?:(?!\1).)* (?:(?!\1).)*)\1""")
    said = [
        (file.name, text)
        for file in sorted((ROOT / "web/static").glob("*.js"))
        for line in file.read_text("utf-8").splitlines()
        if not line.lstrip().startswith("//")
        for _, text in sentence.findall(line)
        if NEVER.search(text)
    ]
    assert said == []


# What no template may hold

# Where "Leave quickly" goes: a link that is followed, never fetched.
WAY_OUT: Final = "https://www.bbc.co.uk/weather"
SVG_NAMES: Final = {"http://www.w3.org/2000/svg"}


class _Holds(HTMLParser):
    """What a template holds that a strict policy forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self._in: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._in = tag if tag in {"script", "style"} and "src" not in given else None
        if tag == "style" or "style" in given or any(name.startswith("on") for name in given):
            self.inline.append(f"{tag} {given}")

    def handle_data(self, data: str) -> None:
        if self._in and data.strip():
            self.inline.append(data.strip())

    def handle_endtag(self, tag: str) -> None:
        self._in = None


def _all_templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("file", _all_templates(), ids=lambda file: file.name)
def test_no_template_has_inline_script_or_style_or_marks_anything_safe(file: Path) -> None:
    source = file.read_text("utf-8")
    holds = _Holds()
    code = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    holds.feed(code)
    assert holds.inline == []
    bare = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    assert not re.search(r"\|\s*safe\b|autoescape|Markup", bare)
    assert not re.search(r"(?:href|src|action)\s*=\s*[\"']?javascript:", bare, re.IGNORECASE)


@pytest.mark.parametrize("file", _all_templates(), ids=lambda file: file.name)
def test_no_template_names_another_host_but_the_way_out(file: Path) -> None:
    bare = re.sub(r"\{#.*?#\}", "", file.read_text("utf-8"), flags=re.DOTALL)
    named = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"')]*", bare))
    assert named <= {WAY_OUT} | SVG_NAMES
    if WAY_OUT in named:
        assert file.name == "base.html"


def test_no_script_or_style_of_ours_names_another_host() -> None:
    for file in sorted((ROOT / "web/static").iterdir()):
        named = set(re.findall(r"(?:https?:)//[\w.-]+[^\s\"')]*", file.read_text("utf-8")))
        assert named <= SVG_NAMES, file.name


# Promises 5 and 26, on the pages themselves

WHAT_HAPPENS: Final = "What happens if I say I want to die?"
ONLY_TWO: Final = (
    "Only the two of you. If a message suggests someone may come to harm, or one of you reports,"
    " the person on shift sees that part. Whoever runs the server could technically reach it;"
    " they have promised not to: {name}."
)
EVERYONE_IN: Final = (
    "Everyone in {group}. If a message suggests someone may come to harm, or someone reports, the"
    " person on shift sees that part. Whoever runs the server could technically reach it; they"
    " have promised not to: {name}."
)


def _plain(html: str) -> str:
    """A page's words, as a person reads them."""
    words = re.sub(r"<(script|style|template)\b.*?</\1>", " ", html, flags=re.DOTALL)
    words = re.sub(r"<[^>]+>", " ", words)
    for entity, sign in (("&#39;", "'"), ("&#34;", '"'), ("&amp;", "&")):
        words = words.replace(entity, sign)
    return re.sub(r"\s+([.,;])", r"\1", " ".join(words.split()))


@pytest.mark.anyio
@SQLITE_ONLY
async def test_every_composer_of_a_talk_says_who_can_read_it_and_who_promised(
    app: FastAPI, database: Database
) -> None:
    house = await build(database, "harbour", now=MORNING)
    async with browser_of(app, house.people["member"]) as browser:
        of_two = await browser.get(f"/talks/{house.ids['room']}")
        in_group = await browser.get(f"/talks/{house.ids['group_room']}")
    assert ONLY_TWO.format(name="Zzharbour") in _plain(of_two.text)
    group = f"group {house.mark}"
    assert EVERYONE_IN.format(group=group, name="Zzharbour") in _plain(in_group.text)


@pytest.mark.anyio
@SQLITE_ONLY
async def test_the_box_of_a_hello_says_who_can_read_it_too(
    app: FastAPI, database: Database
) -> None:
    house = await build(database, "harbour", now=MORNING)
    async with browser_of(app, house.people["member"]) as browser:
        page = await browser.get(f"/hellos/new?to={house.ids['target']}")
    assert f"Who can read this: Only target {house.mark}." in _plain(page.text)


@pytest.mark.anyio
@SQLITE_ONLY
async def test_promise_5_what_happens_if_i_say_it_is_linked_wherever_one_writes(
    app: FastAPI, database: Database
) -> None:
    house = await build(database, "harbour", now=MORNING)
    target = house.ids["target"]
    async with browser_of(app, house.people["member"]) as browser:
        for path in (
            f"/talks/{house.ids['room']}", f"/talks/{house.ids['group_room']}",
            f"/hellos/new?to={target}", f"/groups/{house.ids['other_group']}", "/first-words",
            "/about-me", "/tell-us",
        ):  # fmt: skip
            answer = await browser.get(path)
            assert answer.status_code == 200, path
            assert re.search(
                rf'href="/what-happens"[^>]*>\s*{re.escape(WHAT_HAPPENS)}', answer.text
            )


@pytest.mark.anyio
@SQLITE_ONLY
async def test_promise_5_what_happens_is_answered_in_four_honest_sentences_to_anyone(
    app: FastAPI, database: Database
) -> None:
    house = await build(database, "harbour", now=MORNING)
    async with browser_of(app) as browser:
        answer = await browser.get("/what-happens")
    shipped = json.loads((ROOT / "people/defaults/safety_words.json").read_text("utf-8"))
    said = shipped["what_happens"]["sentences"]
    assert tuple(one["id"] for one in said) == FOUR_ANSWERS
    words = _plain(answer.text)
    for one in said:
        assert one["words"].replace("{emergency}", "999") in words
    assert len(re.findall(r"<li>", answer.text.partition("<ol")[2].partition("</ol>")[0])) == 4
    assert house.mark not in words


@pytest.mark.anyio
@SQLITE_ONLY
async def test_no_page_shows_a_gap_that_was_not_filled(app: FastAPI, database: Database) -> None:
    """Shipped documents hold {names} to be filled in: none of them may reach a page."""
    house = await build(database, "harbour", now=MORNING)
    newcomer = await sign_up(database, house.organisation_id, "Newcomer", now=MORNING)
    pages = {
        None: ("/", "/join", "/sign-in", "/recover", "/help", "/help?saved=1", "/what-happens"),
        newcomer: ("/home", "/my-data", "/offers", "/hellos", "/groups", "/about-me", "/talks"),
        house.people["member"]: (
            "/home", "/my-data", f"/talks/{house.ids['room']}",
            f"/talks/{house.ids['room']}?sent=3",
            f"/groups/{house.ids['group']}", f"/hellos/new?to={house.ids['target']}",
        ),
    }  # fmt: skip
    unfilled = {}
    for who, paths in pages.items():
        async with browser_of(app, who) as browser:
            for path in paths:
                words = _plain((await browser.get(path)).text)
                if found := re.findall(r"\{\w*\}|%\(\w+\)s|\bNone\b|\bUndefined\b", words):
                    unfilled[path] = found
    assert unfilled == {}


# What is written down about all this


# Those that the house and the founding story owe.
FIRST_OWED: Final = (1, 2, 4, 5, 11, 12, 17, 26, 28, 33, 34, 35, 37, 41, 42, 43)


def test_every_promise_owed_first_has_a_test_named_after_it_in_its_row() -> None:
    written = (ROOT / "docs/promises.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \|(.*)$", written, re.MULTILINE)
    named = {int(number) for number, row in rows if f"::test_promise_{number}_" in row}
    assert set(FIRST_OWED) - named == set()


def test_every_promise_has_a_row_and_every_test_it_names_exists() -> None:
    written = (ROOT / "docs/promises.md").read_text("utf-8")
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", written, re.MULTILINE)]
    assert numbers == list(range(1, 44))
    missing = [
        f"{file}::{name}"
        for file, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", written)
        if not (ROOT / file).exists()
        or (name and f"def {name}(" not in (ROOT / file).read_text("utf-8"))
    ]
    assert missing == []
