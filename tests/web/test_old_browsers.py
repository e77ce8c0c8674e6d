"""Our scripts and style are read by browsers of 2019 (promise 41): what is younger is fenced."""

import re
from pathlib import Path
from typing import Final

import pytest

STATIC: Final = Path(__file__).parents[2] / "web" / "static"
# Younger than Chrome 72, Firefox 65 and Safari 12.1: a word, or a sign that breaks the parser.
YOUNGER_SCRIPT: Final = {
    "optional chaining": r"\?\.(?!\d)",
    "nullish": r"\?\?",
    "logical assignment": r"(?:\|\||&&)=",
    "private or static parts of a class": r"\bstatic\b|[\s.]#[a-z]\w*\s*[=(;]",
    "numbers with gaps": r"\b\d+_\d",
    "import as a function": r"\bimport\s*\(|\bimport\.meta\b",
    "await outside of a function": r"^await\b",
    "younger methods": r"\.(?:at|replaceAll|matchAll|flatMap|findLast|toSorted|hasOwn|allSettled"
    r"|any|fromEntries|trimStart|trimEnd|replaceChildren|randomUUID)\(",
    "younger names": r"\b(?:structuredClone|queueMicrotask|globalThis|BigInt|AbortSignal)\b",
}
YOUNGER_STYLE: Final = {
    "selectors": r":(?:has|is|where|not\([^)]*,)\(?",
    "nesting": r"&",
    "gaps between flex items": r"(?<![-\w])gap\s*:",
    "short logical properties": r"(?<![-\w])(?:margin|padding|inset)-(?:inline|block)\s*:"
    r"|(?<![-\w])inset\s*:",
    "functions": r"\b(?:clamp|min|max|color-mix|oklch)\((?!\d+px\))",
    "shape": r"aspect-ratio|@layer|@container",
}


def _bare(source: str) -> str:
    """A file without its comments and without what stands in quotation marks."""
    without = re.sub(r"/\*.*?\*/|^\s*//.*?$|\s//\s.*?$", "", source, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", "''", without)


def _younger(source: str, signs: dict[str, str]) -> list[str]:
    bare = _bare(source)
    return [name for name, sign in signs.items() if re.search(sign, bare, re.MULTILINE)]


@pytest.mark.parametrize("file", sorted(STATIC.glob("*.js")), ids=lambda file: file.name)
def test_no_script_is_younger_than_the_browsers_we_promise(file: Path) -> None:
    assert _younger(file.read_text("utf-8"), YOUNGER_SCRIPT) == []


@pytest.mark.parametrize("file", sorted(STATIC.glob("*.css")), ids=lambda file: file.name)
def test_no_style_is_younger_than_the_browsers_we_promise(file: Path) -> None:
    assert _younger(file.read_text("utf-8"), YOUNGER_STYLE) == []


@pytest.mark.parametrize(
    "source",
    ["a?.b", "a ?? b", "a ||= b", "x.at(-1)", "class A { static b = 1 }", "await go()", "1_000"],
)
def test_the_check_sees_a_script_that_is_too_young(source: str) -> None:
    assert _younger(source, YOUNGER_SCRIPT)


@pytest.mark.parametrize("source", ["a:has(b) {}", "a { & b {} }", "a { gap: 1px }"])
def test_the_check_sees_a_style_that_is_too_young(source: str) -> None:
    assert _younger(source, YOUNGER_STYLE)


def test_an_older_choice_is_not_taken_for_a_younger_one() -> None:
    assert _younger("a ? .5 : b; a ?.5 : b; // what?.ever\n", YOUNGER_SCRIPT) == []


def test_every_colour_is_plain_before_it_is_light_or_dark() -> None:
    tokens = _bare((STATIC / "tokens.css").read_text("utf-8"))
    plain, fence, young = tokens.partition("@supports (color: light-dark(")
    assert fence
    assert "light-dark(" not in plain
    doubled = set(re.findall(r"(--[\w-]+): light-dark\(", young))
    assert doubled
    assert doubled <= set(re.findall(r"(--[\w-]+): #", plain))
    others = [file for file in STATIC.glob("*.css") if file.name != "tokens.css"]
    assert [file.name for file in others if "light-dark(" in file.read_text("utf-8")] == []
