"""The founding story with hundreds of people: brought in, offered others, ten say hello and talk.

    python -m benchmarks.founding [--data DIR]

DIR holds esconv/train.jsonl (see `worlds`); without it, people are the demo's. Everything is the
real thing: the command `been-there import`, a new SQLite database, the API. A table is printed, and
the figures as JSON on the last line.
"""

import argparse
import asyncio
import csv
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx2
from fastapi import FastAPI
from sqlalchemy import func, select

from api.offers import for_actor
from beenthere import chores, schema
from beenthere.app import create_app
from beenthere.demo import stories
from beenthere.upkeep import Upkeep
from benchmarks.worlds import dialogues, stage
from core.clock import utc_now
from core.database import Database
from core.settings import Settings
from matching import backlogs, encoders, text
from matching.candidates import Candidate
from matching.documents import AgeBand
from people import organisations
from people.accounts import Account
from people.permissions import Actor

ORIGIN: Final = "https://testserver"
PASSWORD: Final = "copper kettle on a wet roof"
HELLO: Final = "Hello. What you wrote sounds close to home. Would you like to talk?"
YES: Final = "Hello. I'd like that."
THANKS: Final = "Thank you for answering. How was today?"
TALKERS: Final = 10
SHOWN: Final = 5

Told = dict[str, Any]
Figures = dict[str, float]


def of_dialogues(folder: Path) -> list[Told]:
    """One person a dialogue, named by a number: their situation, what it is about, how far on."""
    return [
        {
            "id": f"{number}",
            "name": f"Person {number}",
            "experiences": [
                {
                    "words": row["situation"][:2_000],
                    "topic": row["problem_type"].lower(),
                    "where": stage(row),
                }
            ],
        }
        for number, row in enumerate(dialogues(folder), start=1)
    ]


def authored() -> list[Told]:
    """The demo's people who told something, without those they shut out."""
    found = (one.document for one in stories.people().values() if one.document.experiences)
    return [
        person.model_copy(update={"id": str(number), "blocked": ()}).model_dump(mode="json")
        for number, person in enumerate(found, start=1)
        if person.age_band is not AgeBand.UNDER_18
    ]


def walk(folder: Path, told: Sequence[Told], *, talkers: int = TALKERS) -> Figures:
    """Walk the story in a new database in `folder`; return its figures.

    BEEN_THERE_DATABASE_URL is set for the command `import`, and stays so.

    Raises:
        typer.Exit: a row could not be brought in; which one was said.
        AssertionError: the API answered otherwise than the story goes.
    """
    os.environ["BEEN_THERE_DATABASE_URL"] = f"sqlite+aiosqlite:///{folder / 'been-there.db'}"
    settings = Settings(_env_file=None, public_url=ORIGIN)
    asyncio.run(_begin(settings))
    people, codes = folder / "people.jsonl", folder / "codes.csv"
    people.write_text("".join(json.dumps(one) + "\n" for one in told), "utf-8")
    began, worked = time.perf_counter(), time.process_time()
    chores.bring_in(people, agreed=True, codes=codes, dry_run=False, organisation=None)
    figures = {
        "in_the_file": len(told),
        "import_s": time.perf_counter() - began,
        # What it takes when nothing else runs.
        "import_cpu_ms_each": 1_000 * (time.process_time() - worked) / len(told),
    }
    with codes.open(encoding="utf-8", newline="") as written:
        ways_in = [(row["name"], row["code"]) for row in csv.DictReader(written)]
    return figures | asyncio.run(_live(settings, dict(ways_in), talkers))


async def _begin(settings: Settings) -> None:
    await schema.upgrade(settings.database_url)
    database = Database(settings.database_url)
    async with database.unit_of_work(all_organisations=True) as session:
        await organisations.create(session, slug="harbour", name="Harbour", now=utc_now())
    await database.close()


async def _live(settings: Settings, ways_in: dict[str, str], talkers: int) -> Figures:
    app = create_app(settings, with_upkeep=False)
    database: Database = app.state.database
    async with app.router.lifespan_context(app):
        figures = await _words_read(app, settings)
        async with database.reading(all_organisations=True) as session:
            people = {one.id: one for one in await session.scalars(select(Account))}
            kept_back = select(func.count()).select_from(Candidate).where(~Candidate.is_open)
            figures["kept_back"] = await session.scalar(kept_back) or 0
        figures["brought"] = len(people)
        offered, found = await _offers(app, people.values())
        figures |= found
        names = {one.id: str(one.name) for one in people.values()}
        return figures | await _talks(app, names, offered, ways_in, talkers)


async def _words_read(app: FastAPI, settings: Settings) -> Figures:
    """Do what upkeep does after an import: the encoder reads everybody's words."""
    began = time.perf_counter()
    await Upkeep(app.state.database, settings=settings, clock=utc_now).read_words()
    async with app.state.database.reading(all_organisations=True) as session:
        # N-grams are made when they are needed: without a model nothing waits to be read.
        has_model = encoders.current() is not text.HASHED
        left = len(await backlogs.unread(session, encoders.current())) if has_model else 0
    return {"words_read_s": time.perf_counter() - began, "words_left_unread": left}


async def _offers(
    app: FastAPI, people: Iterable[Account]
) -> tuple[dict[UUID, list[UUID]], Figures]:
    """Ask for everybody's offers, as the API does for whoever is signed in."""
    offered, took = {}, []
    for one in people:
        actor = Actor(one.id, one.organisation_id, str(one.name))
        began = time.perf_counter()
        found = await for_actor(app.state.database, actor, now=utc_now())
        took.append(time.perf_counter() - began)
        offered[one.id] = [card.id for card in found.people]
    # Where fewer than fifty are here, all are shown; the first few are looked at.
    shown = Counter(who for found in offered.values() for who in found[:SHOWN])
    took_ms = sorted(1_000 * each for each in took)
    return offered, {
        "left_without": sum(not found for found in offered.values()),
        "fewest_offered": min(map(len, offered.values())),
        "in_nobodys_first_five": len(offered) - len(shown),
        "most_often_in_a_first_five": max(shown.values()),
        "offers_first_ms": 1_000 * took[0],
        "offers_median_ms": took_ms[len(took_ms) // 2],
        "offers_p95_ms": took_ms[int(len(took_ms) * 0.95)],
    }


async def _talks(
    app: FastAPI,
    names: dict[UUID, str],
    offered: dict[UUID, list[UUID]],
    ways_in: dict[str, str],
    talkers: int,
) -> Figures:
    """Let some say hello to the first they are shown who is in no talk yet; all of those say yes.

    Who asks is spread evenly over everybody.
    """
    figures = Counter[str]()
    engaged = set[UUID]()
    for who in list(offered)[:: max(1, len(offered) // talkers)]:
        if figures["talks"] == talkers or who in engaged:
            continue
        other = next(one for one in offered[who] if one not in engaged)
        engaged |= {who, other}
        async with _client(app, len(engaged)) as asker, _client(app, len(engaged) + 1) as asked:
            for client, name in ((asker, names[who]), (asked, names[other])):
                await _sign_in(client, name, ways_in[name])
                figures["signed_in"] += 1
            await _talk(asker, asked, other)
            figures["talks"] += 1
    return {"signed_in": figures["signed_in"], "talks": figures["talks"]}


def _client(app: FastAPI, place: int) -> httpx2.AsyncClient:
    """A program at an address of its own: tries to sign in are counted by address."""
    transport = httpx2.ASGITransport(app=app, client=(f"10.0.0.{place}", 1))
    return httpx2.AsyncClient(transport=transport, base_url=f"{ORIGIN}/api/v1")


async def _sign_in(client: httpx2.AsyncClient, name: str, code: str) -> None:
    """Come in by the code on paper, then sign in by the password chosen there."""
    way_in = {"name": name, "code": code, "password": PASSWORD}
    await _asked(client, "POST", "/recoveries", way_in)
    begun = await _asked(client, "POST", "/sign-ins", {"name": name, "password": PASSWORD})
    client.headers["authorization"] = f"Bearer {begun['token']}"


async def _talk(asker: httpx2.AsyncClient, asked: httpx2.AsyncClient, other: UUID) -> None:
    """Look at offers, say hello, say yes, and read what both said."""
    shown = (await _asked(asker, "GET", "/offers"))["people"]
    assert str(other) in {one["id"] for one in shown}, "who was offered before is offered no more"
    await _asked(asker, "GET", f"/people/{other}/introduction")
    hello = await _asked(asker, "POST", "/hellos", {"to": str(other), "words": HELLO})
    waiting = (await _asked(asked, "GET", "/hellos/received"))["items"]
    assert [one["id"] for one in waiting] == [hello["id"]]
    room_id = (await _asked(asked, "POST", f"/hellos/{hello['id']}/yes"))["room_id"]
    messages = f"/rooms/{room_id}/messages"
    await _asked(asked, "POST", messages, {"client_id": "yes", "text": YES})
    await _asked(asker, "POST", messages, {"client_id": "thanks", "text": THANKS})
    for reader in (asker, asked):
        heard = (await _asked(reader, "GET", f"{messages}?after=0"))["items"]
        said = [one["text"] for one in heard if one["type"] == "message"]
        assert said[-2:] == [YES, THANKS], "both read the same"


async def _asked(client: httpx2.AsyncClient, method: str, path: str, body: Any = None) -> Any:
    answer = await client.request(method, path, json=body)
    assert answer.is_success, f"{method} {path.partition('?')[0]}: {answer.status_code}"
    return answer.json()


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="the folder that holds esconv/")
    data = parser.parse_args().data
    told = of_dialogues(data) if data else authored()
    with tempfile.TemporaryDirectory() as folder:
        figures = walk(Path(folder), told)
    print(f"{'ESConv' if data else 'demo'}: {len(told)} people")
    for what, value in figures.items():
        print(f"{what:28}{value:10.2f}")
    if not data:
        print("left out: ESConv (910 real situations: give DATA)")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
