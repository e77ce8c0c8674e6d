"""A place to walk through: the demo community, or an installation nobody has begun yet."""

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import BrowserContext
from sqlalchemy import select

from api.dependencies import COOKIE
from beenthere.demo import community
from core.clock import utc_now
from core.database import Database
from people import organisations, sign_ins
from people.accounts import Account
from tests.browser import extremes

ROOT: Final = Path(__file__).parents[2]
# A cold start on two busy cores took 6 s.
START_WITHIN_SECONDS: Final = 60.0


@dataclass
class Community:
    """The program, running; `tokens` sign people in, as the demo's own doors do for four."""

    folder: Path
    port: int
    is_demo: bool = True
    language: str = "en"
    tokens: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def file(self) -> Path:
        """Its database."""
        return self.folder / "demo.db"

    @property
    def log(self) -> Path:
        """What the program says while it runs."""
        return self.folder / "server.log"

    def start(self) -> None:
        """Serve, and return once it answers."""
        port = ["--port", str(self.port)]
        what = ["demo", "--keep", str(self.file)] if self.is_demo else ["serve"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "beenthere", *what, *port],
                cwd=ROOT,
                env=os.environ | self._settings(),
                stdout=log,
                stderr=log,
            )
        _wait_until_answered(f"{self.origin}/healthz")

    def _settings(self) -> dict[str, str]:
        return {
            "PYTHONUNBUFFERED": "1",
            "BEEN_THERE_DATABASE_URL": f"sqlite+aiosqlite:///{self.file}",
            "BEEN_THERE_PUBLIC_URL": self.origin,
            "BEEN_THERE_LANGUAGE": self.language,
        }

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the server; with SIGKILL as a power cut would."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=20)
            self.process = None

    @contextmanager
    def away(self) -> Iterator[None]:
        """Be killed, and come back when the block ends."""
        self.stop(signal.SIGKILL)
        try:
            yield
        finally:
            self.start()

    def sign_in(self, context: BrowserContext, name: str) -> None:
        """Give a browser the sign-in of one of its people."""
        context.add_cookies(
            [
                {
                    "name": COOKIE,
                    "value": self.tokens[name],
                    # Secure, though this machine speaks plain http: browsers trust loopback.
                    "url": f"https://127.0.0.1:{self.port}",
                    "secure": True,
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )


def empty(folder: Path) -> Community:
    """Return an installation where nobody is yet."""
    return Community(folder, _free_port(), is_demo=False)


def in_language(made: Community, folder: Path, language: str) -> Community:
    """Return a copy of a community, its people signed in, to be served in another language."""
    copy = replace(made, folder=folder, port=_free_port(), process=None, language=language)
    with closing(sqlite3.connect(made.file)) as source, closing(sqlite3.connect(copy.file)) as to:
        source.backup(to)
    return copy


def fill(file: Path) -> None:
    """Fill a demo's database, unless somebody did. Call it before any browser is started."""
    settings = community.settings_for(file, _free_port())
    asyncio.run(community.prepare(settings, now=utc_now()))


def build(folder: Path) -> Community:
    """Sign everybody in, in the folder's demo or in a new one. Call it before any browser, too."""
    made = Community(folder, _free_port())
    made.tokens = asyncio.run(_bring_in(made))
    return made


async def _bring_in(made: Community) -> dict[str, str]:
    settings = community.settings_for(made.file, made.port)
    await community.prepare(settings, now=utc_now())
    database = Database(settings.database_url)
    try:
        async with database.reading(all_organisations=True) as session:
            (place,) = await organisations.everyone(session)
        async with database.unit_of_work(place.id) as session:
            await extremes.bring(session, now=utc_now() - timedelta(hours=1))
            everybody = (await session.scalars(select(Account))).all()
            begun = {
                one.name: await sign_ins.begin(session, one.id, now=utc_now()) for one in everybody
            }
    finally:
        await database.close()
    return {name: one.token for name, one in begun.items() if name is not None}


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def _wait_until_answered(address: str) -> None:
    until = time.monotonic() + START_WITHIN_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise TimeoutError(f"{address} did not answer within {START_WITHIN_SECONDS} s.")
