"""Timed work is done once, by one process; mail tells nothing to whoever looks over a shoulder."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from uuid import UUID

import pytest
from conftest import MORNING, Hand
from people_factories import sign_up
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from beenthere import mail, upkeep
from beenthere.upkeep import Upkeep
from core.database import Database
from core.settings import Settings
from people import accounts, notices
from people.accounts import Account
from people.consents import NEEDED, Purpose
from people.notices import NoticeKind

pytestmark = pytest.mark.anyio


def _upkeep(database: Database, clock: Hand) -> Upkeep:
    return Upkeep(database, settings=Settings(_env_file=None), clock=clock)


async def test_one_process_sweeps_and_another_takes_over_when_it_is_gone(
    database: Database, organisation_id: UUID, clock: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[datetime] = []

    async def sweep(_session: AsyncSession, now: datetime) -> None:
        swept.append(now)

    monkeypatch.setattr(upkeep, "SWEEPS", {"only": sweep})
    one, other = _upkeep(database, clock), _upkeep(database, clock)
    await one.sweep()
    await other.sweep()
    await one.sweep()
    assert len(swept) == 2
    clock.pass_time(seconds=61)
    await other.sweep()
    await one.sweep()
    assert len(swept) == 3


async def test_a_sweep_that_fails_stops_no_other_and_is_tried_again(
    database: Database, organisation_id: UUID, clock: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def sweep(name: str, *, fails: bool) -> Callable[[AsyncSession, datetime], Awaitable[None]]:
        async def run(session: AsyncSession, _now: datetime) -> None:
            tried.append(name)
            await session.execute(text(f"UPDATE organisation SET name = '{name}'"))
            if fails:
                raise RuntimeError

        return run

    monkeypatch.setattr(
        upkeep, "SWEEPS", {"a": sweep("a", fails=False), "b": sweep("b", fails=True)}
    )
    for _ in range(2):
        await _upkeep(database, clock).sweep()
        clock.pass_time(minutes=2)
    assert tried == ["a", "b", "a", "b"]
    async with database.reading(organisation_id) as session:
        assert await session.scalar(text("SELECT name FROM organisation")) == "a"


async def test_every_sweep_runs_on_an_empty_house_twice(
    database: Database, organisation_id: UUID, clock: Hand
) -> None:
    for sweep in upkeep.SWEEPS.values():
        for _ in range(2):
            async with database.unit_of_work(organisation_id) as session:
                await sweep(session, clock.now)


@asynccontextmanager
async def _post_office() -> AsyncIterator[tuple[int, list[Message]]]:
    """A mail server on this machine that keeps what it is given (RFC 5321, as little as works)."""
    taken: list[Message] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            if line.upper().startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                body = await reader.readuntil(b"\r\n.\r\n")
                taken.append(message_from_bytes(body[:-5]))
            writer.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n")
            if line.upper().startswith(b"QUIT"):
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], taken


async def _reader(database: Database, organisation_id: UUID, name: str, *, wants: bool) -> UUID:
    purposes = NEEDED | ({Purpose.EMAIL} if wants else set())
    who = await sign_up(database, organisation_id, name, now=MORNING, purposes=frozenset(purposes))
    async with database.unit_of_work(organisation_id) as session:
        account = await session.get(Account, who.id)
        assert account is not None
        account.email = f"{name.lower()}@example.org"
        account.email_index = accounts.email_index(account.email)
        await notices.send(
            session, account_id=who.id, kind=NoticeKind.HELLO, dedupe_key=name, now=MORNING,
            words="Somebody who hears voices said hello.",
        )  # fmt: skip
    return who.id


def _with_mail(port: int) -> Settings:
    return Settings(_env_file=None, mail_url=f"smtp://127.0.0.1:{port}", mail_from="us@example.org")


async def test_mail_is_neutral_goes_once_and_only_to_who_wants_it(
    database: Database, organisation_id: UUID
) -> None:
    await _reader(database, organisation_id, "Sam", wants=True)
    await _reader(database, organisation_id, "Ali", wants=False)
    async with _post_office() as (port, taken):
        for _ in range(2):
            await mail.send_due(database, _with_mail(port), organisation_id, now=MORNING)
    (letter,) = taken
    assert letter["To"] == "sam@example.org"
    assert letter["Subject"] == "There is something new for you"
    whole = letter.as_string().lower()
    assert "voices" not in whole
    assert "hello." not in whole


async def test_a_mail_server_that_is_down_loses_nothing(
    database: Database, organisation_id: UUID
) -> None:
    await _reader(database, organisation_id, "Sam", wants=True)
    async with _post_office() as (port, _):
        pass
    assert await mail.send_due(database, _with_mail(port), organisation_id, now=MORNING) == 0
    async with _post_office() as (port, taken):
        await mail.send_due(database, _with_mail(port), organisation_id, now=MORNING)
    assert len(taken) == 1
