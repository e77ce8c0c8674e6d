"""Live talk in one process: screening, pace, the writer and those who listen, joined.

The socket and plain forms use the same engine, so the same screening, order and exactness.
"""

import asyncio
import math
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from chat import deeds, frames, protocol
from chat.background import Background
from chat.conversation import Carry, Do, Greet, Listen, Say, Show, Step
from chat.drafts import Kept, Refusal
from chat.entries import Entry
from chat.hub import Hub, Listener
from chat.intake import Intake
from chat.outboxes import RESTART
from chat.pace import Pace
from chat.replays import Replays
from chat.surroundings import Surroundings
from chat.watches import Watch
from chat.writer import QUEUE, Answer, Writer
from core.clock import Clock, utc_now
from core.database import Database
from core.errors import Problem, TooMany, Unavailable
from core.safety import Safety
from core.sentences import say
from people.permissions import Act, Actor, require

# A person's phones, tablets and tabs, with room to spare; more is a script.
CONNECTIONS: Final = 20
# chat.md §1: clients come back between half a second and thirty, spread out.
RETURN_FROM_MS, RETURN_TO_MS = 500, 30_000
# Two hundred handshakes a second: a small place is back at once, a large one without a crush.
RETURN_STEP_MS: Final = 5
STOP_WITHIN_SECONDS: Final = 5.0


def return_ms(place: int) -> int:
    """Return after how long the client at this place in the line comes back."""
    return min(RETURN_FROM_MS + place * RETURN_STEP_MS, RETURN_TO_MS)


class Engine:
    """One per process: `start` it with the application, `stop` it before the database closes."""

    def __init__(
        self,
        database: Database,
        safety: Safety,
        clock: Clock = utc_now,
        *,
        pace: Pace | None = None,
        queue: int = QUEUE,
    ) -> None:
        self._database = database
        self._clock = clock
        self._surroundings = Surroundings(database, safety)
        self.background = Background()
        self.hub = Hub()
        self.replays = Replays(database, self.hub, clock=clock)
        self.watch = Watch(
            database, self.hub, self.replays, self._surroundings, self.background, clock=clock
        )
        self.writer = Writer(database, safety, clock=clock, deliver=self._deliver, queue=queue)
        pace = pace or Pace()
        # Counted apart: signs leave nobody waiting with their words.
        self._deeds = Pace(burst=pace.burst, per_second=pace.per_second)
        self._intake = Intake(safety, self._surroundings, pace, self.writer, clock=clock)
        self.watch.subscribe()

    async def start(self) -> None:
        """Begin to store and to sweep, on the running loop."""
        self.background.begin(self.writer.run())
        self.background.begin(self.watch.run())

    async def stop(self) -> None:
        """Store what was submitted, say goodbye, end everything."""
        try:
            async with asyncio.timeout(STOP_WITHIN_SECONDS):
                await self.writer.drained()
        except TimeoutError:
            # What is still waiting was not acknowledged: its clients send it again.
            pass
        self._say_goodbye()
        await self.kill()

    async def kill(self) -> None:
        """End everything at once; what was not acknowledged may or may not be stored."""
        await self.background.end()

    def _say_goodbye(self) -> None:
        for place, listener in enumerate(self.hub):
            listener.outbox.say(frames.Goodbye(retry_ms=return_ms(place)))
            listener.outbox.close(RESTART)

    def connect(self, actor: Actor, token: str) -> Listener:
        """Take a new connection in; it hears its account's channel from now on.

        `token` is what proved who it is, and will be asked again.

        Raises:
            NotSignedIn, Forbidden: this actor may not listen.
            TooMany: this account has very many connections open.
        """
        require(actor, Act.SEE_OWN)
        if len(self.hub.of(actor.account_id)) >= CONNECTIONS:
            raise TooMany(say("You have many windows open. Please close some."), retry_after=30)
        listener = Listener(actor, token)
        self.hub.add(listener)
        return listener

    def disconnect(self, listener: Listener) -> None:
        """Forget a connection that ended; idempotent."""
        self.hub.drop(listener)

    async def receive(self, listener: Listener, raw: str | bytes) -> None:
        """Take one frame from a connection; its answers go to the listener's outbox.

        Waits while a replay is under way, or while the connection has too much waiting to be
        stored: who drives it then doesn't read on. Never raises for what a client sent.
        """
        now = asyncio.get_running_loop().time()
        step = listener.conversation.receive(raw, now=now)
        if step is not None:
            await self._take(listener, step, now=now)
        while listener.conversation.is_full:
            listener.turn.clear()
            await listener.turn.wait()

    async def _take(self, listener: Listener, step: Step, *, now: float) -> None:
        if isinstance(step, Say):
            listener.outbox.say(step.frame)
        elif isinstance(step, Greet):
            listener.outbox.say(frames.Pong(at=self._clock()))
        elif isinstance(step, Show):
            self.hub.show_typing(listener, step.room, now=now)
        elif isinstance(step, Listen):
            await self._listen(listener, step.hello)
        elif isinstance(step, Do):
            await self._do(listener, step.deed)
        else:
            self.background.begin(self._carry(listener, step))

    async def _listen(self, listener: Listener, hello: frames.Hello) -> None:
        before = self.watch.changes
        try:
            await self.replays.listen(listener, hello)
            if self.watch.changes != before:
                # A doorbell that rang while this was read could not know of these rooms yet.
                await self.watch.look_again(listener)
        except Unavailable as gone:
            listener.outbox.say(protocol.problem(gone))

    async def _do(self, listener: Listener, deed: frames.Deed) -> None:
        """Do it before the next frame is read; only what went wrong is answered."""
        try:
            await self.do(listener.actor, deed)
        except TooMany as fault:
            pause_ms = fault.retry_after * 1000
            listener.outbox.say(frames.Busy(retry_after_ms=pause_ms, room=deed.room))
        except Problem as fault:
            message = None if isinstance(deed, frames.Read) else deed.message
            listener.outbox.say(protocol.problem(fault, room=deed.room, message=message))

    async def _carry(self, listener: Listener, step: Carry | None) -> None:
        """Bring one message home, then the ones that waited behind it in its room."""
        while step is not None:
            said = step.said
            answer: Answer | frames.Answer = await self._intake.submit(listener.actor, said)
            if isinstance(answer, Refusal):
                answer = answer.frame(said)
            listener.outbox.say(answer)
            step = listener.conversation.finished(said.room)
            listener.turn.set()

    async def send(
        self,
        actor: Actor,
        room_id: UUID,
        client_id: str,
        text: str,
        *,
        note: str | None = None,
        reply_to: UUID | None = None,
    ) -> Kept:
        """Say something from a form or the JSON API; the same `client_id` again is safe.

        Raises:
            Invalid, TooLarge: the words can't be kept.
            TooMany: wait `retry_after` seconds and send the same again.
            Problem: it was not taken. `fault.extra["help"]` says which help belongs there.
        """
        require(actor, Act.SEE_OWN)
        said = frames.Send(
            room=room_id, client_id=client_id, text=text, note=note, reply_to=reply_to
        )
        return await self._say(actor, said)

    async def edit(
        self,
        actor: Actor,
        room_id: UUID,
        client_id: str,
        text: str,
        *,
        message_id: UUID,
        note: str | None = None,
    ) -> Kept:
        """Say a message of one's own otherwise; screened and kept like a new one.

        Raises:
            NotFound, TooLate, Gone: it can't be changed.
            Problem: as `send`.
        """
        require(actor, Act.SEE_OWN)
        said = frames.Edit(
            room=room_id, client_id=client_id, message=message_id, text=text, note=note
        )
        return await self._say(actor, said)

    async def do(self, actor: Actor, deed: frames.Deed) -> int:
        """Do what takes no words; return the seq of the message it was done to.

        Raises:
            TooMany: wait `retry_after` seconds.
            Problem: as `deeds.do`.
        """
        require(actor, Act.SEE_OWN)
        now = asyncio.get_running_loop().time()
        if wait_ms := self._deeds.wait_ms(actor.account_id, is_distress=False, now=now):
            raise TooMany(retry_after=math.ceil(wait_ms / 1000))
        async with self._database.unit_of_work(actor.organisation_id) as session:
            return await deeds.do(session, actor, deed, now=self._clock())

    async def _say(self, actor: Actor, said: frames.Said) -> Kept:
        protocol.check_words(said.text, said.note)
        protocol.check_client_id(said.client_id)
        answer = await self._intake.submit(actor, said)
        if isinstance(answer, frames.Busy):
            raise TooMany(retry_after=math.ceil(answer.retry_after_ms / 1000))
        if isinstance(answer, Refusal):
            answer.fault.extra["help"] = answer.help
            raise answer.fault
        return answer

    def _deliver(self, room_id: UUID, entries: Sequence[Entry]) -> None:
        if not self.hub.deliver(room_id, entries):
            self.background.begin(self.replays.read_on(room_id))
