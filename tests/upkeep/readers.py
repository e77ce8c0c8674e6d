"""People who are told of something by mail."""

from uuid import UUID

from conftest import MORNING
from people_factories import SignedIn, sign_up

from core.database import Database
from people import accounts, notices
from people.accounts import Account
from people.consents import NEEDED, Purpose
from people.notices import NoticeKind


async def reader(
    database: Database, organisation_id: UUID, name: str, *, wants: bool = True
) -> SignedIn:
    """Somebody with an e-mail address, who *wants* mail or not, and a notice that waits."""
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
    return who
