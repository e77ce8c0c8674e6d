"""The way in of everything said: screened, then paced, then given to the writer.

The order matters (promise 2): pace may ask somebody to wait, but never somebody in distress, and
that only screening can tell.
"""

import asyncio

import structlog

from chat import frames, screens
from chat.background import describe
from chat.drafts import Draft, Refusal
from chat.pace import Pace
from chat.surroundings import Surroundings
from chat.writer import Answer, Writer, busy
from core.clock import Clock
from core.errors import Problem
from core.safety import Safety
from people.permissions import Actor

log = structlog.get_logger(__name__)


class Intake:
    """Takes what is said, from any connection or form of this process."""

    def __init__(
        self,
        safety: Safety,
        surroundings: Surroundings,
        pace: Pace,
        writer: Writer,
        *,
        clock: Clock,
    ) -> None:
        self._safety = safety
        self._surroundings = surroundings
        self._pace = pace
        self._writer = writer
        self._clock = clock

    async def submit(self, actor: Actor, said: frames.Said) -> Answer:
        """Screen, then pace, then store; return what became of it. Never raises for its words."""
        try:
            draft = await self._screened(actor, said)
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
        return await self._writer.submit(draft)

    async def _screened(self, actor: Actor, said: frames.Said) -> Draft:
        now = asyncio.get_running_loop().time()
        context = await self._surroundings.context(
            actor, said.room, client_id=said.client_id, now=now
        )
        verdict, note = await screens.judge(self._safety, said.text, said.note, context)
        self._surroundings.note(
            actor.account_id, said.room, client_id=said.client_id, text=said.text, now=now
        )
        return Draft(
            organisation_id=actor.organisation_id, room_id=said.room,
            sender_id=actor.account_id, client_id=said.client_id, text=said.text, note=note,
            reply_to=said.reply_to if isinstance(said, frames.Send) else None,
            edits=said.message if isinstance(said, frames.Edit) else None,
            written_at=self._clock(), verdict=verdict,
        )  # fmt: skip
