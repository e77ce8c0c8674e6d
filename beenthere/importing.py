"""Bringing people along: their accounts, what they told, whom they must not meet, a way in.

In small units of work, each whole: stopped anywhere, it is run again and goes on where it was.
"""

import os
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import IO, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from beenthere.rows import Row
from core import spreadsheets
from core.clock import Clock
from core.database import Database, savepoint
from core.errors import Conflict, Invalid, NotFound, Problem, TooLarge
from core.safety import PLAIN_HOUSE, Context, House, Safety, Verdict
from core.sentences import Sentence, say
from matching import documents, profiles
from matching.documents import AgeBand, Person
from matching.vocabulary import Vocabulary
from people import accounts, arrivals, audit, blocks, consents, lookalikes, recovery
from people import documents as settled
from people.consents import NEEDED, Purpose
from people.permissions import Actor

# So few that whoever writes meanwhile waits for a moment only.
AT_ONCE: Final = 25
# What everybody in the file has agreed to, on paper or elsewhere. Letters, and showing strangers
# what helped, are for each to say yes to here.
AGREED: Final = NEEDED | {Purpose.NOTICE_DISTRESS}
CODE_COLUMNS: Final = ("id", "name", "code", "until")

_NO_NAME: Final = say("name: this is needed. It doesn't have to be their real one.")
_TOO_YOUNG: Final = say("age_band: this place is for people of 18 and over.")


@dataclass
class Count:
    """What became of the rows so far."""

    brought: int = 0
    already: int = 0
    bad: int = 0

    @property
    def read(self) -> int:
        """All of them."""
        return self.brought + self.already + self.bad


@dataclass
class Run:
    """One run's means, and how far it is. Without `codes` nobody is given a way in."""

    database: Database
    organisation_id: UUID
    safety: Safety
    clock: Clock
    site_name: str
    tell: Callable[[Sentence], None]
    codes: IO[str] | None = None
    count: Count = field(default_factory=Count)
    # What the organisation set for screening, once it was read.
    house: House = PLAIN_HOUSE
    # Who shut out somebody of the file who has not come yet: it holds from their first moment.
    awaited: dict[bytes, list[Actor]] = field(default_factory=lambda: defaultdict(list))


# A row that can be brought in, the fingerprint of its id, and what screening says of it.
Ready = tuple[Row, Person, bytes, Verdict]


async def bring(run: Run, rows: Iterable[Row]) -> AsyncIterator[Count]:
    """Bring in every good row and tell of the others, some at a time; yield the count after each.

    Raises:
        Unavailable: the database is gone. What was counted is in; run it again.
    """
    source = iter(rows)
    async with run.database.reading(run.organisation_id) as session:
        topics = {topic.name for topic in (await settled.current(session, Vocabulary)).topics}
        run.house = await run.safety.house(session)
    _begin_codes(run)
    while taken := list(islice(source, AT_ONCE)):
        ready = [one for row in taken if (one := _ready(run, row, topics)) is not None]
        await _bring_some(run, ready)
        yield run.count


def _ready(run: Run, row: Row, topics: set[str]) -> Ready | None:
    """Check and screen outside of any unit of work; what can't be brought in is told of."""
    fault, person = row.fault, row.person
    if person is not None and not person.name:
        fault = documents.at_line(row.line, _NO_NAME).detail
    elif person is not None and person.age_band is AgeBand.UNDER_18:
        fault = documents.at_line(row.line, _TOO_YOUNG).detail
    if person is None or fault is not None:
        _refuse(run, fault or Problem.title)
        return None
    index = arrivals.fingerprint(run.organisation_id, person.id)
    verdict = run.safety.screen(person.told_peers(topics), Context(house=run.house))
    return row, person, index, verdict


def _refuse(run: Run, fault: Sentence) -> None:
    run.count.bad += 1
    run.tell(fault)


async def _bring_some(run: Run, ready: list[Ready]) -> None:
    now = run.clock()
    done, codes = Count(), list[tuple[str, ...]]()
    faults = list[Sentence]()
    async with run.database.unit_of_work(run.organisation_id) as session:
        known = await arrivals.known(session, [index for _, _, index, _ in ready])
        for one in ready:
            actor = await _again(session, known.get(one[2]), one[1])
            done.already += one[2] in known
            if one[2] not in known:
                try:
                    async with savepoint(session):
                        actor = await _arrive(run, session, one, codes, now=now)
                    done.brought += 1
                except (Conflict, Invalid, TooLarge) as fault:
                    faults.append(documents.at_line(one[0].line, fault.detail).detail)
            if actor is not None:
                await _keep_apart(run, session, actor, one[1], one[2], now=now)
        if done.brought:
            audit.record(
                session, kind="people_imported", actor_id=None, subject_kind="organisation",
                subject_id=run.organisation_id, now=now,
            )  # fmt: skip
        _keep_codes(run, codes)
    for said in faults:
        _refuse(run, said)
    run.count.brought += done.brought
    run.count.already += done.already


async def _again(session: AsyncSession, account_id: UUID | None, person: Person) -> Actor | None:
    """Return somebody who was brought in before, unless they are erased."""
    if account_id is None:
        return None
    with suppress(NotFound):
        account = await accounts.by_id(session, account_id)
        return Actor(account.id, account.organisation_id, account.name or person.name)
    return None


async def _arrive(
    run: Run, session: AsyncSession, one: Ready, codes: list[tuple[str, ...]], *, now: datetime
) -> Actor:
    _, person, index, verdict = one
    await lookalikes.refuse_reserved(session, person.name, site_name=run.site_name)
    account = await accounts.create(session, name=person.name, now=now)
    if not await arrivals.note(session, index, account.id, now=now):
        raise Conflict(say("another program is bringing this person in just now."))
    await consents.give_at_joining(session, account.id, AGREED, now=now)
    actor = Actor(account.id, account.organisation_id, person.name)
    await profiles.save(
        session, actor, person, over_version=0, verdict=verdict, safety=run.safety, now=now
    )
    if run.codes is not None:
        code, until = await recovery.give_first(session, account.id, now=now)
        codes.append((person.id, person.name, code, f"{until:%Y-%m-%d}"))
    return actor


async def _keep_apart(
    run: Run, session: AsyncSession, actor: Actor, person: Person, index: bytes, *, now: datetime
) -> None:
    """Shut out whom they must not meet, and let those who waited for them do the same."""
    wanted = {
        arrivals.fingerprint(run.organisation_id, source_id): source_id
        for source_id in person.blocked
        if source_id != person.id
    }
    here = await arrivals.known(session, list(wanted)) if wanted else {}
    for blocked_index in wanted:
        if blocked_index in here:
            await _shut_out(session, actor, here[blocked_index], now=now)
        else:
            run.awaited[blocked_index].append(actor)
    for waiting in run.awaited.pop(index, ()):
        await _shut_out(session, waiting, actor.account_id, now=now)


async def _shut_out(
    session: AsyncSession, actor: Actor, account_id: UUID, *, now: datetime
) -> None:
    # Whoever was erased since meets nobody.
    with suppress(NotFound):
        await blocks.make(session, actor, account_id, now=now)


def _begin_codes(run: Run) -> None:
    if run.codes is not None and run.codes.tell() == 0:
        run.codes.write(spreadsheets.written([CODE_COLUMNS]))


def _keep_codes(run: Run, codes: list[tuple[str, ...]]) -> None:
    """Put codes on the disk before their people are here: stopped in between, none is lost.

    A line whose people did not come to be opens nothing; theirs of the next run stands below it.
    """
    if run.codes is not None and codes:
        run.codes.write(spreadsheets.written(codes))
        run.codes.flush()
        os.fsync(run.codes.fileno())
