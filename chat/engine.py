"""Live talk in one process: screening, pace, the writer and those who listen, joined.

The socket and plain forms use the same engine, so the same screening, order and exactness.
"""

import asyncio
import math
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import structlog

from chat import frames, protocol, screens
from chat.background import Background, describe
from chat.conversation import Carry, Greet, Listen, Say, Step
from chat.drafts import Draft, Kept, Refusal
from chat.entries import Entry
from chat.hub import Hub, Listener
from chat.outboxes import RESTART
from chat.pace import Pace
from chat.replays import Replays
from chat.surroundings import Surroundings
from chat.watches import Watch
from chat.writer import QUEUE, Answer, Writer, busy
from core.clock import Clock, utc_now
from core.database import Database
from core.errors import Problem, TooMany, Unavailable
from core.safety import Safety
from core.sentences import say
from people.permissions import Act, Actor, require

log = structlog.get_logger(__name__)

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
        self._safety = safety
        self._clock = clock
        self._pace = pace or Pace()
        self._surroundings = Surroundings(database)
        self.background = Background()
        self.hub = Hub()
        self.replays = Replays(database, self.hub, clock=clock)
        self.watch = Watch(
            database, self.hub, self.replays, self._surroundings, self.background, clock=clock
        )
        self.writer = Writer(database, safety, clock=clock, deliver=self._deliver, queue=queue)
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
            await self._take(listener, step)
        while listener.conversation.is_full:
            listener.turn.clear()
            await listener.turn.wait()

    async def _take(self, listener: Listener, step: Step) -> None:
        if isinstance(step, Say):
            listener.outbox.say(step.frame)
        elif isinstance(step, Greet):
            listener.outbox.say(frames.Pong(at=self._clock()))
        elif isinstance(step, Listen):
            await self._listen(listener, step.hello)
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

    async def _carry(self, listener: Listener, step: Carry | None) -> None:
        """Bring one message home, then the ones that waited behind it in its room."""
        while step is not None:
            answer: Answer | frames.Answer = await self._submit(listener.actor, step.send)
            if isinstance(answer, Refusal):
                answer = answer.frame(step.send)
            listener.outbox.say(answer)
            step = listener.conversation.finished(step.send.room)
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
        protocol.check_words(text, note)
        protocol.check_client_id(client_id)
        answer = await self._submit(
            actor,
            frames.Send(room=room_id, client_id=client_id, text=text, note=note, reply_to=reply_to),
        )
        if isinstance(answer, frames.Busy):
            raise TooMany(retry_after=math.ceil(answer.retry_after_ms / 1000))
        if isinstance(answer, Refusal):
            answer.fault.extra["help"] = answer.help
            raise answer.fault
        return answer

    async def _submit(self, actor: Actor, send: frames.Send) -> Answer:
        """Screen, then pace, then store."""
        try:
            draft = await self._screened(actor, send)
        except Problem as fault:
            return Refusal(fault)
        except Exception as fault:  # noqa: BLE001 - logged by kind, answered, survived
            # A text that breaks screening is not stored; its author's next one still is.
            log.error("chat_screening_failed", **describe(fault))
            return Refusal(Problem())
        now = asyncio.get_running_loop().time()
        wait_ms = self._pace.wait_ms(actor.account_id, is_distress=draft.is_distress, now=now)
        if wait_ms:
            return busy(draft, wait_ms=wait_ms)
        return await self.writer.submit(draft)

    async def _screened(self, actor: Actor, send: frames.Send) -> Draft:
        now = asyncio.get_running_loop().time()
        context = await self._surroundings.context(
            actor, send.room, client_id=send.client_id, now=now
        )
        verdict, note = await screens.judge(self._safety, send.text, send.note, context)
        self._surroundings.note(
            actor.account_id, send.room, client_id=send.client_id, text=send.text, now=now
        )
        return Draft(
            organisation_id=actor.organisation_id, room_id=send.room,
            sender_id=actor.account_id, client_id=send.client_id, text=send.text, note=note,
            reply_to=send.reply_to, written_at=self._clock(), verdict=verdict,
        )  # fmt: skip

    def _deliver(self, room_id: UUID, entries: Sequence[Entry]) -> None:
        if not self.hub.deliver(room_id, entries):
            self.background.begin(self.replays.read_on(room_id))
