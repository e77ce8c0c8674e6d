"""The demo, filled once for each language and walked by every audience."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from app_factories import running
from conftest import MORNING
from fastapi import FastAPI

from beenthere.demo import community
from core.settings import Environment, Settings
from tests.web.crawling import AUDIENCES, HOST, Walk, walk

Walks = dict[str, Walk]


@pytest.fixture(scope="package", params=["en", "qps"])
async def demo(request: pytest.FixtureRequest, anyio_backend: object) -> AsyncIterator[FastAPI]:
    """The demo as it is started, in English or in the pretend language."""
    with tempfile.TemporaryDirectory(prefix="bt-demo-") as folder:
        settings = Settings(
            _env_file=None,
            environment=Environment.DEMO,
            database_url=f"sqlite+aiosqlite:///{Path(folder) / 'demo.db'}",
            public_url=HOST,
            language=request.param,
        )
        app = await community.prepare(settings, now=MORNING)
        app.state.clock = lambda: MORNING
        async with running(app):
            yield app


@pytest.fixture(scope="package")
async def walks(demo: FastAPI) -> Walks:
    """Every page that a link leads to, by audience; "stranger" is nobody."""
    found = {"stranger": await walk(demo, None)}
    for audience in AUDIENCES:
        found[audience] = await walk(demo, audience)
    return found
