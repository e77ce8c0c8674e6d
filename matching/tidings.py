"""What the two hear of a hello. Nobody ever reads that they were turned down."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.sentences import say
from matching.pairs import Connection
from people import notices
from people.notices import NoticeKind

SOMEBODY: Final = say("Somebody")


class Word(StrEnum):
    """What is told. "Not free" is one for every reason, so that none can be told from it."""

    HELLO = "hello"
    YES = "yes"
    NOT_FREE = "not_free"
    LEFT = "left"


SENTENCES: Final = {
    Word.HELLO: say("%(name)s says hello."),
    Word.YES: say("%(name)s would like to talk."),
    Word.NOT_FREE: say("%(name)s is not free to talk just now."),
    Word.LEFT: say(
        "%(name)s has left your talk. There can be many reasons, and you needn't find one. You can"
        " still read it, and there are other people here."
    ),
}

KINDS: Final = {Word.HELLO: NoticeKind.HELLO, Word.LEFT: NoticeKind.TALK}


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
        kind=KINDS.get(word, NoticeKind.HELLO_ANSWERED),
        subject_id=hello.room_id or hello.id,
        words=SENTENCES[word].filled(name=name or SOMEBODY),
        dedupe_key=_once(hello, word, account_id),
        now=now,
    )


def _once(hello: Connection, word: Word, account_id: UUID) -> str:
    return f"hello:{hello.id}:{word.name.lower()}:{account_id}"


async def settle(session: AsyncSession, hello: Connection, *, now: datetime) -> None:
    """Take the hello itself off Home, however it was answered."""
    once = _once(hello, Word.HELLO, hello.asked_id)
    await notices.settle(session, dedupe_key=once, now=now)
