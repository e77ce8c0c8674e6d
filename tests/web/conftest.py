"""The demo, filled once, served in each language and walked by every audience."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from app_factories import running
from conftest import MORNING
from fastapi import FastAPI

from beenthere.demo import community
from core.settings import Environment, Settings
from tests.shared_files import shared
from tests.web.crawling import AUDIENCES, HOST, Walk, walk

Walks = dict[str, Walk]


@pytest.fixture(scope="package", params=["en", "qps"])
async def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, anyio_backend: object
) -> AsyncIterator[FastAPI]:
    """The demo as it is started, in English or in the pretend language."""
    with tempfile.TemporaryDirectory(prefix="bt-demo-") as folder:
        with shared(tmp_path_factory, "demo.db") as filled:
            await community.prepare(_settings(filled), now=MORNING)
            file = Path(shutil.copy(filled, folder))
        app = await community.prepare(_settings(file, language=request.param), now=MORNING)
        app.state.clock = lambda: MORNING
        async with running(app):
            yield app


def _settings(file: Path, *, language: str = "en") -> Settings:
    return Settings(
        _env_file=None,
        environment=Environment.DEMO,
        database_url=f"sqlite+aiosqlite:///{file}",
        public_url=HOST,
        language=language,
    )


@pytest.fixture(scope="package")
async def walks(demo: FastAPI) -> Walks:
    """Every page that a link leads to, by audience; "stranger" is nobody."""
    found = {"stranger": await walk(demo, None)}
    for audience in AUDIENCES:
        found[audience] = await walk(demo, audience)
    return found
