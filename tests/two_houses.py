"""Two organisations on one database, each with somebody of every role and one of everything.

Whatever can be read in one of them carries that one's mark, so that a test sees where it leaks.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from people_factories import SignedIn, sign_up
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat import histories, messages
from chat.entries import Entry
from chat.histories import Line
from chat.waiting import PendingMessage, State
from core import ids
from core.database import Database
from core.safety import Safety, Tier
from groups import members, openings, polls, requests
from groups.cards import Card
from groups.polls import Poll
from matching import connections, profiles
from matching.documents import Person
from moderation import actions, aftercare, delays, telling
from moderation.aftercare import Aftercare
from moderation.cases import Case
from moderation.delays import Ground
from moderation.desk import Desk
from moderation.effects import Effect
from moderation.kinds import EffectKind, Step
from moderation.reasons import Reason
from moderation.screening import RulesScreening
from people import accounts, invitations, notices, organisations, sign_ins
from people.appointments import Appointment
from people.invitations import Invitation
from people.notices import Notice, NoticeKind
from people.permissions import Actor, Role, Standing
from people.sign_ins import SignIn

# Words said in private: nobody but those who were there, and a moderator with a reason.
PRIVATE: Final = "zuzuprivate"
SAFETY: Final[Safety] = Desk(RulesScreening())


@dataclass(frozen=True)
class House:
    """One organisation: its people by what they are, and the ids of its things."""

    slug: str
    organisation_id: UUID
    people: dict[str, SignedIn]
    ids: dict[str, UUID]

    @property
    def mark(self) -> str:
        """Stands in every name and every text of this house, and nowhere else."""
        return f"zz{self.slug}"


async def build(database: Database, slug: str, *, now: datetime) -> House:
    """Open an organisation in which something of everything has happened."""
    async with database.unit_of_work(all_organisations=True) as session:
        made = await organisations.create(session, slug=slug, name=f"Zz{slug}", now=now)
    house = House(slug, made.id, {}, {})
    await _people(database, house, now=now)
    async with database.unit_of_work(made.id) as session:
        await _groups(session, house, now=now)
        await _talk(session, house, now=now)
        await _hello_and_request(session, house, now=now)
        await _poll(session, house, now=now)
        await _small_things(session, house, now=now)
    async with database.unit_of_work(made.id) as session:
        await _cases(session, house, now=now)
        # Used a moment ago: else every first request would write that they were.
        await session.execute(update(SignIn).values(seen_at=now))
        await accounts.set_standing(session, house.ids["suspended"], Standing.SUSPENDED)
    for name, person in list(house.people.items()):
        house.people[name] = await _again(database, person, now=now)
        house.ids[name] = person.id
    return house


async def _people(database: Database, house: House, *, now: datetime) -> None:
    held = {
        "member": (),
        "bystander": (),
        "suspended": (),
        "target": (),
        "facilitator": (),
        "other_facilitator": (),
        "moderator": (Role.MODERATOR,),
        "colleague": (Role.MODERATOR,),
        "administrator": (Role.ADMINISTRATOR,),
    }
    for name, roles_held in held.items():
        shown = f"{name.replace('_', ' ')} {house.mark}"
        person = await sign_up(
            database, house.organisation_id, shown, now=now - timedelta(days=10),
            roles_held=roles_held,
        )  # fmt: skip
        house.people[name] = person
        house.ids[name] = person.id


async def _again(database: Database, person: SignedIn, *, now: datetime) -> SignedIn:
    """The same person, with the roles and the standing they have by now."""
    async with database.reading(all_organisations=True) as session:
        actor = await sign_ins.actor_for(session, person.token, now=now)
    assert actor is not None
    return SignedIn(actor, person.token)


def _actor(house: House, name: str) -> Actor:
    return house.people[name].actor


async def _groups(session: AsyncSession, house: House, *, now: datetime) -> None:
    for name, leader in (("group", "facilitator"), ("other_group", "other_facilitator")):
        card = Card(name=f"{name} {house.mark}", about=f"About {house.mark}")
        group = await openings.open_group(
            session, _actor(house, "administrator"), card,
            facilitator_id=house.ids[leader], now=now,
        )  # fmt: skip
        house.ids[name] = group.id
        if name == "group":
            house.ids["group_room"] = group.room_id
            for one in ("member", "suspended"):
                group = await members.let_in(session, group, house.ids[one], now=now)


async def _talk(session: AsyncSession, house: House, *, now: datetime) -> None:
    """A talk of two: the member and somebody who is suspended later."""
    for name in ("member", "suspended", "bystander", "target"):
        actor = _actor(house, name)
        document = Person(
            id=str(actor.account_id), name=actor.name, about=f"I told {house.mark} something."
        )
        await profiles.save(session, actor, document, over_version=0, now=now)
    asker, asked = _actor(house, "suspended"), _actor(house, "member")
    hello = await connections.ask(
        session, asker, asked.account_id, words=f"Hello {house.mark} {PRIVATE}",
        verdict=profiles.UNSCREENED, safety=SAFETY, now=now - timedelta(hours=2),
    )  # fmt: skip
    opened = await connections.accept(session, asked, hello.id, now=now - timedelta(hours=1))
    assert opened.room_id is not None
    house.ids["talk"], house.ids["room"] = hello.id, opened.room_id
    said = [Line(house.ids["member"], f"First {house.mark} {PRIVATE}", now)]
    said += [Line(house.ids["suspended"], f"Second {house.mark} {PRIVATE}", now)]
    said += [Line(house.ids["member"], f"Third {house.mark} {PRIVATE}", now)]
    first, second, third = await histories.append(session, opened.room_id, said)
    house.ids.update({"message": first.id, "message_of_other": second.id, "hidden": third.id})
    waits = PendingMessage(
        id=ids.new_id(), room_id=opened.room_id, sender_id=house.ids["member"],
        client_id="waits", state=State.ASKED, tier=Tier.ROUTINE, categories=[], written_at=now,
    )  # fmt: skip
    waits.body = f"Waits {house.mark} {PRIVATE}"
    session.add(waits)
    house.ids["pending"] = waits.id


async def _hello_and_request(session: AsyncSession, house: House, *, now: datetime) -> None:
    bystander = _actor(house, "bystander")
    hello = await connections.ask(
        session, bystander, house.ids["member"], words=f"May we talk? {house.mark} {PRIVATE}",
        verdict=profiles.UNSCREENED, safety=SAFETY, now=now,
    )  # fmt: skip
    house.ids["hello"] = hello.id
    house.ids["request"] = await requests.ask(
        session, bystander, house.ids["group"], note=f"May I? {house.mark} {PRIVATE}",
        verdict=profiles.UNSCREENED, safety=SAFETY, now=now,
    )  # fmt: skip


async def _poll(session: AsyncSession, house: House, *, now: datetime) -> None:
    await polls.ask(
        session, _actor(house, "member"), house.ids["group"], f"Tea? {house.mark} {PRIVATE}",
        ["Yes", "No"], days=3, client_id="p1", verdict=profiles.UNSCREENED, safety=SAFETY, now=now,
    )  # fmt: skip
    asked = await session.scalar(select(Poll.id).where(Poll.group_id == house.ids["group"]))
    assert asked is not None
    house.ids["poll"] = asked


async def _small_things(session: AsyncSession, house: House, *, now: datetime) -> None:
    await invitations.make(session, _actor(house, "administrator"), now=now)
    invitation = await session.scalar(select(Invitation))
    assert invitation is not None
    member = house.ids["member"]
    await notices.send(
        session, account_id=member, kind=NoticeKind.ROLE, dedupe_key="once",
        words=f"Something for you {house.mark} {PRIVATE}", now=now,
    )  # fmt: skip
    target = house.ids["target"]
    asked = Appointment(
        id=ids.new_id(),
        account_id=target,
        role=Role.MODERATOR,
        asked_by=house.ids["administrator"],
        asked_at=now,
    )
    session.add(asked)
    notice = await session.scalar(select(Notice.id).where(Notice.dedupe_key == "once"))
    begun = await sign_ins.begin(session, member, now=now)
    assert notice is not None
    house.ids["appointment"] = asked.id
    house.ids.update({"invitation": invitation.id, "notice": notice, "sign_in": begun.sign_in_id})


async def _cases(session: AsyncSession, house: House, *, now: datetime) -> None:
    """One case that waits, and one that a colleague has settled by hiding a message."""
    reporter = _actor(house, "suspended")
    for name, message in (("case", "message"), ("settled", "hidden")):
        entry: Entry = await messages.by_id(session, house.ids[message])
        await telling.tell(
            session, reporter, messages.subject(entry), entry.body or "",
            reason=Reason.UNKIND, note=f"Please {house.mark} {PRIVATE}", now=now,
        )  # fmt: skip
        case = await session.scalar(select(Case).where(Case.subject_id == entry.id))
        assert case is not None
        house.ids[name] = case.id
    await actions.decide(
        session, _actor(house, "colleague"), house.ids["settled"], version=case.version,
        steps=[Step(EffectKind.HIDE)], rule="kind", now=now,
    )  # fmt: skip
    await delays.ask(
        session, _actor(house, "colleague"), house.ids["settled"], ground=Ground.DANGER, days=7,
        now=now,
    )  # fmt: skip
    await aftercare.begin(session, case, now=now)
    house.ids["task"] = await session.scalar(select(Aftercare.id))
    effect = await session.scalar(select(Effect.id))
    assert effect is not None
    house.ids["effect"] = effect
