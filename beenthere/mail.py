"""E-mail about notices: a neutral subject, no words of anybody's, never inside a unit of work."""

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum
from typing import Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.sentences import say
from core.settings import Settings
from people import accounts, consents, notices
from people.consents import Purpose
from people.notices import Notice, NoticeKind

log = structlog.get_logger(__name__)
TIMEOUT_SECONDS: Final = 10
# A round ends before upkeep's lease does: a letter from whoever takes over would be a second one.
ROUND_SECONDS: Final = 25
# For being let in, and once more for the letter.
LETTER_SECONDS: Final = 15
GOODBYE_SECONDS: Final = 1
# RFC 5321 §4.5.4.1: go on for four to five days. Waits grow fourfold up to half a day, so the
# fourteenth try is 4.7 days after the first.
MOST_TRIES: Final = 14
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=12)


class Answer(StrEnum):
    """What became of a letter."""

    SENT = "sent"
    NO_SUCH_ADDRESS = "no_such_address"  # whoever asks again hears the same
    NOT_NOW = "not_now"  # this letter, and perhaps no other
    NOBODY_THERE = "nobody_there"  # the server: no letter goes out now


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one address about a number of notices."""

    account_id: UUID
    address: str
    notice_ids: tuple[UUID, ...]
    tries: int


async def send_due(
    database: Database, settings: Settings, organisation_id: UUID, *, now: datetime
) -> int:
    """Mail everyone who wants it that something is waiting; return how many mails went out.

    A server that is down loses nothing, and what a slow one leaves no time for is due next time.
    A letter that can't be handed over waits behind the others; one that never can is given up,
    and its reader is told so on their pages.
    """
    async with database.reading(organisation_id) as session:
        due = await notices.unmailed(session, now=now)
        letters = [await _letter(session, account_id, due) for account_id in _readers(due)]
    wanted = [letter for letter in letters if letter is not None]
    in_letters = {notice_id for letter in wanted for notice_id in letter.notice_ids}
    if unwanted := [row.id for row in due if row.id not in in_letters]:
        async with database.unit_of_work(organisation_id) as session:
            await notices.mark_mailed(session, unwanted, now=now)
    return await _send_all(database, settings, organisation_id, wanted, now=now)


def _readers(due: Iterable[Notice]) -> list[UUID]:
    return list(dict.fromkeys(row.account_id for row in due))


async def _letter(session: AsyncSession, account_id: UUID, due: list[Notice]) -> Letter | None:
    account = await session.get(accounts.Account, account_id)
    if account is None or account.email is None:
        return None
    if not await consents.holds(session, account_id, Purpose.EMAIL):
        return None
    mine = [row for row in due if row.account_id == account_id]
    tries = max(row.mail_tries for row in mine)
    return Letter(account_id, account.email, tuple(row.id for row in mine), tries)


async def _send_all(
    database: Database,
    settings: Settings,
    organisation_id: UUID,
    letters: list[Letter],
    *,
    now: datetime,
) -> int:
    sent, ends_at = 0, time.monotonic() + ROUND_SECONDS
    for number, letter in enumerate(letters):
        if number and time.monotonic() >= ends_at:
            break
        answer = await _hand_over(letter, settings)
        # Each on its own: whoever is stopped here sends no letter a second time.
        async with database.unit_of_work(organisation_id) as session:
            if answer is Answer.NOBODY_THERE:
                rest = [one for later in letters[number:] for one in later.notice_ids]
                await notices.put_off_mail(session, rest, until=now + FIRST_WAIT, is_try=False)
                return sent
            await _settle(session, letter, answer, now=now)
        sent += answer is Answer.SENT
    return sent


async def _settle(session: AsyncSession, letter: Letter, answer: Answer, *, now: datetime) -> None:
    if answer is Answer.NOT_NOW and letter.tries + 1 < MOST_TRIES:
        until = now + wait_after(letter.tries)
        await notices.put_off_mail(session, letter.notice_ids, until=until, is_try=True)
        return
    await notices.mark_mailed(session, letter.notice_ids, now=now)
    if answer is not Answer.SENT:
        await _tell_on_pages(session, letter, now=now)


def wait_after(tries: int) -> timedelta:
    """Return how long a letter waits that was tried `tries` times before this one."""
    return min(FIRST_WAIT * (1 << 2 * min(tries, MOST_TRIES)), LONGEST_WAIT)


async def _tell_on_pages(session: AsyncSession, letter: Letter, *, now: datetime) -> None:
    address = accounts.email_index(letter.address).hex()
    await notices.send(
        session, account_id=letter.account_id, kind=NoticeKind.WAY_IN, now=now,
        dedupe_key=f"mail:{letter.account_id}:{address}",
        words=say(
            "We couldn't reach your e-mail address. What is new is always here; you can change the"
            " address under My data."
        ),
    )  # fmt: skip


async def _hand_over(letter: Letter, settings: Settings) -> Answer:
    url = urlsplit(settings.mail_url.get_secret_value())
    if not url.hostname:
        return Answer.SENT
    server = aiosmtplib.SMTP(
        hostname=url.hostname,
        port=url.port,
        username=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
        use_tls=url.scheme == "smtps",
        timeout=TIMEOUT_SECONDS,
    )
    try:
        # The server's patience is for each of its answers; this is for all of them.
        async with asyncio.timeout(LETTER_SECONDS):
            await server.connect()
    except (aiosmtplib.SMTPException, OSError) as fault:
        log.warning("mail_not_sent", kind=type(fault).__name__)
        return Answer.NOBODY_THERE
    answer = await _hand_in(server, _message(letter, settings))
    with suppress(aiosmtplib.SMTPException, OSError):
        async with asyncio.timeout(GOODBYE_SECONDS):
            await server.quit()
    server.close()
    return answer


async def _hand_in(server: aiosmtplib.SMTP, message: EmailMessage) -> Answer:
    """Whatever happens from here on is about this letter: the server was there and let us in."""
    try:
        async with asyncio.timeout(LETTER_SECONDS):
            await server.send_message(message)
    except aiosmtplib.SMTPRecipientsRefused as refused:
        answer = _of_refusal(refused.recipients)
    except (aiosmtplib.SMTPException, OSError):
        answer = Answer.NOT_NOW
    else:
        return Answer.SENT
    log.warning("mail_not_taken", answer=answer.value)
    return answer


def _of_refusal(refused: Iterable[aiosmtplib.SMTPRecipientRefused]) -> Answer:
    """Tell a wrong address from a server that takes no mail from us (RFC 3463: 5.7, policy)."""
    is_final = all(one.code >= 500 and not one.message.startswith("5.7.") for one in refused)
    return Answer.NO_SUCH_ADDRESS if is_final else Answer.NOT_NOW


def _message(letter: Letter, settings: Settings) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, letter.address
    # Somebody else may see the subject on a locked screen.
    message["Subject"] = "There is something new for you"
    message.set_content(
        f"Hello,\n\nsomething new is waiting for you here:\n{settings.public_url}\n\n"
        "You asked for this e-mail. You can turn it off there under My data.\n"
    )
    return message
