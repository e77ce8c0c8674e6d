"""A copy of what is kept about me (promise 28): mine to take away, in one file."""

import json
from datetime import datetime
from typing import Final

import anyio.to_thread
from fastapi import APIRouter, Response

from api import ways_in
from api.dependencies import Address, Here, Now, Someone
from api.ways_in import Proof
from core.database import Database
from core.sentences import Sentence, say
from people import privacy
from people.permissions import Actor

router = APIRouter(tags=["copies"])

# By table. A part without a title of its own fails a test.
TITLES: Final[dict[str, Sentence]] = {
    "account": say("Your account"),
    "appointment": say("Roles somebody asked for, for you"),
    "block": say("People you have shut out"),
    "connection": say("Hellos: your words"),
    "consent": say("What you agreed to"),
    "copy_wish": say("Copies of a talk: what you asked, and what you answered"),
    "decision_code": say("Codes we gave you for decisions"),
    "erasure": say("Your wish to be erased"),
    "effect": say("What was decided about what you wrote or did"),
    "flag": say("What you told us"),
    "group_member": say("Groups you are in, or were"),
    "help_card": say("When help was shown beside your words"),
    "join_request": say("Groups you asked to join"),
    "letter": say("What you and the team wrote to each other"),
    "membership": say("Talks you are in, or were"),
    "notice": say("What we told you"),
    "offer_answer": say("What you said to people and groups we showed you"),
    "poll": say("What you asked your groups"),
    "poll_vote": say("What you chose when a group decided"),
    "pending_message": say("Messages that waited"),
    "presence": say("How you wish to be found"),
    "profile": say("About me"),
    "recovery_code": say("Ways back in that you had"),
    "removal_trace": say("Marks we keep for twelve months"),
    "role_grant": say("Roles you hold, or held"),
    "talk_wish": say("How talks are for you"),
    "room_event": say("What you said in talks"),
    "sign_in": say("Where you were signed in"),
}
LEFT_OUT: Final = (
    say("What other people wrote. Their words are theirs."),
    say("What somebody told us in confidence, and what our people noted about it."),
    say("Passwords and codes. We keep them in a form that nobody can read back."),
)
FILE: Final = {
    "content-disposition": 'attachment;filename="what-is-kept-about-me.json"',
    "cache-control": "no-store",
}


async def copy(
    database: Database, actor: Actor, wish: Proof, *, address: str, now: datetime
) -> Response:
    """Answer with the copy, once the password was typed: a borrowed phone takes nothing away."""
    await ways_in.prove(database, actor, wish.current_password, address=address, now=now)
    async with database.unit_of_work(actor.organisation_id) as session:
        await privacy.tell_copied(session, actor, now=now)
    # Years of talk may be in it: nobody who writes waits for that.
    async with database.reading(actor.organisation_id) as session:
        found = await privacy.read_own(session, actor, now=now)
    body = await anyio.to_thread.run_sync(_written, found, now)
    return Response(body, media_type="application/json", headers=FILE)


def _written(found: list[privacy.Read], now: datetime) -> bytes:
    parts = [
        {"title": TITLES[name], "name": name, "rows": rows}
        for name, rows in privacy.opened(found).items()
    ]
    copied = {"made_at": now.isoformat(), "not_in_here": LEFT_OUT, "parts": parts}
    return json.dumps(copied, ensure_ascii=False, indent=1).encode("utf-8", "replace")


@router.post("/me/copy", response_class=Response)
async def post_copy(body: Proof, actor: Someone, here: Here, origin: Address, now: Now) -> Response:
    """Return everything that is kept about oneself, as a JSON file."""
    return await copy(here, actor, body, address=origin, now=now)
