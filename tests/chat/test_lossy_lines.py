"""History before + frames received = history after, over lines that lose, double and break."""

import asyncio
import random
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest

from chat import events, frames, history, messages, protocol
from chat.kinds import Sign
from core.errors import Problem

pytestmark = pytest.mark.anyio

LOST, DOUBLED, BROKEN = 0.1, 0.1, 0.04


class Lossy:
    """A client on a bad line. It does what docs/protocol.md says: a hole makes it say hello."""

    def __init__(self, house: Any, actor: Any, room: UUID, chance: random.Random) -> None:
        self.house = house
        self.actor = actor
        self.room = room
        self.chance = chance
        self.epoch = self.cursor = 0
        self.asked_from = -1
        self.items: history.Items = {}
        self.lost = self.doubled = self.broken = 0

    async def begin(self) -> None:
        self.items = history.replay(await self.house.whole(self.actor, self.room))
        self.epoch, self.cursor = await self.house.head(self.room)
        await self._call()

    async def _call(self) -> None:
        self.listener = self.house.engine.connect(self.actor, self.house.token(self.actor))
        await self._hello()

    async def _hello(self) -> None:
        hello = frames.Hello(rooms={self.room: (self.epoch, self.cursor)})
        await self.house.engine.receive(self.listener, protocol.encode(hello))

    async def receive(self) -> None:
        """Take what is there, on a bad line."""
        while self.listener.outbox.size:
            parcel = await self.listener.outbox.take()
            self.listener.outbox.sent(parcel)
            for text in parcel.texts:
                if not await self._arrives(protocol.server_decoder.decode(text)):
                    break

    async def _arrives(self, frame: Any) -> bool:
        """Return False when the rest of this parcel went with the connection."""
        if not isinstance(frame, frames.Logged):
            return True
        fate = self.chance.random()
        if fate < BROKEN:
            self.broken += 1
            self.house.engine.disconnect(self.listener)
            await self._call()
            return False
        if fate < BROKEN + LOST:
            self.lost += 1
            return True
        await self._take(frame)
        if fate < BROKEN + LOST + DOUBLED:
            self.doubled += 1
            await self._take(frame)
        return True

    async def _take(self, frame: Any) -> None:
        if frame.seq == self.cursor + 1:
            history.apply(self.items, frame)
            self.cursor = frame.seq
        elif frame.seq > self.cursor and self.asked_from != self.cursor:
            # Once for each hole: what answers it waits behind what came meanwhile.
            self.asked_from = self.cursor
            await self._hello()

    async def catch_up(self, head: int) -> None:
        """The last frames may be lost too: whoever comes back asks for them."""
        while self.cursor < head:
            self.asked_from = self.cursor
            await self._hello()
            await self.receive()


@pytest.mark.parametrize("seed", range(2))
async def test_what_a_bad_line_shows_is_what_the_page_shows(house: Any, seed: int) -> None:
    chance = random.Random(seed)
    people = await house.people(3)
    room = await house.group(*people)
    await house.block(people[2], people[1])
    lines = [Lossy(house, person, room, chance) for person in people]
    for line in lines:
        await line.begin()
    said: list[UUID] = []
    for turn in range(12):
        said += await _batch(house, room, people, turn)
        await _something_becomes_of(house, room, people, said, turn, one=chance.choice(said))
        for line in lines:
            await line.receive()
    head = (await house.head(room))[1]
    for line in lines:
        await line.catch_up(head)
        assert line.items == history.replay(await house.whole(line.actor, room))
        house.engine.disconnect(line.listener)
    kinds = {type(frame) for frame in await house.whole(people[0], room)}
    assert kinds >= {frames.Edited, frames.Reacted, frames.Removed, frames.Unhidden}
    for fault in ("lost", "doubled", "broken"):
        assert sum(getattr(line, fault) for line in lines), f"nothing was {fault}"


async def _batch(house: Any, room: UUID, people: list[Any], turn: int) -> list[UUID]:
    """Messages of everybody in one batch, and what another package appends between."""
    sent: list[frames.Sent] = await asyncio.gather(
        *(
            house.engine.send(person, room, f"{turn}-{number}", f"cruel line {turn}-{number}")
            for person in people
            for number in range(3)
        )
    )
    async with house.working() as session:
        await events.append(session, room, "go_round.turn", {"n": turn}, now=house.now)
    return [one.id for one in sent]


def _sign(room: UUID, one: UUID, turn: int) -> frames.React:
    return frames.React(room=room, message=one, sign=[*Sign, None][turn % 5])


async def _something_becomes_of(
    house: Any, room: UUID, people: list[Any], said: list[UUID], turn: int, *, one: UUID
) -> None:
    async with house.working() as session:
        if turn % 3 == 0:
            await messages.hide(session, message_id=one, now=house.now)
        for each in said if turn in {4, 7} else ():
            await messages.unhide(session, message_id=each, now=house.now)
    for person in people:
        deed = frames.Remove(room=room, message=one) if turn % 4 == 2 else _sign(room, one, turn)
        with suppress(Problem):
            await house.engine.edit(
                person, room, f"e{turn}", f"cruel change {turn}", message_id=one
            )
        with suppress(Problem):
            # It was somebody else's, or is gone.
            await house.engine.do(person, deed)
    if turn == 8:
        async with house.working() as session:
            await messages.erase(session, account_id=people[1].account_id, now=house.now)
