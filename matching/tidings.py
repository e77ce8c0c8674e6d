"""What the two hear of a hello. Nobody ever reads that they were turned down."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from matching.pairs import Connection
from people import notices
from people.notices import NoticeKind

SOMEBODY: Final = "Somebody"


class Word(StrEnum):
    """The sentences. "Not free" is one for every reason, so that none can be told from it."""

    HELLO = "{name} says hello."
    YES = "{name} would like to talk."
    NOT_FREE = "{name} is not free to talk just now."
    LEFT = "{name} has left your talk. There can be many reasons, and you needn't find one."


async def tell(
    session: AsyncSession,
    hello: Connection,
    account_id: UUID,
    word: Word,
    *,
    name: str | None,
    now: datetime,
) -> None:
    """Tell one of the two, once per hello and word. `name` is the other's, None when gone."""
    await notices.send(
        session,
        account_id=account_id,
        kind=NoticeKind.HELLO if word is Word.HELLO else NoticeKind.HELLO_ANSWERED,
        subject_id=hello.room_id or hello.id,
        words=word.replace("{name}", name or SOMEBODY),
        dedupe_key=f"hello:{hello.id}:{word.name.lower()}:{account_id}",
        now=now,
    )
