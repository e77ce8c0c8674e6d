"""What a member does to a message of a talk without saying anything new."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from chat import frames, marks, messages, reading, signs
from core.errors import NotFound
from people.permissions import Act, Actor, require


async def do(session: AsyncSession, actor: Actor, deed: frames.Deed, *, now: datetime) -> int:
    """Do it; return the seq it was done to. Idempotent.

    Raises:
        NotFound: there is no such message there, or it isn't for this actor to do that to.
        Problem: as `signs.put`.
    """
    require(actor, Act.SEE_OWN)
    if isinstance(deed, frames.React):
        return await signs.put(session, actor, deed.room, deed.message, sign=deed.sign, now=now)
    if isinstance(deed, frames.Read):
        seq = await reading.move(session, actor, deed.room, seq=deed.seq)
        await marks.tell(session, actor, deed.room, seq=seq)
        return seq
    message = await messages.by_id(session, deed.message)
    if message.room_id != deed.room:
        raise NotFound
    await messages.remove(session, actor, deed.message, now=now)
    return message.seq
