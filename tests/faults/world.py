"""One of everything, so that each endpoint has something real to be asked about."""

import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import text

from beenthere.schema import all_tables
from core.database import Database
from people.permissions import Role
from tests.journeys.town import Resident, Town

EVERY_ROLE = (Role.ADMINISTRATOR, Role.MODERATOR, Role.FACILITATOR)
# What changes by being looked at: tries that are counted, and when a sign-in was last used.
UNCOUNTED = {"throttle", "sign_in"}


@dataclass
class World:
    """A town in which Anna may do everything, and the ids of one thing of each kind."""

    town: Town
    anna: Resident
    wren: Resident
    ids: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """One endpoint of the JSON API."""

    method: str
    path: str
    body: str | None
    query: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def at(self, ids: dict[str, str]) -> str:
        """The address with these ids in it."""
        return self.path.format(**ids)


def operations(app: FastAPI) -> list[Operation]:
    """Every endpoint of the JSON API, as its own description has them."""
    return [
        Operation(method.upper(), path, _body(told), _query(told))
        for path, methods in app.openapi()["paths"].items()
        for method, told in methods.items()
    ]


def _body(told: dict[str, Any]) -> str | None:
    content = told.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    return schema["$ref"].rpartition("/")[2] if schema else None


def _query(told: dict[str, Any]) -> tuple[str, ...]:
    return tuple(one["name"] for one in told.get("parameters", ()) if one["in"] == "query")


async def world(town: Town) -> World:
    """Fill a town with one of everything."""
    anna = await town.resident("Anna", *EVERY_ROLE)
    keeper = await town.resident("Keeper", Role.ADMINISTRATOR)
    wren, marigold, bo, cy = await town.residents("Wren", "Marigold", "Bo", "Cy")
    await marigold.tell(about="I dig, mostly.")
    here = World(town, anna, wren)
    here.ids |= {"account_id": wren.id, "candidate_id": marigold.id}
    here.ids |= {"purpose": "email_notices", "role": "peer_supporter"}
    room_id = await town.talk(wren, anna)
    sent = await anna.say(room_id, "Hello, Wren.", "c1")
    asked = await anna.say(room_id, "My number is 07700 900123.", "c2", status=202)
    here.ids |= {"room_id": room_id, "message_id": sent["id"], "pending_id": asked["id"]}
    hello = await marigold.post("/hellos", {"to": anna.id, "words": "Hello, Anna."})
    here.ids["hello_id"] = hello["id"]
    await keeper.put(f"/accounts/{bo.id}/roles/moderator")
    asked_for = (await keeper.get("/appointments"))["items"]
    here.ids["appointment_id"] = asked_for[0]["id"]
    await _groups(here, keeper, marigold)
    await _desk(here, bo, cy)
    await anna.post("/invitations", {"uses": 3})
    invitation = (await anna.get("/invitations"))["items"][0]["id"]
    here.ids["invitation_id"] = invitation
    here.ids["notice_id"] = (await anna.get("/me/notices"))["items"][0]["id"]
    here.ids["sign_in_id"] = (await wren.get("/me/sign-ins"))["items"][0]["id"]
    return here


async def _groups(here: World, keeper: Resident, leader: Resident) -> None:
    group_id = await here.town.group(keeper, leader, door="ask")
    await here.wren.post(f"/groups/{group_id}/requests", {"note": "May I?"})
    waiting = (await leader.get(f"/groups/{group_id}/requests"))["items"]
    here.ids |= {"group_id": group_id, "request_id": waiting[0]["id"]}
    poll = {"client_id": "p1", "words": "Tea or cake?", "options": ["Tea", "Cake"]}
    await leader.post(f"/groups/{group_id}/polls", poll)
    asked = (await leader.get(f"/groups/{group_id}/polls"))["items"]
    here.ids["poll_id"] = asked[0]["id"]


async def _desk(here: World, bo: Resident, cy: Resident) -> None:
    room_id = await here.town.talk(bo, cy)
    for number in range(2):
        sent = await bo.say(room_id, f"Nobody asked you, {number}.", f"b{number}")
        await cy.post(f"/messages/{sent['id']}/concerns", {"reason": "unkind"})
    [line] = (await here.anna.get("/cases"))["items"]
    first, second = line["id"], *line["more_ids"]
    case = await here.anna.post(f"/cases/{first}/look", {"reason": "On shift."})
    hide = {"version": case["version"], "steps": [{"kind": "hide"}], "rule": "kind"}
    await here.anna.post(f"/cases/{first}/decision", hide)
    done = await here.anna.post(f"/cases/{first}/look", {"reason": "Checking."})
    here.ids |= {"case_id": second, "effect_id": done["done"][0]["id"]}
    # Nothing of the kind is due yet: noting that it is done finds nothing, twice.
    here.ids["task_id"] = second


# A body that each endpoint takes.
BODIES: dict[str, dict[str, Any]] = {
    "Newcomer": {
        "name": "Newcomer",
        "password": "harbour lantern biscuit 7",
        "is_adult": True,
        "consents": ["store_and_share_profile", "checking_for_harm"],
    },
    "Credentials": {"name": "Anna", "password": "harbour lantern biscuit 7"},
    "Recovery": {"name": "Anna", "code": "K7QX-M2PA", "password": "harbour lantern biscuit 7"},
    "ConsentChange": {"is_given": True},
    "ProfileIn": {"version": 0, "document": {}},
    "WishesIn": {"is_paused": False, "is_unlisted": False, "wants_alike": False},
    "Said": {"words": "I hear voices."},
    "AnswerIn": {"answer": "not_now"},
    "HelloIn": {"to": "{candidate_id}", "words": "Hello."},
    "Say": {"client_id": "c9", "text": "Hello."},
    "Otherwise": {"client_id": "c10", "text": "Hello, you."},
    "SignIn": {"sign": None},
    "PlaceIn": {"seq": 1},
    "TalkWishesIn": {"muted": ["rope"], "shows_reading": True, "shows_typing": False},
    "YesIn": {"is_yes": True},
    "DraftIn": {"text": "I began."},
    "BreakIn": {"until": None, "is_told": True},
    "StartIn": {"name": "Ours", "purpose": "Tea.", "meets": "Tuesdays at seven, here."},
    "GroupIn": {"card": {"name": "A group"}, "facilitator_id": "{account_id}"},
    "CardIn": {"version": 1, "card": {"name": "A group"}},
    "PollIn": {"client_id": "p9", "words": "Tea or cake?", "options": ["Tea", "Cake"]},
    "ChoiceIn": {"choice": 0},
    "LineIn": {"words": "Cake on Friday."},
    "AgreementIn": {"version": 0, "words": "We listen."},
    "AgreedIn": {"version": 1},
    "EndingIn": {"ends_at": "2099-01-01T12:00:00+00:00"},
    "AskIn": {"note": "May I?"},
    "ReasonIn": {"reason": "Because."},
    "MuteIn": {"reason": "Because.", "minutes": 60},
    "ConcernIn": {"reason": "unkind"},
    "DelayIn": {"ground": "danger", "days": 7},
    "LetterIn": {"words": "May I ask you something?"},
    "CodeIn": {"code": "K7QX-M2PA"},
    "AgainIn": {"code": "K7QX-M2PA", "words": "It is wrong."},
    "AboutIn": {"reason": "unkind", "kind": "hello", "id": "{hello_id}"},
    "InvitationConcernIn": {"reason": "pressing", "code": "K7QX-M2PA"},
    "LookAgainIn": {"words": "It is wrong."},
    "LookIn": {"reason": "On shift."},
    "DecisionIn": {"version": 1, "steps": [{"kind": "nothing"}]},
    "NoteIn": {"words": "A note."},
    "InvitationWish": {"uses": 1},
    "Settling": {"is_confirmed": True},
    "Proof": {"current_password": "harbour lantern biscuit 7"},
    "Wish": {"current_password": "harbour lantern biscuit 7", "keeps": []},
    "NewEmail": {"current_password": "harbour lantern biscuit 7", "email": "anna@example.org"},
    "NewPassword": {
        "current_password": "harbour lantern biscuit 7",
        "new_password": "harbour lantern biscuit 8",
    },
}


def body_for(operation: Operation, ids: dict[str, str]) -> dict[str, Any] | None:
    """Return a body this endpoint takes, about things with these ids."""
    if operation.body is None:
        return None
    return {
        name: value.format(**ids) if isinstance(value, str) else value
        for name, value in BODIES[operation.body].items()
    }


async def everything_stored(database: Database) -> str:
    """Return a fingerprint of every row there is, but for what being asked changes."""
    digest = hashlib.sha256()
    async with database.reading(all_organisations=True) as session:
        for name in sorted(all_tables().tables.keys() - UNCOUNTED):
            rows = await session.execute(text(f'SELECT * FROM "{name}"'))
            digest.update(name.encode())
            for row in sorted(map(repr, rows.all())):
                digest.update(row.encode())
    return digest.hexdigest()


def unknown(ids: dict[str, str]) -> dict[str, str]:
    """Return ids of nothing at all."""
    nobody = str(UUID(int=7))
    return {name: nobody if name.endswith("_id") else value for name, value in ids.items()}
