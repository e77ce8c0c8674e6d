"""Ways back in: eight printable recovery codes, or a one-use code from a person with the role."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption, ids
from core.errors import Invalid
from core.sentences import say
from core.tables import Base, Copied, Identified, Owned, Retention, field
from people import accounts, audit, credentials, notices, sign_ins
from people.notices import NoticeKind
from people.permissions import Act, Actor, require

CODES: Final = 8
ISSUED_LASTS: Final = timedelta(hours=24)
# As long as an invitation: it comes on paper, and people come when they are ready.
FIRST_LASTS: Final = timedelta(days=30)


class RecoveryCode(Base, Identified, Owned):
    """One use of one code. The code itself is never kept, only its keyed fingerprint."""

    __tablename__ = "recovery_code"

    account_id: Mapped[UUID] = field(Retention.ACCOUNT, personal="account_id", index=True)
    code_index: Mapped[bytes] = field(Retention.ACCOUNT, personal="account_id", copied=Copied.KEY)
    issued_by: Mapped[UUID | None] = field(Retention.ACCOUNT, personal="account_id")
    created_at: Mapped[datetime] = field(Retention.ACCOUNT, personal="account_id")
    expires_at: Mapped[datetime | None] = field(Retention.ACCOUNT, personal="account_id")
    used_at: Mapped[datetime | None] = field(Retention.ACCOUNT, personal="account_id")


async def give_codes(session: AsyncSession, account_id: UUID, *, now: datetime) -> list[str]:
    """Replace an account's own codes by eight new ones; they are shown once."""
    await _spend(session, account_id, now=now)
    codes = [credentials.new_code() for _ in range(CODES)]
    session.add_all(_row(account_id, code, now=now) for code in codes)
    await session.flush()
    return codes


async def give_first(
    session: AsyncSession, account_id: UUID, *, now: datetime
) -> tuple[str, datetime]:
    """Return a first way in for somebody who was brought along, and until when it opens."""
    code = credentials.new_code()
    row = _row(account_id, code, now=now)
    row.expires_at = now + FIRST_LASTS
    session.add(row)
    await session.flush()
    return code, row.expires_at


async def issue(session: AsyncSession, actor: Actor, account_id: UUID, *, now: datetime) -> str:
    """Give somebody who lost their way in one code for 24 hours; end all their sign-ins.

    A code given earlier ends: it may lie in a mail that went astray. The person's own codes stay.
    It is audited, and the person is told who did it.
    """
    require(actor, Act.ISSUE_RECOVERY)
    account = await accounts.by_id(session, account_id)
    await _spend(session, account.id, RecoveryCode.issued_by.is_not(None), now=now)
    code = credentials.new_code()
    row = _row(account.id, code, now=now)
    row.issued_by, row.expires_at = actor.account_id, now + ISSUED_LASTS
    session.add(row)
    await session.flush()
    await sign_ins.end_all(session, account.id, now=now)
    audit.record(
        session, kind="recovery_issued", actor_id=actor.account_id, subject_kind="account",
        subject_id=account.id, now=now,
    )  # fmt: skip
    await notices.send(
        session, account_id=account.id, kind=NoticeKind.RECOVERY, dedupe_key=f"recovery:{row.id}",
        words=say(
            "%(name)s gave you a code to get back in. If you didn't ask for it, tell us.",
            name=actor.name,
        ),
        now=now,
    )  # fmt: skip
    return code


async def use(
    session: AsyncSession, *, name: str, code: str, password_hash: str, now: datetime
) -> UUID:
    """Spend a code, set a new password and end all sign-ins; return the account's id.

    Raises:
        Invalid: the name and the code don't fit together. It never tells which was wrong.
    """
    account = await accounts.by_name(session, name)
    account_id = account.id if account else ids.new_secret_id()
    still = or_(RecoveryCode.expires_at.is_(None), RecoveryCode.expires_at > now)
    spent = await session.scalar(
        update(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.code_index == _index(code))
        .where(RecoveryCode.used_at.is_(None), still)
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    if spent is None:
        raise Invalid(say("That name and that code don't fit together. Please look at both again."))
    await accounts.set_password_hash(session, account_id, password_hash)
    await sign_ins.end_all(session, account_id, now=now)
    await notices.send(
        session, account_id=account_id, kind=NoticeKind.WAY_IN, dedupe_key=f"recovered:{spent}",
        words=say(
            "Somebody got back in here with one of your recovery words, and set a new password. If"
            " that wasn't you, get new ones under My data and tell us."
        ),
        now=now,
    )  # fmt: skip
    return account_id


async def left(session: AsyncSession, actor: Actor) -> int:
    """Return how many of one's own codes are still unused."""
    require(actor, Act.SEE_OWN)
    query = select(RecoveryCode.id).where(
        RecoveryCode.account_id == actor.account_id,
        RecoveryCode.used_at.is_(None),
        RecoveryCode.issued_by.is_(None),
    )
    return len((await session.scalars(query)).all())


async def _spend(
    session: AsyncSession, account_id: UUID, *which: ColumnElement[bool], now: datetime
) -> None:
    await session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None), *which)
        .values(used_at=now)
    )


def _row(account_id: UUID, code: str, *, now: datetime) -> RecoveryCode:
    return RecoveryCode(account_id=account_id, code_index=_index(code), created_at=now)


def _index(code: str) -> bytes:
    return encryption.ring().blind("recovery_code.code", credentials.plain_code(code))
