"""Every sentence that people read can be said in another language, and is found for it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from tests.architecture.modules import parsed

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("core", "people", "chat", "matching", "groups", "moderation", "api", "web")
SAYING: Final = {"say", "say_many"}
# Text that looks like a sentence and is none that a reader meets: where, and why.
NOT_SAID: Final = {
    "chat/asyncapi.py": "for whoever writes a client",
    "core/database.py": "statements, and faults of the program itself",
    "core/encryption.py": "faults of the program itself",
    "core/settings.py": "read by who starts the program, in a terminal",
    "core/tables.py": "faults of the program itself",
    "people/audit.py": "told by doctor, in a terminal",
    "people/permissions.py": "names of acts, for whoever reads the source",
    "matching/features.py": "where a weight comes from, for whoever reads the source",
    "matching/minilm.py": "told by doctor, in a terminal",
    "matching/pairs.py": "conditions of an index",
    "matching/scores.py": "a fault in a table of weights; nobody meets it on a page",
    "matching/stopwords.py": "words that are left out when texts are compared",
    "matching/text.py": "words that are left out when texts are compared",
    "matching/vocabulary.py": "a fault of an organisation's own document, met by pydantic",
    "matching/fields.py": "a fault of a document, filled into a sentence",
    "moderation/contact_forms.py": "patterns of what people type",
    "moderation/contacts.py": "patterns of what people type",
    "moderation/documents.py": "a fault of an organisation's own document, met by pydantic",
    "moderation/models.py": "told to whoever starts the program, in a terminal",
    "moderation/labelled.py": "names of public data, for whoever measures",
    "moderation/lessons.py": "names of public data; and told to whoever types the command",
    "moderation/corrections.py": "told to whoever reads the log",
    "moderation/screening.py": "reasons beside those of the rulebook, in the language of its rules",
    "moderation/guessing.py": "reasons beside those of the rulebook, in the language of its rules",
    "moderation/safety_words.py": "a fault of an organisation's own document, met by pydantic",
    "api/routes.py": "read by whoever watches over the server",
    "web/translating.py": "how Babel is asked for a moment",
}


@pytest.fixture(scope="module")
def gathered() -> dict[str, str]:
    """Every message that is found for translation, with its file."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = DEFAULT_KEYWORDS | {"say": None, "say_many": (1, 2)}
    found = extract_from_dir(ROOT, methods, options, keywords=keywords)
    messages = {}
    for file_name, _, message, _, _ in found:
        for one in message if isinstance(message, tuple) else (message,):
            messages[one] = file_name
    return messages


@pytest.mark.parametrize(
    "message",
    [
        "Something went wrong on our side.",
        "%(name)s says hello.",
        "You've both lived with %(facts)s.",
        "%(count)s day",
        "%(count)s days",
        "%(clock)s tomorrow",
        "Skip to the page",
        "I'm worried about the person who wrote it",
    ],
)
def test_sentences_of_python_and_of_templates_are_found(
    gathered: dict[str, str], message: str
) -> None:
    assert message in gathered


def test_no_sentence_is_made_before_it_is_wrapped(gathered: dict[str, str]) -> None:
    assert [message for message in gathered if re.search(r"(?<!%)\{\w*\}|%[sd]", message)] == []


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            name = str(file.relative_to(ROOT))
            yield name, parsed(file)


def _says_ours(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module in {"core", "core.sentences"}
        and any(name.name in {*SAYING, "sentences"} for name in node.names)
        for node in ast.walk(tree)
    )


def _is_saying(node: ast.AST | None) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    if isinstance(called, ast.Attribute):
        # `engine.say` sends a message; `sentences.say` is ours.
        return called.attr in SAYING and ast.unparse(called.value) == "sentences"
    return isinstance(called, ast.Name) and called.id in SAYING


def test_what_is_said_is_a_literal() -> None:
    """A sentence made of pieces can't be found, nor put into another order."""
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in _modules()
        if name != "core/sentences.py" and _says_ours(tree)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _is_saying(node)
        if not node.args or not all(isinstance(one, ast.Constant) for one in node.args)
    ]
    assert wrong == []


def _unsaid(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every text that reads like a sentence, and stands outside `say`."""
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if not is_text and not isinstance(node, ast.JoinedStr):
            continue
        holder = above.get(node)
        if isinstance(holder, ast.Expr | ast.JoinedStr | ast.FormattedValue) or _is_saying(holder):
            continue
        words = _words(node)
        if re.search(r"[A-Za-z]{2,}[,.;:]? [A-Za-z“]|\A[A-Z][a-z]+[.!?]", words):
            yield node.lineno, words


def _words(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(part) for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "…"


PHRASES: Final = {
    "there is a character in it that can't be kept": "met by programs, which send no such thing",
    "another person has to confirm it": "a line of the API's own description",
    "held, or its author is asked first": "a line of the API's own description",
    "tell us": "a heading of the API's own page",
    "ways in": "a heading of the API's own page",
}
# Conditions of indexes, annotations in quotation marks, logged kinds, patterns.
_PROGRAMS: Final = re.compile(
    r"[\w ]* (IS NULL|IS NOT NULL|IN \(.*|= '\w+')|\w+ \| None|\w+ \| \w+|.*\(\?:.*"
)


def test_no_sentence_stands_outside_of_what_is_translated() -> None:
    unsaid = [
        f"{name}:{line}: {words}"
        for name, tree in _modules()
        if name not in NOT_SAID
        for line, words in _unsaid(tree)
        if words not in PHRASES and not _PROGRAMS.fullmatch(words)
    ]
    assert unsaid == []


def test_every_exception_is_still_needed() -> None:
    found = {name: list(_unsaid(tree)) for name, tree in _modules()}
    assert [name for name in NOT_SAID if not found.get(name)] == []


def test_the_check_finds_a_sentence_that_is_not_wrapped() -> None:
    source = 'say("This one is.")\nshow(f"For {days} days you can read.")\nshow("Not this.")'
    assert [words for _, words in _unsaid(ast.parse(source))] == [
        "For … days you can read.",
        "Not this.",
    ]
