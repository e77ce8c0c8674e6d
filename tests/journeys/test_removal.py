"""Removal that holds: two people, never a machine, and never a closed door without a person."""

from typing import Any

import pytest

from people.permissions import Role
from tests.journeys.test_what_is_decided import PASSWORD, Harbour, here
from tests.journeys.town import Resident, Town

__all__ = ["here"]
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
CONSENTS = ["store_and_share_profile", "checking_for_harm"]


async def join(town: Town, name: str, code: str, email: str | None = None) -> Resident:
    """Come in by an invitation, as anybody does."""
    body: dict[str, Any] = {
        "name": name, "password": PASSWORD, "is_adult": True, "consents": CONSENTS,
        "invitation": code, "email": email,
    }  # fmt: skip
    api = town.api()
    joined = await api.post("/api/v1/accounts", json=body)
    assert joined.status_code == 201, joined.text
    api.headers["authorization"] = f"Bearer {joined.json()['token']}"
    return Resident(name, joined.json()["account_id"], joined.json()["token"], api, town.browser())


async def two_weeks_pass(town: Town, *people: Resident) -> None:
    """Let time pass in which these come by, so that they stay signed in."""
    for _ in range(3):
        town.clock.pass_time(days=5)
        for person in people:
            await person.get("/me")
    await town.sweep()


async def asked_to_leave(here: Harbour, person: Resident) -> str:
    """Mo asks that somebody doesn't come back; return the case."""
    here.marigold = person
    room_id = await here.town.talk(here.wren, person)
    case_id = await here.told_about(room_id)
    await here.decide(here.mo, case_id, {"kind": "remove"})
    return case_id


async def test_promise_18_removing_somebody_takes_two_and_marks_lead_a_person_to_a_look(
    here: Harbour,
) -> None:
    town, keeper = here.town, here.keeper
    code = (await keeper.post("/invitations", {"uses": 3}))["code"]
    rook = await join(town, "Rook", code, "rook@example.org")
    case_id = await asked_to_leave(here, rook)
    assert "somebody else reads everything first" in (await rook.told())[-1]
    assert (await rook.get("/me"))["standing"] == "suspended"
    # Whoever asked is not the second person: for them the case isn't there.
    assert case_id not in str(await here.mo.queue())
    await here.mo.post(f"/cases/{case_id}/look", {"reason": "Mine."}, status=404)
    read = await here.max.look(case_id)
    assert read["offered"] == ["nothing", "confirm"]
    await here.decide(here.max, case_id, {"kind": "confirm"})
    assert "Two of us have read everything" in (await rook.told())[-1]
    await two_weeks_pass(town, rook, keeper, here.wren, here.mo, here.max, here.meg)
    assert (await rook.get("/me"))["standing"] == "suspended", "it doesn't end by itself"

    # Asked again, it is neither of the two who decides.
    await rook.post(f"/decisions/{case_id}/look-again", {"words": "Please."}, status=202)
    assert [case_id in str(await one.queue()) for one in (here.mo, here.max, here.meg)] == [
        False, False, True,
    ]  # fmt: skip

    for name, address in (("Jay", "rook@example.org"), ("Finch", None)):
        again = (await keeper.post("/invitations", {"uses": 1}))["code"]
        await join(town, name, again if address else code, address)
    raised = {
        row["id"]: await here.meg.look(row["id"])
        for row in await here.meg.queue()
        if row["subject_kind"] == "newcomer"
    }
    assert {one["author_name"] for one in raised.values()} == {"Jay", "Finch"}
    assert {one["raised"][0]["reason"] for one in raised.values()} == {
        "same_address", "same_invitation",
    }  # fmt: skip
    page = await here.meg.browser.open(f"/staff/cases/{next(iter(raised))}")
    assert "somebody who was asked to leave" in page
    assert "Rook" not in page, "it says that, not whom"

    # Taken back, nothing of it is left.
    await here.undo(here.meg, case_id, "remove")
    assert "You can stay." in (await rook.told())[-1]
    another = (await keeper.post("/invitations", {"uses": 1}))["code"]
    waiting = len(await here.meg.queue())
    await join(town, "Crow", another, "rook@example.org")
    assert len(await here.meg.queue()) == waiting


async def test_a_second_person_who_decides_otherwise_has_said_no(here: Harbour) -> None:
    case_id = await here.told_about(here.room_id)
    await here.decide(here.mo, case_id, {"kind": "remove"})
    await here.decide(here.max, case_id, {"kind": "nothing"}, rule=None)
    assert "You can stay." in (await here.marigold.told())[-1]
    await here.marigold.say(here.room_id, "Hello again.", "m1")


async def test_a_removal_nobody_confirmed_ends_by_itself(here: Harbour) -> None:
    case_id = await here.told_about(here.room_id)
    await here.decide(here.mo, case_id, {"kind": "remove"})
    await two_weeks_pass(here.town, here.marigold, here.max)
    assert "You can stay." in (await here.marigold.told())[-1]
    assert (await here.max.look(case_id))["offered"] == ["nothing"], "there is nothing to confirm"


async def test_promise_18_the_unused_invitations_of_somebody_removed_die(here: Harbour) -> None:
    other = await here.town.resident("Other", Role.ADMINISTRATOR)
    code = (await other.post("/invitations", {"uses": 3}))["code"]
    await other.tell()
    case_id = await asked_to_leave(here, other)
    await here.decide(here.max, case_id, {"kind": "confirm"})
    body = {
        "name": "Jay", "password": PASSWORD, "is_adult": True, "consents": CONSENTS,
        "invitation": code,
    }  # fmt: skip
    refused = await here.town.api().post("/api/v1/accounts", json=body)
    assert refused.json()["code"] == "invitation"
