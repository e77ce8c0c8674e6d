"""A small place to tell stories in: the real app, people who joined it, short ways to do things.

People act through the API or a browser only; what a test looks at afterwards it asks of them.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
from app_factories import browser_of, client_of
from conftest import MORNING, Hand
from fastapi import FastAPI
from people_factories import SignedIn, sign_up, sign_up_in
from sqlalchemy.ext.asyncio import AsyncSession

from beenthere import tidying
from beenthere.upkeep import Upkeep
from core.database import Database
from matching import profiles
from people import audit, documents, leases, organisations
from people.consents import NEEDED, Purpose
from people.joining import Joining
from people.permissions import Actor, Grant, Role
from tests.journeys.plain_browser import PlainBrowser

KEEPER = frozenset({Grant(Role.ADMINISTRATOR)})
# Nobody's first week (promise 12).
LONG_AGO = timedelta(days=8)
ALL = NEEDED | {Purpose.NOTICE_DISTRESS}


@dataclass
class Resident:
    """Somebody with an account: `api` is their program, `browser` their old phone."""

    name: str
    id: str
    token: str
    api: httpx2.AsyncClient
    browser: PlainBrowser

    async def get(self, path: str, *, status: int = 200) -> Any:
        """Ask for something and return the JSON."""
        return _json(await self.api.get(f"/api/v1{path}"), status)

    async def post(self, path: str, body: Any = None, *, status: int | None = None) -> Any:
        """Post JSON; any 2xx will do unless a status is named."""
        return _json(await self.api.post(f"/api/v1{path}", json=body), status)

    async def put(self, path: str, body: Any = None, *, status: int | None = None) -> Any:
        return _json(await self.api.put(f"/api/v1{path}", json=body), status)

    async def delete(self, path: str, *, status: int | None = None) -> Any:
        return _json(await self.api.delete(f"/api/v1{path}"), status)

    async def tell(self, **told: Any) -> None:
        """Save these fields of one's own document."""
        mine = await self.get("/profile")
        document = mine["document"] | told
        await self.put("/profile", {"version": mine["version"], "document": document})

    async def say(
        self, room_id: str, text: str, client_id: str, *, status: int | None = 201
    ) -> Any:
        """Say something in a talk; return the answer's frame."""
        body = {"client_id": client_id, "text": text}
        return await self.post(f"/rooms/{room_id}/messages", body, status=status)

    async def history(self, room_id: str) -> list[dict[str, Any]]:
        """Read a talk from its beginning."""
        found: list[dict[str, Any]] = []
        after = 0
        while True:
            page = await self.get(f"/rooms/{room_id}/messages?after={after}&limit=100")
            found += page["items"]
            if page["next"] is None:
                return found
            after = page["next"]

    async def words(self, room_id: str) -> list[str | None]:
        """Read what was said in a talk, in its order."""
        return [one["text"] for one in await self.history(room_id) if one["type"] == "message"]

    async def queue(self) -> list[dict[str, Any]]:
        """What waits at the desk, first things first."""
        found: list[dict[str, Any]] = (await self.get("/cases"))["items"]
        return found

    async def look(self, case_id: str) -> dict[str, Any]:
        """Read a case, with a reason."""
        body = {"reason": "On shift, from the queue."}
        found: dict[str, Any] = await self.post(f"/cases/{case_id}/look", body)
        return found

    async def told(self) -> list[str]:
        """What Home has to say to them, the oldest first."""
        notices = (await self.get("/me/notices"))["items"]
        return [notice["words"] for notice in reversed(notices)]


def _json(answer: httpx2.Response, status: int | None) -> Any:
    is_as_told = answer.is_success if status is None else answer.status_code == status
    assert is_as_told, f"{answer.request.url}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


@dataclass
class Town:
    """The app, its organisation, and who lives there."""

    app: FastAPI
    database: Database
    organisation_id: UUID
    clock: Hand
    clients: list[httpx2.AsyncClient] = field(default_factory=list)

    async def resident(
        self,
        name: str,
        *roles: Role,
        organisation_id: UUID | None = None,
        purposes: frozenset[Purpose] = ALL,
    ) -> Resident:
        """Somebody who joined a while ago, so that their first week is over."""
        where = organisation_id or self.organisation_id
        return await self._sign_up(name, where, MORNING - LONG_AGO, roles, purposes)

    async def newcomer(self, name: str) -> Resident:
        """Somebody who joined just now."""
        return await self._sign_up(name, self.organisation_id, MORNING, (), ALL)

    async def _sign_up(
        self,
        name: str,
        where: UUID,
        now: datetime,
        roles: tuple[Role, ...],
        purposes: frozenset[Purpose],
    ) -> Resident:
        signed_in = await sign_up(
            self.database, where, name, now=now, roles_held=roles, purposes=purposes
        )
        return self.known(name, signed_in)

    def known(self, name: str, signed_in: SignedIn) -> Resident:
        """Somebody who has a sign-in already."""
        api, browser = self.api(signed_in), self.browser(signed_in)
        return Resident(name, str(signed_in.id), signed_in.token, api, browser)

    async def residents(self, *names: str) -> list[Resident]:
        """People who have told nothing, and would be offered."""
        async with self.database.unit_of_work(self.organisation_id) as session:
            came = [
                await sign_up_in(session, name, now=MORNING - LONG_AGO, purposes=ALL)
                for name in names
            ]
            for one in came:
                await self._be_there(session, one.actor)
        return [self.known(name, one) for name, one in zip(names, came, strict=True)]

    async def _be_there(self, session: AsyncSession, who: Actor) -> None:
        """Save a document that says nothing but a name, unless they have told something."""
        if (await profiles.read(session, who, now=self.clock())).version == 0:
            await profiles.save(session, who, profiles.blank(who), over_version=0, now=self.clock())

    def api(self, who: SignedIn | None = None) -> httpx2.AsyncClient:
        self.clients.append(client_of(self.app, who))
        return self.clients[-1]

    def browser(self, who: SignedIn | None = None) -> PlainBrowser:
        self.clients.append(browser_of(self.app, who))
        return PlainBrowser(self.clients[-1])

    async def talk(
        self, one: Resident, other: Resident, *, organisation_id: UUID | None = None
    ) -> str:
        """Bring two into a talk, by a hello and a yes."""
        where = organisation_id or self.organisation_id
        async with self.database.unit_of_work(where) as session:
            for who in (one, other):
                await self._be_there(session, Actor(UUID(who.id), where, who.name))
        hello = await one.post("/hellos", {"to": other.id, "words": "Hello, would you like to?"})
        yes: str = (await other.post(f"/hellos/{hello['id']}/yes"))["room_id"]
        return yes

    async def group(self, administrator: Resident, facilitator: Resident, **card: Any) -> str:
        """Open a group that somebody looks after."""
        said = {"name": "Tea and telly", "purpose": "Company.", "door": "open"} | card
        body = {"card": said, "facilitator_id": facilitator.id}
        opened: str = (await administrator.post("/groups", body))["id"]
        return opened

    async def room_of(self, member: Resident, group_id: str) -> str:
        """The talk of a group one is in."""
        mine = (await member.get("/me/groups"))["items"]
        return next(str(one["room_id"]) for one in mine if one["group_id"] == group_id)

    async def open_joining(self) -> None:
        """Let people join without an invitation; only the program `setup` can say so yet."""
        async with self.database.unit_of_work(self.organisation_id) as session:
            await documents.change(
                session,
                Actor(uuid4(), self.organisation_id, "Keeper", grants=KEEPER),
                Joining(is_open=True),
                over_version=0,
                now=self.clock(),
            )

    async def another_organisation(self) -> UUID:
        """Open a second organisation in the same database; return its id."""
        async with self.database.unit_of_work(all_organisations=True) as session:
            made = await organisations.create(session, slug="cove", name="Cove", now=self.clock())
        return made.id

    async def sweep(self) -> None:
        """Do what upkeep would do now, of a server that was on all the days before."""
        async with self.database.unit_of_work(self.organisation_id) as session:
            await leases.note(session, tidying.LOOKED, until=self.clock.now - timedelta(days=1))
        await self.sweep_after_a_gap()

    async def sweep_after_a_gap(self) -> None:
        """Do what upkeep would do now, of a server that last ran whenever it did."""
        upkeep = Upkeep(self.app.state.database, settings=self.app.state.settings, clock=self.clock)
        await upkeep.sweep()

    async def audit_holds(self) -> bool:
        """Walk the organisation's chain from its beginning."""
        async with self.database.reading(self.organisation_id) as session:
            return await audit.verify(session, self.organisation_id) is None

    async def close(self) -> None:
        await asyncio.gather(*(client.aclose() for client in self.clients))
