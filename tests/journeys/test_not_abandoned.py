"""Promise 19: whoever is paused or removed still has help, the reason, a second look, a copy of
what is theirs and a talk with the team, also signed out, by the code in their note.
"""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from beenthere import erasing
from people import accounts, credentials, erasures
from people.notices import Notice
from people.permissions import Actor
from tests.journeys.sayings import HARD
from tests.journeys.test_what_is_decided import DAY, PASSWORD, Harbour, here

__all__ = ["here"]
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


async def paused(here: Harbour) -> tuple[str, str]:
    """Marigold's account is paused; return the case and the code in her note."""
    case_id = await here.told_about(here.room_id)
    pause = {"kind": "suspend", "minutes": 5 * DAY}
    await here.decide(here.mo, case_id, pause, reason_words="Two of these were meant to hurt.")
    found = re.search(r"Your code for this is ([\w-]+)\.", (await here.marigold.told())[-1])
    assert found is not None
    return case_id, found[1]


async def test_promise_19_signed_out_a_code_shows_the_reason_and_asks_somebody_else(
    here: Harbour,
) -> None:
    case_id, code = await paused(here)
    phone = here.town.browser()
    assert "A decision about me" in await phone.open("/sign-in")
    await phone.open("/decision")
    await phone.press("Show it", {"code": "NONE-SUCH-ATALL"})
    assert "We don't know that code." in phone.text
    read = await phone.press("Show it", {"code": code.lower()})
    assert "Your account is paused until" in read
    assert "It's about this rule: Be kind" in read
    assert "The person who looked writes: “Two of these were meant to hurt.”" in read
    assert "Urgent help" in read
    again = await phone.press("Ask for another look", {"words": "I was quoting her."})
    assert "Somebody who didn't decide it the first time" in again
    assert case_id not in str(await here.mo.queue()), "not who decided it"
    assert "I was quoting her." in str((await here.max.look(case_id))["raised"])
    await here.undo(here.max, case_id, "suspend")
    await here.decide(here.max, case_id, {"kind": "nothing"}, rule=None)
    await phone.open("/decision")
    read = await phone.press("Show it", {"code": code})
    assert "Your account is no longer paused." in read
    assert (await here.marigold.told())[-1].endswith("It has been taken back.")


async def test_promise_19_who_is_paused_talks_with_the_team_and_distress_is_heard_at_once(
    here: Harbour,
) -> None:
    _, code = await paused(here)
    stranger = here.town.api()
    where = "/api/v1/decisions/by-code?organisation=harbour"
    stands = (await stranger.post(where, json={"code": code})).json()
    assert (stands["standing"], stands["is_asked_again"]) == ("suspended", False)
    again = where.replace("by-code", "by-code/look-again")
    assert (await stranger.post(again, json={"code": code})).status_code == 202
    assert (await stranger.post(where, json={"code": code})).json()["is_asked_again"]
    wide = here.marigold.browser
    await wide.open("/team")
    await wide.press("Send to the team", {"words": "Can I say something?"})
    assert "Can I say something?" in wide.text
    (row,) = [row for row in await here.max.queue() if row["subject_kind"] == "letter"]
    case = await here.max.look(row["id"])
    assert case["offered"] == ["reached_out", "nothing"], "nobody is punished for writing to us"
    answer = "Of course. I'm Max, I have until six."
    await here.decide(here.max, row["id"], {"kind": "reached_out"}, rule=None, reason_words=answer)
    assert answer in str(await here.marigold.told())
    assert answer in await wide.open("/team")
    phone = here.town.browser()
    await phone.open("/decision")
    await phone.press("Show it", {"code": code})
    await phone.press("Send to the team", {"letter": HARD[0]})
    assert "We have your letter." in phone.text
    first = (await here.max.queue())[0]
    assert (first["subject_kind"], first["tier"]) == ("letter", "now")
    await here.max.look(first["id"])
    await here.decide(here.max, first["id"], {"kind": "nothing"}, rule=None)
    read = "Somebody from the team has read your letter. They didn't write back this time."
    assert (await here.marigold.told())[-1].startswith(read), "nobody waits for an answer in vain"


async def test_promise_19_a_copy_is_there_by_code_and_password(here: Harbour) -> None:
    _, code = await paused(here)
    town, hashed = here.town, await credentials.hash_password(PASSWORD)
    async with town.database.unit_of_work(town.organisation_id) as session:
        await accounts.set_password_hash(session, UUID(here.marigold.id), hashed)
    phone = town.browser()
    await phone.open("/decision")
    await phone.press("Show it", {"code": code})
    await phone.press("Get a copy of what is kept about me", {"password": "not mine at all"})
    assert "That isn't your password." in phone.text, "the code alone gives nothing away"
    form = {"code": code, "do": "copy", "password": PASSWORD}
    copy = await phone.post("/decision", form)
    assert "You are daft, 1." in copy


async def test_an_appeal_by_somebody_erased_is_read_and_answered_by_their_code(
    here: Harbour,
) -> None:
    case_id, code = await paused(here)
    town = here.town
    who = Actor(UUID(here.marigold.id), town.organisation_id, "Marigold")
    async with town.database.unit_of_work(town.organisation_id) as session:
        await erasures.ask(session, who, keeps=set(), now=town.clock())
    town.clock.pass_time(days=5)
    await town.sweep()
    async with town.database.unit_of_work(town.organisation_id) as session:
        await erasing.erase_due(session, now=town.clock() + timedelta(days=30))
    phone = town.browser()
    await phone.open("/decision")
    read = await phone.press("Show it", {"code": code})
    assert "Your account is no longer paused." in read
    assert "Send to the team" not in read, "there is nobody to answer any more"
    await phone.press("Ask for another look", {"words": "It was never me."})
    assert "is asked to look" in phone.text
    assert case_id not in str(await here.mo.queue())
    assert "It was never me." in str((await here.max.look(case_id))["raised"])
    await here.decide(here.max, case_id, {"kind": "nothing"}, rule=None)
    await phone.open("/decision")
    assert "is asked to look" not in await phone.press("Show it", {"code": code})
    async with town.database.reading(town.organisation_id) as session:
        kept = await session.scalars(select(Notice.id).where(Notice.account_id == who.account_id))
        assert list(kept) == [], "nothing more is kept for somebody who is gone"
