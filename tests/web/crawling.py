"""Walking the demo: every page that a link leads to, as each of its audiences."""

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from html import unescape
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx2
from fastapi import FastAPI

HOST: Final = "http://127.0.0.1:8000"
AUDIENCES: Final = ("member", "facilitator", "moderator", "administrator")
# Pages that no link leads to: a start, a saved copy, what follows a hard sentence, a fault.
BEGINNINGS: Final = ("/", "/home", "/queue", "/help?saved=1", "/first-words", "/no-such-page")
# Of pages that only differ in whom they are about, so many are enough.
OF_A_KIND: Final = 2
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|\d+")


@dataclass
class Walk:
    """What one audience met: each page's HTML by its address, and where links came from."""

    pages: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    linked_from: dict[str, str] = field(default_factory=dict)


def client_of(app: FastAPI) -> httpx2.AsyncClient:
    """A browser on this machine, as the demo's doors want it."""
    transport = httpx2.ASGITransport(
        app=app, raise_app_exceptions=False, client=("127.0.0.1", 50_000)
    )
    headers = {"sec-fetch-site": "same-origin"}
    return httpx2.AsyncClient(transport=transport, base_url=HOST, headers=headers)


async def sign_in(client: httpx2.AsyncClient, audience: str) -> None:
    """Go in by one of the demo's doors; plain http keeps the cookie from the client's own jar."""
    answer = await client.post(f"/demo/sign-in/{audience}")
    assert answer.status_code == 303, (audience, answer.status_code)
    client.headers["cookie"] = answer.headers["set-cookie"].partition(";")[0]


async def look_at_a_case(client: httpx2.AsyncClient) -> None:
    """Give the reason that opens the first case of the queue, so that its page can be read."""
    queue = await client.get("/queue")
    case = re.search(r"/staff/cases/[0-9a-f-]{36}", queue.text)
    if case is not None:
        await client.post(f"{case[0]}/look", data={"reason": "Looking at the page"})


async def walk(app: FastAPI, audience: str | None) -> Walk:
    """Follow every link of our own, breadth first."""
    found = Walk()
    async with client_of(app) as client:
        if audience is not None:
            await sign_in(client, audience)
        if audience == "moderator":
            await look_at_a_case(client)
        waiting, kinds = deque(BEGINNINGS), Counter[str]()
        while waiting:
            address = waiting.popleft()
            kind = _ID.sub("…", address)
            kinds[kind] += 1
            if address in found.pages or kinds[kind] > OF_A_KIND:
                continue
            answer = await client.get(address, follow_redirects=True)
            found.pages[address], found.statuses[address] = answer.text, answer.status_code
            for link in _links(answer.text, address):
                found.linked_from.setdefault(link, address)
                waiting.append(link)
    return found


def _links(html: str, address: str) -> list[str]:
    outside_scripts = re.sub(r"<template\b.*?</template>", "", html, flags=re.DOTALL)
    targets = re.findall(r"<a\b[^>]*?\bhref=\"([^\"]*)\"", outside_scripts)
    full = [urlsplit(urljoin(HOST + address, unescape(target))) for target in targets]
    ours = [link for link in full if f"{link.scheme}://{link.netloc}" == HOST]
    return list(
        dict.fromkeys(f"{link.path}?{link.query}" if link.query else link.path for link in ours)
    )
