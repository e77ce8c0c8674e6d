"""As others see me: one's own card, before anybody reads it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import profiles as own
from api.dependencies import Here, Now, Someone
from core.sentences import say
from matching.documents import Person
from web.rendering import page

router = APIRouter(include_in_schema=False)


@router.get("/about-me/as-others-see-me")
async def as_others_see_me(request: Request, actor: Someone, here: Here, now: Now) -> Response:
    """Show one's own card as others see it."""
    mine = await own.read_own(here, actor, now=now)
    shown = mine.wishes.shown_of(mine.document)
    card = {
        "id": actor.account_id,
        "name": actor.name,
        "words": shown.about or shown.words_for_self,
        "why": say("Here they read what you share, for example: “You've both lived with …”."),
    }
    return await page(
        request,
        "pages/as_others_see_me.html",
        say("As others see me"),
        person=card,
        shared=_shareable(mine.document),
        is_unlisted=mine.wishes.is_unlisted,
        is_kept_back=mine.is_kept_back,
    )


def _shareable(document: Person) -> list[dict[str, Any]]:
    """Return what a reason may name, to somebody who said the same: never the weights of it."""
    lived = [one.topic for one in document.experiences if one.topic and one.is_welcome]
    named = (
        (say("You've both lived with"), lived),
        (say("Something that helped one of you"), [*document.used, *document.wanted]),
        (say("You both enjoy"), document.interests),
    )
    return [{"label": label, "told": told} for label, told in named if told]
