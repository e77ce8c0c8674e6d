"""Who was erased since a backup was made is erased again when it is put back.

The backup still has them. Who they are, and in which talks they chose to leave their words, stands
in the database that is there now; where that is lost or broken, nobody can know, and it is said.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from beenthere import erasing
from core.database import Database
from core.upserts import insert
from people import organisations
from people.accounts import Account
from people.erasures import Erasure
from people.permissions import Standing

# Everybody who is erased, and the talks in which words of theirs still stand.
_GONE = """
SELECT account.id, room_event.room_id FROM account
LEFT JOIN room_event ON room_event.sender_id = account.id AND room_event.body_sealed IS NOT NULL
WHERE account.standing = ? GROUP BY account.id, room_event.room_id
"""


def known(file: Path) -> dict[UUID, list[UUID]] | None:
    """Return who is erased here, with the talks their words stay in; None: it can't be read."""
    gone: dict[UUID, list[UUID]] = {}
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            for account_id, room_id in database.execute(_GONE, (Standing.ERASED.value,)):
                stays = gone.setdefault(UUID(account_id), [])
                stays += [UUID(room_id)] if room_id else []
    except sqlite3.Error:
        return None
    return gone


async def erase(url: str, gone: Mapping[UUID, list[UUID]], *, now: datetime) -> int:
    """Erase these in the database of that address, as their wish was; return how many it was."""
    database, done = Database(url), 0
    try:
        async with database.reading(all_organisations=True) as session:
            everywhere = [one.id for one in await organisations.everyone(session)]
        for organisation_id in everywhere:
            async with database.unit_of_work(organisation_id) as session:
                here = select(Account.id).where(
                    Account.id.in_(gone), Account.standing != Standing.ERASED
                )
                for account_id in (await session.scalars(here)).all():
                    wish = {"due_at": now, "keeps": [str(room) for room in gone[account_id]]}
                    row = insert(session, Erasure).values(
                        account_id=account_id, organisation_id=organisation_id, asked_at=now, **wish
                    )
                    await session.execute(
                        row.on_conflict_do_update(index_elements=["account_id"], set_=wish)
                    )
                while some := await erasing.erase_due(session, now=now):
                    done += some
    finally:
        await database.close()
    return done
