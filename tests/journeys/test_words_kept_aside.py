"""Words that are changed or taken back stay a while for whoever is told of them, and then go."""

from datetime import timedelta
from uuid import UUID

import pytest
from people_factories import sign_up
from sqlalchemy import func, select

from beenthere import retention
from chat import messages
from chat.events import RoomEvent
from chat.kinds import EventKind
from people.permissions import Role
from tests.journeys.town import Town

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
CRUEL = "Honestly, nobody asked you to come."


async def _kept(town: Town) -> int:
    """Count the words that are kept aside."""
    aside = RoomEvent.body_sealed.is_not(None) & RoomEvent.kept_until.is_not(None)
    async with town.database.reading(town.organisation_id) as session:
        query = select(func.count()).select_from(RoomEvent).where(aside)
        return await session.scalar(query) or 0


async def _due(town: Town) -> int:
    async with town.database.reading(town.organisation_id) as session:
        found = await retention.look(session, now=town.clock())
    return next(one.rows for one in found if one.name == "room_event_words")


async def test_somebody_hurt_by_words_that_were_taken_back_can_still_tell_us(town: Town) -> None:
    bo, cy = await town.residents("Bo", "Cy")
    room = await town.talk(bo, cy)
    other = await bo.say(room, "Something else of mine.", "b0")
    sent = await bo.say(room, CRUEL, "b1")
    assert "For 14 days the team can still read it" in await bo.browser.open(f"/talks/{room}")
    for one in (other, sent):
        await bo.delete(f"/messages/{one['id']}")
    town.clock.pass_time(days=13)
    for who in (bo, cy):
        assert await who.words(room) == [None, None]
        assert CRUEL not in await who.browser.open(f"/talks/{room}")
    assert "Tell us about it" not in await bo.browser.open(f"/talks/{room}")
    page = await cy.browser.open(f"/talks/{room}")
    assert page.count("Tell us about it") == 2
    page = await cy.browser.open(f"/tell-us?message={sent['id']}")
    assert "a message that was taken back" in page
    assert CRUEL not in page
    assert "Thank you for telling us" in await cy.browser.press("Tell us", {"what": "unkind"})
    await town.sweep()
    town.clock.pass_time(days=5)
    await town.sweep()
    signed_in = await sign_up(
        town.database, town.organisation_id, "Mo", now=town.clock(), roles_held=(Role.MODERATOR,)
    )
    mo = town.known("Mo", signed_in)
    # Whoever looks reads those words, and no others that were taken back beside them.
    (line,) = await mo.queue()
    case = await mo.look(line["id"])
    assert case["raised"][0]["evidence"] == CRUEL
    assert [[was["text"] for was in one["former"]] for one in case["window"]] == [[], [CRUEL]]
    assert "Until it was taken back" in await mo.browser.open(f"/staff/cases/{line['id']}")
    assert await _kept(town) == 1
    nothing = {"version": case["version"], "steps": [{"kind": "nothing"}]}
    await mo.post(f"/cases/{line['id']}/decision", nothing)
    assert await _due(town) == 1
    town.clock.pass_time(days=1)
    await town.sweep()
    assert (await _due(town), await _kept(town)) == (0, 0)
    # Long after, one can still tell of it, in one's own words.
    told = {"reason": "unkind", "note": "They wrote that nobody asked me to come."}
    await cy.post(f"/messages/{other['id']}/concerns", told, status=202)


async def test_what_a_message_said_before_it_was_changed_goes_after_14_days(town: Town) -> None:
    bo, cy = await town.residents("Bo", "Cy")
    room = await town.talk(bo, cy)
    sent = await bo.say(room, CRUEL, "b1")
    path = f"/rooms/{room}/messages/{sent['id']}"
    await bo.put(path, {"client_id": "b2", "text": "I find this hard."})
    town.clock.pass_time(days=13)
    await town.sweep()
    assert await _kept(town) == 1
    # Taken back, both are kept from then on.
    await bo.delete(f"/messages/{sent['id']}")
    assert await _kept(town) == 2
    town.clock.pass_time(days=13)
    await town.sweep()
    assert await _kept(town) == 2
    town.clock.pass_time(days=1)
    await town.sweep()
    assert await _kept(town) == 0


async def test_who_is_erased_leaves_nothing_aside_also_where_their_words_may_stay(
    town: Town,
) -> None:
    bo, cy = await town.residents("Bo", "Cy")
    room = await town.talk(bo, cy)
    stays = await bo.say(room, "I was there.", "b0")
    gone = await bo.say(room, CRUEL, "b1")
    path = f"/rooms/{room}/messages/{stays['id']}"
    await bo.put(path, {"client_id": "b2", "text": "I was there, too."})
    await bo.delete(f"/messages/{gone['id']}")
    async with town.database.unit_of_work(town.organisation_id) as session:
        await messages.erase(session, account_id=UUID(bo.id), now=town.clock(), room_ids=set())
    assert await _kept(town) == 0
    assert await cy.words(room) == ["I was there, too.", None]
    async with town.database.reading(town.organisation_id) as session:
        removed = RoomEvent.kind == EventKind.REMOVED, RoomEvent.subject_id.is_(None)
        assert await session.scalar(select(RoomEvent.seq).where(*removed)) is None
    town.clock.now += timedelta(days=15)
    await town.sweep()
