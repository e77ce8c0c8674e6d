"""People and groups for me, each with the reason."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import offers as offering
from api.dependencies import Here, Now, Someone
from core.sentences import say, together
from groups import cards
from matching import answers, presences
from matching.answers import Answer
from matching.leanings import Leaning
from matching.offers import PersonCard
from web import forms, views
from web.rendering import page, see

router = APIRouter(include_in_schema=False)


@router.get("/offers")
async def offers(request: Request, actor: Someone, here: Here, now: Now) -> Response:
    """Show people and groups, each with the reason."""
    found = await offering.for_actor(here, actor, now=now)
    async with here.reading(actor.organisation_id) as session:
        groups = await cards.by_ids(session, [card.id for card in found.groups])
    return await page(
        request,
        "pages/offers.html",
        say("People and groups"),
        people=[_person(card) for card in found.people],
        groups=[
            views.offered_group(card, groups[card.id]) for card in found.groups if card.id in groups
        ],
        small_line=found.small_line,
        hint_line=found.hint_line,
        can_refresh=found.can_refresh,
        leaning=found.leaning,
        is_resting=found.is_resting,
        has_put_aside=found.has_put_aside,
    )


def _person(card: PersonCard) -> dict[str, Any]:
    return {
        "id": card.id,
        "name": card.name,
        "words": card.about or card.words_for_self,
        "why": together(*(reason.sentence for reason in card.reasons)),
        "facts": [],
        "change_href": "/about-me",
    }


@router.post("/offers/{candidate_id}/not-now")
async def not_now(candidate_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Set somebody aside for a while; they are not told."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await answers.set_aside(session, actor, candidate_id, now=now)
    return see("/offers")


@router.post("/offers/others")
async def show_others(request: Request, actor: Someone, here: Here, now: Now) -> Response:
    """Show others, or some first, or those put aside again; or be there for others again."""
    form = await forms.typed(request)
    do, leaning = form.get("do"), form.get("leaning")
    found = await offering.for_actor(here, actor, now=now)
    async with here.unit_of_work(actor.organisation_id) as session:
        if do == "again":
            await answers.take_back(session, actor)
        elif do == "here":
            await presences.come_back(session, actor, now=now)
        elif do or leaning:
            wanted = Leaning(leaning) if leaning in set(Leaning) else None
            await presences.lean(session, actor, wanted, now=now)
        for card in found.people if found.can_refresh and not do else ():
            await answers.set_aside(session, actor, card.id, answer=Answer.SHOW_OTHERS, now=now)
    return see("/offers")
