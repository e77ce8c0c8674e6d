"""Changing one's own ways in. Whoever calls these has just been asked for the password.

A phone that is borrowed or left open must not become somebody else's account: the password is
asked for once more, and its owner is told.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core import ids
from core.sentences import Sentence, say, together
from people import accounts, audit, notices, recovery, sign_ins
from people.notices import NoticeKind
from people.permissions import Act, Actor, require


async def change_password(
    session: AsyncSession, actor: Actor, password_hash: str, *, now: datetime
) -> None:
    """Set a new password; every other sign-in ends."""
    require(actor, Act.CHANGE_OWN)
    await accounts.set_password_hash(session, actor.account_id, password_hash)
    await sign_ins.end_all(session, actor.account_id, now=now, but=actor.sign_in_id)
    said = say("Your password was changed.")
    await tell_owner(session, actor, said, kind="password_changed", now=now)


async def change_email(
    session: AsyncSession, actor: Actor, email: str | None, *, now: datetime
) -> None:
    """Set one's e-mail address, or none.

    An address that somebody else here has is not told: it gets notices, and signs nobody in.

    Raises:
        Invalid: it can't be an e-mail address.
    """
    require(actor, Act.CHANGE_OWN)
    account = await accounts.by_id(session, actor.account_id)
    await accounts.set_email(session, account, email)
    said = say("Your e-mail address was changed.")
    await tell_owner(session, actor, said, kind="email_changed", now=now)


async def renew_codes(session: AsyncSession, actor: Actor, *, now: datetime) -> list[str]:
    """Return eight new recovery codes; the old ones end."""
    require(actor, Act.CHANGE_OWN)
    codes = await recovery.give_codes(session, actor.account_id, now=now)
    said = say("You have new recovery words. The old ones no longer work.")
    await tell_owner(session, actor, said, kind="recovery_codes_renewed", now=now)
    return codes


async def own_password_hash(session: AsyncSession, actor: Actor) -> str | None:
    """Return what one's own typed password is checked against."""
    require(actor, Act.CHANGE_OWN)
    return (await accounts.by_id(session, actor.account_id)).password_hash


async def own_email(session: AsyncSession, actor: Actor) -> str | None:
    """Return one's own e-mail address, if there is one."""
    require(actor, Act.SEE_OWN)
    return (await accounts.by_id(session, actor.account_id)).email


async def tell_owner(
    session: AsyncSession, actor: Actor, said: Sentence, *, kind: str, now: datetime
) -> None:
    """Put it into the audit and tell whose account it is, in case it was somebody else."""
    require(actor, Act.SEE_OWN)
    audit.record(
        session, kind=kind, actor_id=actor.account_id, subject_kind="account",
        subject_id=actor.account_id, now=now,
    )  # fmt: skip
    await notices.send(
        session, account_id=actor.account_id, kind=NoticeKind.WAY_IN, now=now,
        dedupe_key=f"{kind}:{ids.new_id()}",
        words=together(said, say("If that wasn't you, change your password now and tell us.")),
    )  # fmt: skip
