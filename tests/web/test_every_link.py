"""Every page of the demo, as every audience: no link leads nowhere, nothing breaks or leaks in."""

import re
from html.parser import HTMLParser

import pytest
from fastapi import FastAPI

from tests.web.crawling import Walk

pytestmark = pytest.mark.anyio
VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
    "path", "circle", "rect",
}  # fmt: skip


async def test_no_page_breaks_and_no_link_leads_nowhere(
    demo: FastAPI, walks: dict[str, Walk]
) -> None:
    nowhere = [
        (audience, address, status, walk.linked_from.get(address, "typed"))
        for audience, walk in walks.items()
        for address, status in walk.statuses.items()
        if status >= 400 and address not in {"/no-such-page", "/queue"}
    ]
    assert nowhere == []
    assert all(walk.statuses["/no-such-page"] == 404 for walk in walks.values())
    assert walks["member"].statuses["/queue"] == 403


async def test_the_walk_meets_every_kind_of_page(demo: FastAPI, walks: dict[str, Walk]) -> None:
    met = {
        re.sub(r"[0-9a-f-]{36}", "{id}", address)
        for walk in walks.values()
        for address in walk.pages
    }
    assert met >= {
        "/", "/join", "/sign-in", "/recover", "/help", "/what-happens", "/home", "/offers",
        "/hellos", "/talks", "/talks/{id}", "/groups", "/groups/{id}", "/about-me", "/my-data",
        "/tell-us", "/hellos/new?to={id}", "/queue", "/staff/cases/{id}",
    }  # fmt: skip


class _Nesting(HTMLParser):
    """Finds tags that are closed in another order than they were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if "template" not in self.open:
            self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        return

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")


async def test_every_page_is_well_formed_and_has_one_heading_and_no_id_twice(
    demo: FastAPI, walks: dict[str, Walk]
) -> None:
    faults = []
    for audience, walk in walks.items():
        for address, html in walk.pages.items():
            nesting = _Nesting()
            nesting.feed(html)
            twice = {one for one in nesting.ids if nesting.ids.count(one) > 1}
            if nesting.faults or nesting.open or twice or html.count("<h1") != 1:
                found = (nesting.faults[:3], nesting.open[-3:], twice, html.count("<h1"))
                faults.append((audience, address, found))
    assert faults == []


async def test_every_page_keeps_the_strict_policy(demo: FastAPI, walks: dict[str, Walk]) -> None:
    """No inline script, style or handler, and nothing that is fetched from elsewhere."""
    faults = []
    for audience, walk in walks.items():
        for address, html in walk.pages.items():
            found = re.findall(r"<[a-z][^>]*\s(?:on[a-z]+|style)\s*=", html)
            found += re.findall(r"<style\b|<script(?![^>]*\bsrc=)", html)
            found += re.findall(
                r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=\"(?!/|data:)[^\"]*", html
            )
            if found:
                faults.append((audience, address, found))
    assert faults == []


async def test_urgent_help_and_leave_quickly_stand_on_every_page(
    demo: FastAPI, walks: dict[str, Walk]
) -> None:
    missing = [
        (audience, address)
        for audience, walk in walks.items()
        for address, html in walk.pages.items()
        if 'href="/help"' not in html or 'id="leave"' not in html
    ]
    assert missing == []
