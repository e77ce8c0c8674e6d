"""E-mail about notices: a neutral subject, no words of anybody's, never inside a unit of work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.settings import Settings
from people import accounts, consents, notices
from people.consents import Purpose

log = structlog.get_logger(__name__)
TIMEOUT_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one address about a number of notices."""

    address: str
    notice_ids: tuple[UUID, ...]


async def send_due(
    database: Database, settings: Settings, organisation_id: UUID, *, now: datetime
) -> int:
    """Mail everyone who wants it that something is waiting; return how many mails went out.

    A server that is down loses nothing: those notices stay due and are tried again.
    """
    async with database.reading(organisation_id) as session:
        due = await notices.unmailed(session, now=now)
        letters = [await _letter(session, account_id, due) for account_id in _readers(due)]
    wanted = {notice_id for letter in letters if letter for notice_id in letter.notice_ids}
    settled = [row.id for row in due if row.id not in wanted]
    sent = 0
    for letter in filter(None, letters):
        if not settings.mail_url.get_secret_value() or await _sent(letter, settings):
            settled.extend(letter.notice_ids)
            sent += 1
    if settled:
        async with database.unit_of_work(organisation_id) as session:
            await notices.mark_mailed(session, settled, now=now)
    return sent


def _readers(due: Iterable[notices.Notice]) -> list[UUID]:
    return list(dict.fromkeys(row.account_id for row in due))


async def _letter(
    session: AsyncSession, account_id: UUID, due: list[notices.Notice]
) -> Letter | None:
    account = await session.get(accounts.Account, account_id)
    if account is None or account.email is None:
        return None
    if not await consents.holds(session, account_id, Purpose.EMAIL):
        return None
    return Letter(account.email, tuple(row.id for row in due if row.account_id == account_id))


async def _sent(letter: Letter, settings: Settings) -> bool:
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, letter.address
    # Somebody else may see the subject on a locked screen.
    message["Subject"] = "There is something new for you"
    message.set_content(
        f"Hello,\n\nsomething new is waiting for you here:\n{settings.public_url}\n\n"
        "You asked for this e-mail. You can turn it off there under My data.\n"
    )
    url = urlsplit(settings.mail_url.get_secret_value())
    try:
        await aiosmtplib.send(
            message,
            hostname=url.hostname,
            port=url.port,
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            use_tls=url.scheme == "smtps",
            timeout=TIMEOUT_SECONDS,
        )
    except (aiosmtplib.SMTPException, OSError) as fault:
        log.warning("mail_not_sent", kind=type(fault).__name__)
        return False
    return True
