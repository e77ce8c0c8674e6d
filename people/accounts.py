"""Accounts: who signs in. A pseudonym, and as little else as can be."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Index, UniqueConstraint, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption, events, ids, limits
from core.errors import Conflict, Invalid, NotFound
from core.sentences import say
from core.tables import ERASED, Base, Copied, Erased, Owned, Retention, field
from people import lookalikes
from people.permissions import Standing

OWN: Final = "id"


class Account(Base, Owned):
    """One person's way in. Erasure leaves a nameless tombstone, so that talk keeps its shape."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name_key"),
        UniqueConstraint("organisation_id", "email_index"),
        Index("uq_account_look", "organisation_id", "look_key", unique=True),
        {"info": {ERASED: Erased.ELSEWHERE}},
    )

    id: Mapped[UUID] = field(Retention.ACCOUNT, primary_key=True, personal=OWN)
    name: Mapped[str | None] = field(Retention.ACCOUNT, personal=OWN)
    name_key: Mapped[str | None] = field(Retention.ACCOUNT, personal=OWN, copied=Copied.TWICE)
    # What the name looks like; empty for names of before it was kept.
    look_key: Mapped[str | None] = field(Retention.ACCOUNT, personal=OWN, copied=Copied.TWICE)
    email_sealed: Mapped[bytes | None] = field(Retention.ACCOUNT, personal=OWN)
    email_index: Mapped[bytes | None] = field(Retention.ACCOUNT, personal=OWN, copied=Copied.KEY)
    password_hash: Mapped[str | None] = field(Retention.ACCOUNT, personal=OWN, copied=Copied.KEY)
    standing: Mapped[Standing] = field(Retention.ACCOUNT, personal=OWN, default=Standing.ACTIVE)
    suspended_until: Mapped[datetime | None] = field(Retention.CASE, personal=OWN)
    # While it is set: groups only, nobody in private. Upkeep takes it away when its time is up.
    private_until: Mapped[datetime | None] = field(Retention.CASE, personal=OWN)
    # The invitation they came by (promise 18).
    invitation_id: Mapped[UUID | None] = field(Retention.ACCOUNT, personal=OWN, copied=Copied.KEY)
    language: Mapped[str] = field(Retention.ACCOUNT, personal=OWN, default="en")
    joined_at: Mapped[datetime] = field(Retention.ACCOUNT, personal=OWN)
    erased_at: Mapped[datetime | None] = field(Retention.ACCOUNT, personal=OWN)

    email = encryption.Sealed("email_sealed")


@dataclass(frozen=True, slots=True)
class AccountChanged(events.Event):
    """An account's standing, roles, blocks or sign-ins changed: whoever listens looks again."""

    account_id: UUID


class NameTaken(Conflict):
    """Somebody here has that name already, or one that looks like it."""

    code, title = "name_taken", say("Somebody here has that name already. Please choose another.")


def clean_name(name: str) -> str:
    """Return a name as it will be shown.

    Raises:
        Invalid: it is empty, too long, or holds characters that can't be seen.
    """
    shown = " ".join(unicodedata.normalize("NFC", name).split())
    if not shown:
        raise Invalid(
            say("Please choose a name. It doesn't have to be your real one."), field="name"
        )
    if len(shown) > limits.NAME_CHARACTERS:
        raise Invalid(
            say("Please use at most %(most)s letters.", most=limits.NAME_CHARACTERS), field="name"
        )
    if "@" in shown:
        # Whoever signs in with an @ is looked for by e-mail address.
        raise Invalid(say("Please use a name without @."), field="name")
    if any(unicodedata.category(letter)[0] == "C" for letter in shown):
        raise Invalid(say("That name has a character that can't be shown."), field="name")
    return shown


def name_key(name: str) -> str:
    """Return what makes two names the same: case, width and spaces don't count."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def clean_email(email: str | None) -> str | None:
    """Return the address in one form, or None when none was given.

    Raises:
        Invalid: it can't be an e-mail address.
    """
    if email is None or not email.strip():
        return None
    try:
        checked = validate_email(email.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise Invalid(say("That doesn't look like an e-mail address."), field="email") from None
    return checked.normalized.casefold()


async def create(
    session: AsyncSession,
    *,
    name: str,
    now: datetime,
    password_hash: str | None = None,
    email: str | None = None,
    language: str = "en",
) -> Account:
    """Add an account to the session's organisation.

    Raises:
        Invalid: the name or the address can't be used.
        NameTaken: the name is in use here. An address in use is not told: it is left out.
    """
    shown, address = clean_name(name), clean_email(email)
    account = Account(
        id=ids.new_secret_id(),
        name=shown,
        name_key=name_key(shown),
        look_key=lookalikes.key(shown),
        language=language,
        password_hash=password_hash,
        joined_at=now,
        standing=Standing.ACTIVE,
        organisation_id=session.info["organisation_id"],
    )
    try:
        async with session.begin_nested():
            session.add(account)
    except IntegrityError:
        raise NameTaken(field="name") from None
    # Apart from the name, so that no refusal tells that an address is here.
    if address and await _signs_in_by(session, account, address):
        account.email = address
    return account


def email_index(address: str) -> bytes:
    """Return what finds an account by its address without telling the address."""
    return encryption.ring().blind("account.email", address)


async def _signs_in_by(session: AsyncSession, account: Account, address: str) -> bool:
    """Let an address sign somebody in, unless it does so for another; return whether it does."""
    index = email_index(address)
    if await session.scalar(select(Account.id).where(Account.email_index == index)) is not None:
        return False
    try:
        async with session.begin_nested():
            account.email_index = index
    except IntegrityError:
        # Somebody came first in this very moment.
        await session.refresh(account)
        return False
    return True


async def by_name(session: AsyncSession, name_or_email: str) -> Account | None:
    """Return the living account of that name or address, if there is one."""
    wanted = Account.name_key == name_key(name_or_email)
    if "@" in name_or_email:
        wanted = Account.email_index == email_index(name_or_email.strip().casefold())
    query = select(Account).where(wanted, Account.standing != Standing.ERASED)
    return (await session.scalars(query)).one_or_none()


async def by_id(session: AsyncSession, account_id: UUID) -> Account:
    """Return the living account.

    Raises:
        NotFound: there is none of that id here.
    """
    account = await session.get(Account, account_id)
    if account is None or account.standing is Standing.ERASED:
        raise NotFound
    return account


async def names(session: AsyncSession, account_ids: set[UUID]) -> dict[UUID, str]:
    """Return the shown name of each account; a tombstone is missing from the answer."""
    if not account_ids:
        return {}
    rows = await session.execute(
        select(Account.id, Account.name).where(
            Account.id.in_(account_ids), Account.name.is_not(None)
        )
    )
    return {account_id: name for account_id, name in rows if name}


async def set_standing(
    session: AsyncSession, account_id: UUID, standing: Standing, *, until: datetime | None = None
) -> bool:
    """Suspend or resume; idempotent. Return whether anything changed. Called by moderation."""
    changed = await session.scalar(
        update(Account)
        .where(Account.id == account_id, Account.standing != Standing.ERASED)
        .values(standing=standing, suspended_until=until)
        .returning(Account.id)
    )
    events.after_commit(session, AccountChanged(session.info["organisation_id"], account_id))
    return changed is not None


async def came_by(session: AsyncSession, account_id: UUID, invitation_id: UUID) -> None:
    """Note by which invitation somebody came."""
    (await by_id(session, account_id)).invitation_id = invitation_id
    await session.flush()


async def set_private_until(
    session: AsyncSession, account_id: UUID, until: datetime | None
) -> None:
    """Keep somebody from private talks until then, or no longer. Called by moderation."""
    await session.execute(
        update(Account).where(Account.id == account_id).values(private_until=until)
    )
    events.after_commit(session, AccountChanged(session.info["organisation_id"], account_id))


async def make_nameless(session: AsyncSession, account_id: UUID, *, now: datetime) -> None:
    """Leave of an account what talk and cases need to keep their shape: that somebody was here."""
    await session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(
            name=None, name_key=None, look_key=None, email_sealed=None, email_index=None,
            password_hash=None, invitation_id=None, private_until=None, language="en",
            standing=Standing.ERASED, erased_at=now,
        )
    )  # fmt: skip
    events.after_commit(session, AccountChanged(session.info["organisation_id"], account_id))


async def set_email(session: AsyncSession, account: Account, email: str | None) -> None:
    """Change an address, or take it away. One that is in use here signs nobody in by it.

    Raises:
        Invalid: it can't be an e-mail address.
    """
    address = clean_email(email)
    account.email = address
    account.email_index = None
    await session.flush()
    if address is not None:
        await _signs_in_by(session, account, address)


async def set_password_hash(session: AsyncSession, account_id: UUID, password_hash: str) -> None:
    """Replace the password's hash; the caller ends the sign-ins that should end."""
    await session.execute(
        update(Account).where(Account.id == account_id).values(password_hash=password_hash)
    )
