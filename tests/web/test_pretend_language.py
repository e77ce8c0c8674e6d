"""A pretend language, longer and right to left: it shows which words of pages were not wrapped."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from jinja2.lexer import TOKEN_BLOCK_BEGIN, TOKEN_BLOCK_END, TOKEN_DATA, TOKEN_NAME

from tests.web.content import Content, untranslated
from tests.web.crawling import Walk
from web.rendering import environment

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
SPOKEN_ATTRIBUTES = ("aria-label", "placeholder", "title", "alt")
# Signs between words, and keys that are the same in every language.
PLAIN = {"j", "k", "c"}


def _unwrapped(source: str) -> list[str]:
    """Words of a template's own that stand outside `_("…")` and `{% trans %}`."""
    outside, in_block, is_trans = [], False, False
    for _, kind, text in environment("en").lex(source):
        if kind == TOKEN_BLOCK_BEGIN:
            in_block = True
        elif kind == TOKEN_BLOCK_END:
            in_block = False
        elif in_block and kind == TOKEN_NAME and text in {"trans", "endtrans"}:
            is_trans = text == "trans"
        elif kind == TOKEN_DATA and not is_trans:
            outside.append(text)
    html = "\0".join(outside)
    attributes = "|".join(SPOKEN_ATTRIBUTES)
    spoken = re.findall(rf"\b(?:{attributes})=\"([^\"\0]+)\"", html)
    # Whole tags, then what macros and blocks hold of a tag: attributes, and the ends of ids.
    words = re.sub(r"<[^>]*>|&\w+;", "\n", html)
    words = re.sub(r"[\w-]+=\"[^\"\0]*\"?|(?<=\0)-[a-z]+(?=\0)", "\n", words)
    pieces = re.split(r"[\0\n]", words)
    found = [piece.strip() for piece in pieces + spoken]
    return [piece for piece in found if re.search(r"[^\W\d_]", piece) and piece not in PLAIN]


@pytest.mark.parametrize("file", sorted(TEMPLATES.rglob("*.html")), ids=lambda file: file.name)
def test_every_word_of_a_template_is_wrapped_for_translation(file: Path) -> None:
    assert _unwrapped(file.read_text("utf-8")) == []


def test_the_check_finds_words_that_are_not_wrapped() -> None:
    source = (
        '<p title="Hello">Not {{ _("wrapped") }} yet</p>{% trans %}This is{% endtrans %}'
        "{# nor this #}<b>·</b>"
    )
    assert sorted(_unwrapped(source)) == ["Hello", "Not", "yet"]


@pytest.mark.anyio
async def test_every_page_is_shown_in_the_pretend_language(
    demo: FastAPI, walks: dict[str, Walk]
) -> None:
    is_pretend = demo.state.settings.language == "qps"
    for walk in walks.values():
        for address, html in walk.pages.items():
            assert ('lang="qps" dir="rtl"' in html) == is_pretend, address
            assert (html.count("⟦") > 3) == is_pretend, address
            assert html.count("⟦") == html.count("⟧"), address
            assert "⟦" not in "".join(re.findall(r"(?:href|src|action|value)=\"([^\"]*)\"", html))


@pytest.mark.anyio
async def test_every_word_on_a_page_is_translated_or_somebodys_own(
    demo: FastAPI, walks: dict[str, Walk]
) -> None:
    if demo.state.settings.language != "qps":
        return
    content = Content()
    left = {
        (address, text)
        for walk in walks.values()
        for address, html in walk.pages.items()
        for text in untranslated(html)
        if not content.holds(text)
    }
    assert left == set()


def test_the_check_of_pages_finds_a_word_that_was_not_translated() -> None:
    html = "<p title='Not this'>⟦Thís óñé~⟧ nor <b>this</b> ⟦á ⟦b⟧ ç⟧</p><textarea>own</textarea>"
    assert untranslated(html) == ["Not this", "nor", "this"]
    assert not Content().holds("Not wrapped at all, by anybody")
    assert Content().holds("Sam")
