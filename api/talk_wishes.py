"""How one wishes talks to be: words one would rather not meet, and what others see of one."""

from typing import Annotated

from fastapi import APIRouter, Response, status
from pydantic import Field

from api.dependencies import Here, Someone
from api.shapes import In, Out
from chat import muted_words, wishes
from chat.wishes import Wishes
from core import limits
from core.database import Database
from core.words import Name
from people.permissions import Actor

router = APIRouter(tags=["talks"])


class TalkWishesIn(In):
    """All of them; what is left out goes back to how it is for everybody."""

    muted: Annotated[list[Name], Field(default_factory=list, max_length=limits.PAGE_ITEMS)]
    shows_reading: bool = False
    shows_typing: bool = False


class TalkWishesOut(Out):
    """As they stand."""

    muted: list[str]
    shows_reading: bool
    shows_typing: bool


async def save(database: Database, actor: Actor, wish: TalkWishesIn) -> None:
    """Keep them; pages say the same in a form."""
    muted = muted_words.read("\n".join(wish.muted))
    kept = Wishes(muted, shows_reading=wish.shows_reading, shows_typing=wish.shows_typing)
    async with database.unit_of_work(actor.organisation_id) as session:
        await wishes.save(session, actor, kept)


@router.get("/me/talk-wishes")
async def get_wishes(actor: Someone, here: Here) -> TalkWishesOut:
    """Return one's own wishes; nobody else is told them."""
    async with here.reading(actor.organisation_id) as session:
        mine = await wishes.read(session, actor)
    return TalkWishesOut(
        muted=list(mine.muted), shows_reading=mine.shows_reading, shows_typing=mine.shows_typing
    )


@router.put("/me/talk-wishes", status_code=status.HTTP_204_NO_CONTENT)
async def put_wishes(body: TalkWishesIn, actor: Someone, here: Here) -> Response:
    """Say how talks are to be; it counts at once."""
    await save(here, actor, body)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
