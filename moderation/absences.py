"""Somebody is paused: the people they talk with aren't left to wonder (promise 19).

They hear it kindly within the hour, and when it is over. Not what for, nor that it was decided.
The half hour lets a slip be undone before anybody reads of it.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.sentences import say
from moderation import talks
from moderation.cases import Case
from moderation.flags import Flag
from people import accounts, blocks, notices
from people.notices import NoticeKind

TOLD_AFTER: Final = timedelta(minutes=30)
AWAY: Final = say(
    "%(name)s can't write here for a while. It isn't because of anything you said, and they didn't"
    " choose to leave your talk. You can still read it. If you'd like company meanwhile, there may"
    " be somebody new for you under “People and groups for me”."
)
BACK: Final = say("%(name)s can write here again.")


async def tell(session: AsyncSession, case: Case, *, decision_id: UUID, now: datetime) -> None:
    """Tell whoever talks with a case's author; not who told us of them, nor who shut them out."""
    account_id = case.author_id
    if account_id is None:
        return
    reporters = select(Flag.reporter_id).where(
        Flag.case_id == case.id, Flag.reporter_id.is_not(None)
    )
    apart = await blocks.between(session, account_id) | set(await session.scalars(reporters))
    peers = await talks.peers_now(session, account_id) - apart
    names = await accounts.names(session, {account_id})
    for peer_id in sorted(peers):
        await notices.send(
            session,
            account_id=peer_id,
            kind=NoticeKind.SUPPORT,
            dedupe_key=f"{_of(account_id)}{decision_id}:{peer_id}",
            words=AWAY.filled(name=names.get(account_id, say("Somebody you talk with"))),
            due_at=now + TOLD_AFTER,
            now=now,
        )


async def end(session: AsyncSession, account_id: UUID, *, effect_id: UUID, now: datetime) -> None:
    """Tell those who heard of it that it is over; who hasn't heard yet hears nothing."""
    await notices.withdraw(session, begins_with=_of(account_id), now=now)
    told = await notices.told(session, begins_with=_of(account_id))
    names = await accounts.names(session, {account_id})
    peers = await talks.peers_now(session, account_id) & told
    for peer_id in sorted(peers):
        await notices.send(
            session,
            account_id=peer_id,
            kind=NoticeKind.SUPPORT,
            dedupe_key=f"back:{effect_id}:{peer_id}",
            words=BACK.filled(name=names.get(account_id, say("Somebody you talk with"))),
            now=now,
        )


def _of(account_id: UUID) -> str:
    return f"away:{account_id}:"
