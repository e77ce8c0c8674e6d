"""Mail tells nothing to whoever looks over a shoulder; nobody's is lost, and nobody's starves."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from conftest import MORNING, Hand
from people_factories import SignedIn
from post_office import PostOffice, open_office

from beenthere import mail, upkeep
from core.database import Database
from core.settings import Settings
from people import notices
from tests.upkeep.readers import reader

pytestmark = pytest.mark.anyio
NO_SUCH = {"gone@example.org": "550 5.1.1 no such user"}


async def _send(database: Database, organisation_id: UUID, office: PostOffice, clock: Hand) -> int:
    settings = Settings(
        _env_file=None, mail_url=f"smtp://127.0.0.1:{office.port}", mail_from="us@example.org"
    )
    return await mail.send_due(database, settings, organisation_id, now=clock.now)


async def _words(database: Database, who: SignedIn, clock: Hand) -> list[str]:
    async with database.reading(who.actor.organisation_id) as session:
        return [one.words or "" for one in await notices.unread(session, who.actor, now=clock.now)]


async def test_mail_is_neutral_goes_once_and_only_to_who_wants_it(
    database: Database, organisation_id: UUID, clock: Hand
) -> None:
    await reader(database, organisation_id, "Sam")
    await reader(database, organisation_id, "Ali", wants=False)
    async with open_office() as office:
        for _ in range(2):
            await _send(database, organisation_id, office, clock)
    (letter,) = office.taken
    assert letter["To"] == "sam@example.org"
    assert letter["Subject"] == "There is something new for you"
    whole = letter.as_string().lower()
    assert "voices" not in whole
    assert "hello." not in whole


async def test_an_address_that_is_none_is_asked_once_and_its_reader_told(
    database: Database, organisation_id: UUID, clock: Hand
) -> None:
    gone = await reader(database, organisation_id, "Gone")
    async with open_office(answers=NO_SUCH) as office:
        for _ in range(4):
            await _send(database, organisation_id, office, clock)
            clock.pass_time(days=1)
    # Once about the hello, once about the notice that says so; then it is quiet.
    assert office.asked == ["gone@example.org"] * 2
    told = await _words(database, gone, clock)
    assert any("couldn't reach your e-mail address" in words for words in told)
    assert any("said hello" in words for words in told)


@pytest.mark.parametrize("answer", ["550 5.1.1 no such user", "450 4.2.1 mailbox busy"])
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_sixty_refused_addresses_keep_nobody_else_waiting(
    database: Database, organisation_id: UUID, clock: Hand, answer: str
) -> None:
    refused = [f"p{number}@example.org" for number in range(60)]
    for number in range(60):
        await reader(database, organisation_id, f"P{number}")
    clock.pass_time(minutes=1)
    await reader(database, organisation_id, "Sam")
    async with open_office(answers=dict.fromkeys(refused, answer)) as office:
        for _ in range(2):
            await _send(database, organisation_id, office, clock)
    assert [letter["To"] for letter in office.taken] == ["sam@example.org"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_server_that_is_down_loses_nothing_and_is_asked_once_a_round(
    database: Database, organisation_id: UUID, clock: Hand
) -> None:
    for name in ("Sam", "Ali", "Noor"):
        await reader(database, organisation_id, name)
    async with open_office() as office:
        pass
    for _ in range(50):
        assert await _send(database, organisation_id, office, clock) == 0
        clock.pass_time(hours=5)
    async with open_office(greeting="554 not today") as office:
        assert await _send(database, organisation_id, office, clock) == 0
    assert office.asked == []
    clock.pass_time(minutes=2)
    async with open_office() as office:
        assert await _send(database, organisation_id, office, clock) == 3


async def test_a_server_that_takes_no_mail_from_us_is_no_fault_of_an_address(
    database: Database, organisation_id: UUID, clock: Hand
) -> None:
    sam = await reader(database, organisation_id, "Sam")
    async with open_office(answers={"sam@example.org": "554 5.7.1 relaying denied"}) as office:
        await _send(database, organisation_id, office, clock)
    assert all("couldn't reach" not in words for words in await _words(database, sam, clock))
    clock.pass_time(minutes=2)
    async with open_office() as office:
        assert await _send(database, organisation_id, office, clock) == 1


async def test_a_letter_nobody_takes_waits_longer_each_time_and_is_given_up_after_days(
    database: Database, organisation_id: UUID, clock: Hand
) -> None:
    sam = await reader(database, organisation_id, "Sam")
    async with open_office(after_words="554 looks odd") as office:
        while not any("couldn't reach" in words for words in await _words(database, sam, clock)):
            await _send(database, organisation_id, office, clock)
            clock.pass_time(hours=1)
            assert clock.now < MORNING + timedelta(days=6)
    assert clock.now > MORNING + timedelta(days=4)
    assert len(office.asked) == mail.MOST_TRIES


async def test_a_round_that_took_its_time_leaves_the_rest_due_and_sends_none_twice(
    database: Database, organisation_id: UUID, clock: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "ROUND_SECONDS", 0)
    for name in ("Sam", "Ali", "Noor"):
        await reader(database, organisation_id, name)
    async with open_office() as office:
        sent = [await _send(database, organisation_id, office, clock) for _ in range(4)]
    assert sent == [1, 1, 1, 0]
    assert len({letter["To"] for letter in office.taken}) == 3


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_server_that_says_nothing_holds_a_round_no_longer_than_one_letter_may_take(
    database: Database, organisation_id: UUID, clock: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "LETTER_SECONDS", 0.05)
    # Without a bound on the letter this test runs into its own.
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 600)
    await reader(database, organisation_id, "Sam")
    async with open_office(is_mute=True) as office, asyncio.timeout(20):
        assert await _send(database, organisation_id, office, clock) == 0
    clock.pass_time(minutes=2)
    async with open_office() as office:
        assert await _send(database, organisation_id, office, clock) == 1


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_mailbox_nobody_gets_an_answer_about_keeps_nobody_else_waiting(
    database: Database, organisation_id: UUID, clock: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "LETTER_SECONDS", 0.3)
    for name in ("Slow", "Sam"):
        await reader(database, organisation_id, name)
    async with open_office(answers={"slow@example.org": ""}) as office, asyncio.timeout(20):
        assert await _send(database, organisation_id, office, clock) == 1
        clock.pass_time(minutes=2)
        assert await _send(database, organisation_id, office, clock) == 0
    assert [letter["To"] for letter in office.taken] == ["sam@example.org"]
    assert office.asked.count("slow@example.org") == 2


def test_the_longest_round_ends_before_the_lease_does() -> None:
    a_letter = 2 * mail.LETTER_SECONDS + mail.GOODBYE_SECONDS
    longest = timedelta(seconds=mail.ROUND_SECONDS + a_letter)
    assert longest < upkeep.LEASE_LASTS
