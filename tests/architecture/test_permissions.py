"""Every endpoint × every role × both organisations: who may, and who changes nothing.

The table below names each route of the real app. A route that is missing from it, or a line for
a route that is gone, fails. Each cell is one real request with ids of the first organisation.
"""

import asyncio
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx2
import pytest
from app_factories import ORIGIN, app_on, running
from conftest import MORNING, Hand
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from hand_sockets import opened
from two_houses import PRIVATE, House, build

from core.database import Database

pytestmark = pytest.mark.anyio

STRANGER: Final = "stranger"
SIGNED_IN: Final = frozenset(
    {
        "member",  # in the talk and in the group; the ids are of things of theirs
        "bystander",  # in neither; said hello to the member, and asked into the group
        "suspended",  # in the talk and in the group, and suspended
        "facilitator",  # of the group
        "other_facilitator",  # of another group
        "moderator",
        "administrator",
    }
)
EVERYBODY: Final = SIGNED_IN | {STRANGER}
ACTIVE: Final = SIGNED_IN - {"suspended"}
TALKING: Final = frozenset({"member", "suspended"})
IN_GROUP: Final = TALKING | {"facilitator"}
MEMBER: Final = frozenset({"member"})
BYSTANDER: Final = frozenset({"bystander"})
FACILITATOR: Final = frozenset({"facilitator"})
MODERATOR: Final = frozenset({"moderator"})
ADMINISTRATOR: Final = frozenset({"administrator"})
NOBODY: Final[frozenset[str]] = frozenset()
# Promise 27, and more: no route at all gives these a word that was said in private.
NEVER_THERE: Final = frozenset({STRANGER, "administrator", "other_facilitator"})
OUTSIDERS: Final = ("member", "suspended", "facilitator", "moderator", "administrator")

UNCHANGED_BY: Final = {"GET", "HEAD"}
NO: Final = {401, 403, 404}


@dataclass(frozen=True)
class Line:
    """Who may, and one request that would do it. `{name}` stands for an id of the house."""

    may: frozenset[str]
    ids: Mapping[str, str] = field(default_factory=dict)
    # Signed in, these get a plain yes and nothing happens: which ids exist is not told.
    silent: frozenset[str] = NOBODY
    # These are told on the page itself (422), with their words still in the box.
    told_on_page: frozenset[str] = NOBODY
    json: Any = None
    form: Mapping[str, str] | None = None
    query: str = ""


def line(may: frozenset[str], **more: Any) -> Line:
    """A line whose path parameters are named otherwise than the house's things."""
    known = set(Line.__dataclass_fields__)
    ids = {name: more.pop(name) for name in list(more) if name not in known}
    return Line(may, ids=ids, **more)


# A name no text can have: refused before a password is hashed, so that the cell is quick.
UNUSABLE: Final = {"name": "\0"}
HERE: Final = "?organisation={slug}"
MONTH_AHEAD: Final = (MORNING + timedelta(days=30)).isoformat()
STEPS: Final = {"version": 1, "steps": [{"kind": "nothing"}]}

TABLE: Final[Mapping[tuple[str, str], Line]] = {
    # Anyone
    ("GET", "/healthz"): line(EVERYBODY),
    ("GET", "/readyz"): line(EVERYBODY),
    ("GET", "/metrics"): line(NOBODY),
    ("GET", "/api/v1/openapi.json"): line(EVERYBODY),
    ("GET", "/worker.js"): line(EVERYBODY),
    ("GET", "/api/v1/help"): line(EVERYBODY, query=HERE),
    ("POST", "/api/v1/accounts"): line(EVERYBODY, query=HERE, json={}),
    ("POST", "/api/v1/sign-ins"): line(EVERYBODY, query=HERE, json={}),
    ("POST", "/api/v1/recoveries"): line(EVERYBODY, query=HERE, json={}),
    ("GET", "/help"): line(EVERYBODY),
    ("GET", "/what-happens"): line(EVERYBODY),
    ("GET", "/o/{organisation}"): line(EVERYBODY),
    ("GET", "/o/{organisation}/what-helped"): line(EVERYBODY),
    ("GET", "/o/{organisation}/join"): line(EVERYBODY),
    ("POST", "/o/{organisation}/join"): line(EVERYBODY, form=UNUSABLE),
    ("GET", "/o/{organisation}/sign-in"): line(EVERYBODY),
    ("POST", "/o/{organisation}/sign-in"): line(EVERYBODY, form=UNUSABLE),
    ("GET", "/o/{organisation}/recover"): line(EVERYBODY),
    ("POST", "/o/{organisation}/recover"): line(EVERYBODY, form=UNUSABLE),
    ("GET", "/sign-in"): line(EVERYBODY),
    ("GET", "/recover"): line(EVERYBODY),
    ("POST", "/sign-out"): line(EVERYBODY),
    ("GET", "/first-run"): line(EVERYBODY),
    ("POST", "/first-run"): line(EVERYBODY, form={"code": "not this one"}),
    # With two organisations one stands before neither of them at the short addresses.
    ("GET", "/"): line(SIGNED_IN),
    ("GET", "/what-helped"): line(SIGNED_IN),
    ("GET", "/join"): line(NOBODY),
    ("POST", "/join"): line(NOBODY, form=UNUSABLE),
    ("POST", "/sign-in"): line(NOBODY, form=UNUSABLE),
    ("POST", "/recover"): line(NOBODY, form=UNUSABLE),
    # Oneself
    ("GET", "/api/v1/me"): line(SIGNED_IN),
    ("PUT", "/api/v1/me/consents/{purpose}"): line(
        SIGNED_IN, purpose="email_notices", json={"is_given": True}
    ),
    ("GET", "/api/v1/me/notices"): line(SIGNED_IN),
    ("DELETE", "/api/v1/me/notices/{notice_id}"): line(MEMBER, silent=SIGNED_IN),
    ("GET", "/api/v1/me/blocks"): line(SIGNED_IN),
    ("PUT", "/api/v1/me/blocks/{account_id}"): line(SIGNED_IN, account_id="target"),
    ("DELETE", "/api/v1/me/blocks/{account_id}"): line(
        SIGNED_IN, account_id="target", silent=SIGNED_IN
    ),
    ("GET", "/api/v1/me/sign-ins"): line(SIGNED_IN),
    ("DELETE", "/api/v1/me/sign-ins/{sign_in_id}"): line(MEMBER, silent=SIGNED_IN),
    ("GET", "/api/v1/me/looks"): line(SIGNED_IN),
    ("GET", "/api/v1/me/groups"): line(SIGNED_IN),
    ("GET", "/api/v1/profile"): line(SIGNED_IN),
    ("PUT", "/api/v1/profile"): line(SIGNED_IN, json={"version": 1, "document": {"about": "Me"}}),
    ("GET", "/api/v1/profile/wishes"): line(SIGNED_IN),
    ("PUT", "/api/v1/profile/wishes"): line(
        SIGNED_IN, json={"is_paused": True, "is_unlisted": False, "wants_alike": False}
    ),
    ("GET", "/api/v1/topics"): line(SIGNED_IN),
    ("POST", "/api/v1/topics/proposals"): line(SIGNED_IN, json={"words": "hearing voices"}),
    ("GET", "/api/v1/me/talk-wishes"): line(SIGNED_IN),
    ("PUT", "/api/v1/me/talk-wishes"): line(SIGNED_IN, json={"muted": ["rope"]}),
    ("GET", "/talk-wishes"): line(SIGNED_IN),
    ("POST", "/talk-wishes"): line(SIGNED_IN, form={"muted": "rope"}),
    ("GET", "/my-data"): line(SIGNED_IN),
    ("GET", "/my-data/{what}"): line(SIGNED_IN, what="password"),
    ("POST", "/my-data/{what}"): line(SIGNED_IN, what="codes", form={}),
    ("PUT", "/api/v1/me/password"): line(SIGNED_IN, json={}),
    ("PUT", "/api/v1/me/email"): line(SIGNED_IN, json={}),
    ("POST", "/api/v1/me/recovery-codes"): line(SIGNED_IN, json={}),
    ("POST", "/api/v1/me/copy"): line(SIGNED_IN, json={}),
    ("GET", "/api/v1/me/erasure"): line(SIGNED_IN),
    ("POST", "/api/v1/me/erasure"): line(SIGNED_IN, json={}),
    ("DELETE", "/api/v1/me/erasure"): line(SIGNED_IN),
    ("GET", "/my-data/erase"): line(SIGNED_IN),
    ("POST", "/my-data/erase"): line(SIGNED_IN, form={}),
    ("POST", "/my-data/erase/undo"): line(SIGNED_IN, form={}),
    ("POST", "/my-data/consents/{purpose}"): line(SIGNED_IN, purpose="email_notices", form={}),
    ("POST", "/my-data/devices/{sign_in_id}/end"): line(MEMBER, silent=SIGNED_IN),
    ("POST", "/my-data/shut-out/{account_id}/undo"): line(
        SIGNED_IN, account_id="target", silent=SIGNED_IN
    ),
    ("GET", "/home"): line(SIGNED_IN),
    ("POST", "/notices/{notice_id}/read"): line(MEMBER, silent=SIGNED_IN),
    ("GET", "/first-words"): line(SIGNED_IN),
    ("POST", "/first-words"): line(SIGNED_IN, form={"words": "A few words", "do": "save"}),
    ("GET", "/about-me"): line(SIGNED_IN),
    ("POST", "/about-me"): line(SIGNED_IN, form={"about": "Me", "do": "save"}),
    ("GET", "/about-me/as-others-see-me"): line(SIGNED_IN),
    # People and groups for me; hellos
    ("GET", "/api/v1/offers"): line(ACTIVE),
    ("PUT", "/api/v1/offers/{candidate_id}/answer"): line(
        SIGNED_IN, candidate_id="target", silent=SIGNED_IN, json={"answer": "not_now"}
    ),
    ("DELETE", "/api/v1/offers/answers"): line(SIGNED_IN),
    ("POST", "/api/v1/hellos"): line(ACTIVE, json={"to": "{target}", "words": "Hello there"}),
    ("GET", "/api/v1/people/{account_id}/introduction"): line(ACTIVE, account_id="target"),
    ("GET", "/api/v1/hellos/received"): line(SIGNED_IN),
    ("GET", "/api/v1/hellos/sent"): line(SIGNED_IN),
    ("POST", "/api/v1/hellos/{hello_id}/yes"): line(MEMBER),
    ("POST", "/api/v1/hellos/{hello_id}/not-now"): line(MEMBER),
    ("DELETE", "/api/v1/hellos/{hello_id}"): line(BYSTANDER, silent=SIGNED_IN),
    ("POST", "/api/v1/hellos/{hello_id}/end"): line(TALKING, hello_id="talk"),
    ("GET", "/offers"): line(ACTIVE),
    ("POST", "/offers/{candidate_id}/not-now"): line(
        SIGNED_IN, candidate_id="target", silent=SIGNED_IN
    ),
    ("POST", "/offers/others"): line(ACTIVE),
    ("GET", "/hellos"): line(SIGNED_IN),
    ("GET", "/hellos/new"): line(ACTIVE, query="?to={target}"),
    ("POST", "/hellos/new"): line(ACTIVE, query="?to={target}", form={"words": "Hello there"}),
    ("POST", "/hellos/{hello_id}/yes"): line(MEMBER),
    ("POST", "/hellos/{hello_id}/not-now"): line(MEMBER),
    ("POST", "/hellos/{hello_id}/take-back"): line(BYSTANDER, silent=SIGNED_IN),
    # Talks
    ("GET", "/api/v1/rooms"): line(SIGNED_IN),
    ("GET", "/api/v1/rooms/{room_id}/messages"): line(TALKING),
    ("POST", "/api/v1/rooms/{room_id}/messages"): line(
        MEMBER, json={"client_id": "one", "text": "Good morning"}
    ),
    ("GET", "/api/v1/rooms/{room_id}/messages/{message_id}"): line(TALKING),
    ("PUT", "/api/v1/rooms/{room_id}/messages/{message_id}"): line(
        MEMBER, json={"client_id": "two", "text": "Good evening"}
    ),
    ("PUT", "/api/v1/rooms/{room_id}/messages/{message_id}/sign"): line(
        MEMBER, json={"sign": "thank_you"}
    ),
    ("PUT", "/api/v1/rooms/{room_id}/place"): line(TALKING, json={"seq": 1}),
    ("DELETE", "/api/v1/rooms/{room_id}/place"): line(TALKING),
    ("GET", "/api/v1/rooms/{room_id}/draft"): line(TALKING),
    ("PUT", "/api/v1/rooms/{room_id}/draft"): line(TALKING, json={"text": "I began."}),
    ("DELETE", "/api/v1/rooms/{room_id}/draft"): line(TALKING),
    ("PUT", "/api/v1/rooms/{room_id}/break"): line(TALKING, json={"is_told": True}),
    ("DELETE", "/api/v1/rooms/{room_id}/break"): line(TALKING),
    ("DELETE", "/api/v1/messages/{message_id}"): line(MEMBER),
    ("GET", "/api/v1/rooms/{room_id}/waiting"): line(MEMBER, silent=SIGNED_IN),
    ("DELETE", "/api/v1/waiting/{pending_id}"): line(MEMBER),
    ("POST", "/api/v1/waiting/{pending_id}/change"): line(MEMBER),
    ("POST", "/api/v1/waiting/{pending_id}/anyway"): line(MEMBER),
    ("POST", "/api/v1/waiting/{pending_id}/person"): line(MEMBER),
    ("GET", "/talks"): line(SIGNED_IN),
    ("GET", "/talks/{room_id}"): line(TALKING),
    ("POST", "/talks/{room_id}"): line(
        MEMBER,
        form={"text": "Good morning", "client_id": "one"},
        told_on_page=frozenset({"suspended"}),
    ),
    ("POST", "/talks/{room_id}/messages/{message_id}/take-back"): line(MEMBER),
    ("POST", "/talks/{room_id}/messages/{message_id}/sign"): line(
        MEMBER, form={"sign": "thank_you"}
    ),
    ("POST", "/talks/{room_id}/place"): line(TALKING, form={"seq": "1"}),
    ("GET", "/api/v1/rooms/{room_id}/copy"): line(TALKING),
    ("POST", "/api/v1/rooms/{room_id}/copy"): line(TALKING, json={"current_password": "no"}),
    ("GET", "/api/v1/rooms/{room_id}/copy/wishes"): line(TALKING),
    ("POST", "/api/v1/rooms/{room_id}/copy/wishes"): line(MEMBER),
    # Nobody in this house asked for anybody's words.
    ("PUT", "/api/v1/rooms/{room_id}/copy/wishes/{account_id}"): line(
        NOBODY, account_id="suspended", json={"is_yes": True}
    ),
    ("GET", "/talks/{room_id}/copy"): line(TALKING),
    ("POST", "/talks/{room_id}/copy"): line(TALKING, form={"current_password": "no"}),
    ("POST", "/talks/{room_id}/copy/ask"): line(MEMBER),
    ("POST", "/talks/{room_id}/copy/{account_id}"): line(
        NOBODY, account_id="suspended", form={"answer": "yes"}
    ),
    ("POST", "/talks/{room_id}/break"): line(TALKING, form={"length": "day"}),
    ("GET", "/talks/{room_id}/leave"): line(TALKING),
    ("POST", "/talks/{room_id}/leave"): line(TALKING, form={}),
    ("POST", "/talks/{room_id}/shut-out"): line(TALKING),
    ("POST", "/talks/{room_id}/worried"): line(TALKING),
    # Tell us, and look at this again
    ("POST", "/api/v1/messages/{message_id}/concerns"): line(TALKING, json={"reason": "unkind"}),
    ("POST", "/api/v1/decisions/{case_id}/look-again"): line(
        MEMBER, case_id="settled", json={"words": "Please look again"}
    ),
    ("POST", "/api/v1/concerns"): line(
        TALKING, json={"kind": "message", "id": "{message}", "reason": "unkind"}
    ),
    ("POST", "/api/v1/invitations/concerns"): line(EVERYBODY, query=HERE, json={}),
    ("GET", "/o/{organisation}/tell-us/invitation"): line(EVERYBODY),
    ("POST", "/o/{organisation}/tell-us/invitation"): line(EVERYBODY, form={"code": "none"}),
    ("GET", "/tell-us/invitation"): line(NOBODY),
    ("POST", "/tell-us/invitation"): line(NOBODY, form={"code": "none"}),
    ("GET", "/api/v1/me/letters"): line(SIGNED_IN),
    ("POST", "/api/v1/me/letters"): line(SIGNED_IN, json={"words": "Hello"}),
    ("POST", "/api/v1/decisions/by-code"): line(EVERYBODY, query=HERE, json={"code": "none"}),
    ("POST", "/api/v1/decisions/by-code/look-again"): line(EVERYBODY, query=HERE, json={}),
    ("POST", "/api/v1/decisions/by-code/letters"): line(EVERYBODY, query=HERE, json={}),
    ("GET", "/team"): line(SIGNED_IN),
    ("POST", "/team"): line(SIGNED_IN, form={"words": "Hello"}),
    ("GET", "/o/{organisation}/decision"): line(EVERYBODY),
    ("POST", "/o/{organisation}/decision"): line(EVERYBODY, form={"code": "none"}),
    ("GET", "/decision"): line(NOBODY),
    ("POST", "/decision"): line(NOBODY, form={"code": "none"}),
    ("GET", "/tell-us"): line(TALKING, query="?message={message}"),
    ("POST", "/tell-us"): line(TALKING, form={"subject": "message:{message}", "what": "unkind"}),
    ("GET", "/decisions/{case_id}"): line(MEMBER, case_id="settled", silent=SIGNED_IN),
    ("POST", "/decisions/{case_id}"): line(MEMBER, case_id="settled", form={"words": "Again"}),
    # Groups
    ("GET", "/api/v1/groups"): line(SIGNED_IN),
    ("POST", "/api/v1/groups"): line(
        ADMINISTRATOR, json={"card": {"name": "New"}, "facilitator_id": "{target}"}
    ),
    ("POST", "/api/v1/groups/just-us"): line(
        ACTIVE, json={"name": "New", "purpose": "Tea.", "meets": "Tuesdays."}
    ),
    ("GET", "/groups/new"): line(SIGNED_IN),
    ("POST", "/groups/new"): line(
        ACTIVE, form={"name": "New", "purpose": "Tea.", "meets": "Tuesdays."}
    ),
    ("GET", "/api/v1/groups/{group_id}"): line(SIGNED_IN),
    ("PUT", "/api/v1/groups/{group_id}/card"): line(
        FACILITATOR, json={"version": 1, "card": {"name": "Other"}}
    ),
    ("GET", "/api/v1/groups/{group_id}/place"): line(SIGNED_IN, silent=SIGNED_IN),
    ("PUT", "/api/v1/groups/{group_id}/place"): line(ACTIVE),
    # A place is held for nobody in this house, which is told; in the group it is taken already.
    ("POST", "/api/v1/groups/{group_id}/place/take"): line(frozenset({"member", "facilitator"})),
    ("DELETE", "/api/v1/groups/{group_id}/place"): line(IN_GROUP | BYSTANDER, silent=SIGNED_IN),
    ("POST", "/api/v1/groups/{group_id}/requests"): line(ACTIVE, json={"note": "May I?"}),
    ("GET", "/api/v1/groups/{group_id}/requests"): line(FACILITATOR),
    ("POST", "/api/v1/group-requests/{request_id}/accept"): line(FACILITATOR),
    ("POST", "/api/v1/group-requests/{request_id}/not-now"): line(FACILITATOR),
    ("GET", "/api/v1/groups/{group_id}/members"): line(IN_GROUP),
    ("POST", "/api/v1/groups/{group_id}/members/{account_id}/remove"): line(
        FACILITATOR, account_id="suspended", json={"reason": "It was too much"}
    ),
    ("POST", "/api/v1/groups/{group_id}/members/{account_id}/mute"): line(
        FACILITATOR, account_id="suspended", json={"reason": "A pause", "minutes": 60}
    ),
    ("POST", "/api/v1/groups/{group_id}/members/{account_id}/unmute"): line(
        FACILITATOR, account_id="suspended"
    ),
    ("GET", "/api/v1/groups/{group_id}/kept"): line(SIGNED_IN),
    ("PUT", "/api/v1/groups/{group_id}/announcement"): line(FACILITATOR, json={"words": "Cake."}),
    ("PUT", "/api/v1/groups/{group_id}/agreement"): line(
        FACILITATOR, json={"version": 0, "words": "We listen."}
    ),
    # There is no agreement in this house to accept.
    ("PUT", "/api/v1/groups/{group_id}/agreed"): line(NOBODY, json={"version": 1}),
    ("PUT", "/api/v1/groups/{group_id}/facilitators/{account_id}"): line(
        FACILITATOR, account_id="member"
    ),
    ("PUT", "/api/v1/groups/{group_id}/welcome"): line(ADMINISTRATOR),
    ("DELETE", "/api/v1/groups/{group_id}/welcome"): line(ADMINISTRATOR),
    ("DELETE", "/api/v1/groups/{group_id}/facilitators/me"): line(FACILITATOR, silent=SIGNED_IN),
    ("PUT", "/api/v1/groups/{group_id}/ending"): line(FACILITATOR, json={"ends_at": MONTH_AHEAD}),
    ("DELETE", "/api/v1/groups/{group_id}/ending"): line(FACILITATOR),
    ("GET", "/groups/{group_id}/look-after"): line(FACILITATOR),
    ("POST", "/groups/{group_id}/look-after/{what}"): line(
        FACILITATOR, what="announcement", form={"announcement": "Cake."}
    ),
    ("POST", "/groups/{group_id}/agreed"): line(NOBODY, form={"version": "1"}),
    ("POST", "/groups/{group_id}/step-back"): line(FACILITATOR, silent=SIGNED_IN),
    ("GET", "/api/v1/groups/{group_id}/polls"): line(IN_GROUP),
    ("POST", "/api/v1/groups/{group_id}/polls"): line(
        IN_GROUP - {"suspended"}, json={"client_id": "p9", "words": "Tea?", "options": ["a", "b"]}
    ),
    ("PUT", "/api/v1/groups/{group_id}/polls/{poll_id}/choice"): line(
        IN_GROUP - {"suspended"}, json={"choice": 0}
    ),
    ("GET", "/groups/{group_id}/polls"): line(IN_GROUP),
    ("POST", "/groups/{group_id}/polls"): line(
        IN_GROUP - {"suspended"},
        form={"client_id": "p9", "words": "Tea?", "options": "a\nb", "days": "3"},
    ),
    ("POST", "/groups/{group_id}/polls/{poll_id}"): line(
        IN_GROUP - {"suspended"}, form={"choice": "0"}
    ),
    ("GET", "/groups"): line(SIGNED_IN),
    ("GET", "/groups/{group_id}"): line(SIGNED_IN),
    ("POST", "/groups/{group_id}/ask"): line(
        ACTIVE, form={"words": "May I?"}, told_on_page=frozenset({"suspended"})
    ),
    ("POST", "/groups/{group_id}/accept"): line(frozenset({"member", "facilitator"})),
    ("POST", "/groups/{group_id}/leave"): line(IN_GROUP | BYSTANDER, silent=SIGNED_IN),
    ("POST", "/groups/{group_id}/waiting/{request_id}/{answer}"): line(
        FACILITATOR, answer="let-in"
    ),
    ("POST", "/groups/{group_id}/people/{account_id}/{what}"): line(
        FACILITATOR, account_id="suspended", what="remove", form={"reason": "It was too much"}
    ),
    # The desk
    ("GET", "/api/v1/cases"): line(MODERATOR),
    ("POST", "/api/v1/cases/{case_id}/claim"): line(MODERATOR),
    ("DELETE", "/api/v1/cases/{case_id}/claim"): line(MODERATOR),
    ("POST", "/api/v1/cases/{case_id}/look"): line(MODERATOR, json={"reason": "On shift"}),
    ("POST", "/api/v1/cases/{case_id}/decision"): line(MODERATOR, json=STEPS),
    ("POST", "/api/v1/effects/{effect_id}/undo"): line(MODERATOR),
    ("POST", "/api/v1/cases/{case_id}/notes"): line(MODERATOR, json={"words": "A note"}),
    ("GET", "/api/v1/aftercare"): line(MODERATOR),
    ("POST", "/api/v1/aftercare/{task_id}/done"): line(MODERATOR),
    ("POST", "/staff/aftercare/{task_id}/done"): line(MODERATOR),
    ("PUT", "/api/v1/cases/{case_id}/delay"): line(MODERATOR, json={"ground": "danger", "days": 7}),
    ("POST", "/api/v1/cases/{case_id}/delay/confirm"): line(MODERATOR, case_id="settled"),
    ("DELETE", "/api/v1/cases/{case_id}/delay"): line(MODERATOR),
    ("POST", "/staff/cases/{case_id}/delay"): line(
        MODERATOR, form={"ground": "danger", "days": "7"}
    ),
    ("GET", "/administration"): line(ADMINISTRATOR),
    ("GET", "/staff/roles"): line(ADMINISTRATOR | MODERATOR),
    ("POST", "/staff/roles/{appointment_id}"): line(
        ADMINISTRATOR | MODERATOR, appointment_id="appointment", form={"answer": "no"}
    ),
    ("POST", "/administration/invitations"): line(ADMINISTRATOR, form=UNUSABLE),
    ("POST", "/administration/joining"): line(ADMINISTRATOR, form=UNUSABLE),
    ("POST", "/administration/invitations/many"): line(ADMINISTRATOR, form={"count": "2"}),
    ("POST", "/administration/people"): line(ADMINISTRATOR),
    ("GET", "/administration/documents/{what}"): line(ADMINISTRATOR, what="vocabulary"),
    ("POST", "/administration/documents/{what}"): line(
        ADMINISTRATOR, what="vocabulary", form={"version": "0", "topics": "grief: loss"}
    ),
    ("GET", "/administration/learning"): line(ADMINISTRATOR),
    # An administrator is told on the page that there is nothing to take back (409).
    ("POST", "/administration/learning"): line(ADMINISTRATOR, form={"do": "learn"}),
    ("GET", "/administration/directory"): line(ADMINISTRATOR),
    ("POST", "/administration/directory"): line(ADMINISTRATOR, form={"version": "0"}),
    ("GET", "/administration/directory/{region}/{line}"): line(
        ADMINISTRATOR, region="0", line="samaritans"
    ),
    ("POST", "/administration/directory/{region}/{line}"): line(
        ADMINISTRATOR, region="0", line="samaritans", form={"version": "0"}
    ),
    ("POST", "/administration/roles"): line(ADMINISTRATOR, form=UNUSABLE),
    ("POST", "/administration/recovery"): line(ADMINISTRATOR, form=UNUSABLE),
    ("POST", "/administration/groups"): line(ADMINISTRATOR, form=UNUSABLE),
    ("POST", "/administration/facilitators"): line(ADMINISTRATOR, form=UNUSABLE),
    ("POST", "/administration/welcome"): line(ADMINISTRATOR, form=UNUSABLE),
    ("GET", "/queue"): line(MODERATOR),
    ("GET", "/staff/cases/{case_id}"): line(MODERATOR),
    ("POST", "/staff/cases/{case_id}/look"): line(MODERATOR, form={"reason": "On shift"}),
    ("POST", "/staff/cases/{case_id}/claim"): line(MODERATOR),
    ("POST", "/staff/cases/{case_id}/release"): line(MODERATOR),
    ("POST", "/staff/cases/{case_id}/notes"): line(MODERATOR, form={"note": "A note"}),
    ("POST", "/staff/cases/{case_id}/decision"): line(
        MODERATOR, form={"version": "1", "effects": "nothing"}
    ),
    ("POST", "/staff/cases/{case_id}/effects/{effect_id}/undo"): line(MODERATOR),
    # Administration
    ("POST", "/api/v1/invitations"): line(ADMINISTRATOR, json={"uses": 1}),
    ("GET", "/api/v1/invitations"): line(ADMINISTRATOR),
    ("DELETE", "/api/v1/invitations/{invitation_id}"): line(ADMINISTRATOR, silent=ADMINISTRATOR),
    ("PUT", "/api/v1/accounts/{account_id}/roles/{role}"): line(
        ADMINISTRATOR, account_id="target", role="moderator"
    ),
    ("GET", "/api/v1/appointments"): line(ADMINISTRATOR | MODERATOR),
    ("PUT", "/api/v1/appointments/{appointment_id}"): line(
        MODERATOR, appointment_id="appointment", json={"is_confirmed": True}
    ),
    ("DELETE", "/api/v1/accounts/{account_id}/roles/{role}"): line(
        ADMINISTRATOR, account_id="colleague", role="moderator"
    ),
    ("POST", "/api/v1/accounts/{account_id}/recovery"): line(
        ADMINISTRATOR, account_id="target", json={"current_password": "wrong"}
    ),
    ("GET", "/api/v1/audit"): line(ADMINISTRATOR),
}


@dataclass
class World:
    """The app on two organisations, put back as it was after whatever changed it."""

    app: FastAPI
    client: httpx2.AsyncClient
    first: House
    second: House
    watching: sqlite3.Connection
    restoring: sqlite3.Connection
    kept: sqlite3.Connection

    def version(self) -> int:
        """A number that moves whenever anything was written."""
        found: int = self.watching.execute("PRAGMA data_version").fetchone()[0]
        return found

    async def put_back(self) -> None:
        """Restore every row; in a thread, since the app on this loop may be writing just now."""
        await asyncio.to_thread(self.kept.backup, self.restoring)

    def token(self, caller: str) -> str | None:
        """The caller's sign-in; "outside member" is the member of the second organisation."""
        if caller == STRANGER:
            return None
        house = self.second if caller.startswith("outside ") else self.first
        return house.people[caller.removeprefix("outside ")].token


@pytest.fixture(scope="module")
async def world(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory, anyio_backend: object
) -> AsyncIterator[World]:
    file = tmp_path_factory.mktemp("permissions") / "houses.db"
    shutil.copyfile(migrated_sqlite, file)
    url = f"sqlite+aiosqlite:///{file}"
    database = Database(url)
    first = await build(database, "harbour", now=MORNING)
    second = await build(database, "lighthouse", now=MORNING)
    await database.close()
    watching = sqlite3.connect(file)
    restoring = sqlite3.connect(file, check_same_thread=False)
    restoring.execute("PRAGMA synchronous = OFF")
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    restoring.backup(kept)
    async with running(app_on(url, Hand())) as app:
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        client = httpx2.AsyncClient(transport=transport, base_url=ORIGIN)
        yield World(app, client, first, second, watching, restoring, kept)
    for connection in (watching, restoring, kept):
        connection.close()


def _routes(app: FastAPI) -> set[tuple[str, str]]:
    found = set()
    for route in iter_route_contexts(app.routes):
        for method in getattr(route, "methods", None) or ():
            if method not in {"HEAD", "OPTIONS"}:
                found.add((method, route.path))
    return found


async def test_every_route_is_in_the_table_and_every_line_is_a_route(world: World) -> None:
    assert _routes(world.app) == TABLE.keys()


async def test_nothing_is_served_beside_routes_but_own_files_and_the_socket(world: World) -> None:
    others = {
        route.path
        for route in iter_route_contexts(world.app.routes)
        if not getattr(route, "methods", None)
    }
    assert others == {"/static", "/api/v1/live"}


def _filled(text: str, house: House, ids: Mapping[str, str]) -> str:
    """Put ids of the house in place of {names}: by the line's own word, else by the thing's."""

    def value(found: re.Match[str]) -> str:
        if found[1] in {"organisation", "slug"}:
            return house.slug
        name = ids.get(found[1], found[1].removesuffix("_id"))
        is_plain = found[1] in ids and not found[1].endswith("_id")
        return name if is_plain else str(house.ids[name])

    return re.sub(r"\{(\w+)\}", value, text)


def _deep(what: Any, house: House) -> Any:
    if isinstance(what, str):
        return _filled(what, house, {})
    if isinstance(what, Mapping):
        return {key: _deep(value, house) for key, value in what.items()}
    return what


async def _ask(world: World, caller: str, route: tuple[str, str]) -> httpx2.Response:
    method, path = route
    entry = TABLE[route]
    address = _filled(path + entry.query, world.first, entry.ids)
    token, headers = world.token(caller), {"sec-fetch-site": "same-origin"}
    if token is not None and path.startswith("/api/"):
        headers["authorization"] = f"Bearer {token}"
    elif token is not None:
        headers["cookie"] = f"__Host-been-there={token}"
    world.client.cookies.clear()
    form = None if entry.form is None else _deep(entry.form, world.first)
    json = None if entry.json is None else _deep(entry.json, world.first)
    return await world.client.request(method, address, headers=headers, data=form, json=json)


# Words of an address that are no ids of a house.
PLAIN: Final = {"organisation", "slug", "purpose", "what", "region", "line"}


def _names_the_house(route: tuple[str, str]) -> bool:
    """Tell whether the request carries an id of the first organisation."""
    entry = TABLE[route]
    said = f"{route[1]}{entry.query}{entry.json}{entry.form}"
    names = set(re.findall(r"\{(\w+)\}", said)) - PLAIN
    return bool(names)


def _refused(answer: httpx2.Response, method: str) -> bool:
    to_sign_in = answer.headers.get("location", "").startswith("/sign-in")
    return answer.status_code in NO or (method == "GET" and to_sign_in)


def _fault(
    world: World, caller: str, route: tuple[str, str], answer: httpx2.Response, *, changed: bool
) -> str | None:
    """Return what is wrong with a cell, in words, or None."""
    role, is_outside = caller.removeprefix("outside "), caller.startswith("outside ")
    may = role in TABLE[route].may and not (is_outside and _names_the_house(route))
    if is_outside and world.first.mark in answer.text:
        return "reads something of another organisation"
    if PRIVATE in answer.text and role in NEVER_THERE:
        return "reads what was said in private"
    if changed and (not may or route[0] in UNCHANGED_BY):
        return "changed something"
    if may:
        return "was refused" if _refused(answer, route[0]) else None
    return _not_refused(TABLE[route], role, answer, route[0], is_outside=is_outside)


def _not_refused(
    entry: Line, role: str, answer: httpx2.Response, method: str, *, is_outside: bool
) -> str | None:
    if role in entry.silent:
        return None if answer.status_code < 400 else "was told that there is no such thing"
    if role in entry.told_on_page and not is_outside:
        return None if answer.status_code == 422 else "was not told on the page"
    return None if _refused(answer, method) else "was let in"


@pytest.mark.parametrize("route", TABLE, ids=" ".join)
async def test_who_may_and_who_may_not(world: World, route: tuple[str, str]) -> None:
    faults = {}
    for caller in (*sorted(EVERYBODY), *(f"outside {role}" for role in OUTSIDERS)):
        before = world.version()
        answer = await _ask(world, caller, route)
        has_changed = world.version() != before
        broke = "broke" if answer.status_code >= 500 else None
        if fault := broke or _fault(world, caller, route, answer, changed=has_changed):
            faults[caller] = f"{fault} ({answer.status_code})"
        if has_changed:
            await world.put_back()
    assert not faults, "\n".join(f"{caller} {fault}" for caller, fault in faults.items())


@pytest.mark.parametrize("caller", [*sorted(EVERYBODY), *(f"outside {who}" for who in OUTSIDERS)])
async def test_who_hears_a_talk_over_the_socket(world: World, caller: str) -> None:
    token = world.token(caller)
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with opened(world.app, **headers) as socket:
        assert socket.is_open == (caller != STRANGER)
        if caller == STRANGER:
            return
        room = str(world.first.ids["room"])
        await socket.say(type="hello", rooms={room: [int(MORNING.timestamp() - 3600), 0]})
        welcome = await socket.hear("welcome")
        assert (room in welcome["rooms"]) == (caller in TALKING)
        await socket.say(type="send", room=room, client_id=uuid4().hex, text="Good evening")
        answer = await socket.hear("sent", "problem")
        assert (answer["type"] == "sent") == (caller in MEMBER), answer
    await world.put_back()


async def test_ids_that_are_nobodys_answer_like_those_of_another_organisation(
    world: World,
) -> None:
    """What exists elsewhere can't be told from what doesn't: same status, same words."""
    nobody = House("nowhere", UUID(int=0), {}, {name: uuid4() for name in world.first.ids})
    different = []
    for route, entry in TABLE.items():
        if not _names_the_house(route) or entry.silent:
            continue
        answer = await _ask(world, "outside administrator", route)
        real, world.first = (
            world.first,
            House(world.first.slug, world.first.organisation_id, world.first.people, nobody.ids),
        )
        unknown = await _ask(world, "outside administrator", route)
        world.first = real
        if (answer.status_code, _words(answer)) != (unknown.status_code, _words(unknown)):
            different.append(route)
    assert different == []


def _words(answer: httpx2.Response) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "id", answer.text)
