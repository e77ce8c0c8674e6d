"""What other packages' events mean on the live socket: "something of yours changed, look again"."""

from chat import frames
from chat.engine import Engine
from core.database import Database
from core.events import Bus
from moderation import interests
from moderation.cases import CaseChanged
from people.notices import NoticeSent
from people.permissions import Act, allows


def install(bus: Bus, engine: Engine, database: Database) -> None:
    """Ring for notices at their reader's, and for cases at everyone's who sees them in the queue.

    Who may not see a case is not told that there is one, nor its id.
    """

    def ring_home(sent: NoticeSent) -> None:
        for listener in engine.hub.of(sent.account_id):
            listener.outbox.say(frames.Changed(what="home"))

    async def ring_those_who_see(changed: CaseChanged) -> None:
        here = {
            listener.account_id: listener.actor
            for listener in engine.hub
            if listener.actor.organisation_id == changed.organisation_id
            and allows(listener.actor, Act.SEE_QUEUE)
        }
        async with database.reading(changed.organisation_id) as session:
            seeing = await interests.without_part(session, here.values(), changed.case_id)
        for account_id in seeing:
            engine.hub.tell(account_id, frames.Changed(what="queue", id=changed.case_id))

    def ring_queue(changed: CaseChanged) -> None:
        engine.background.begin(ring_those_who_see(changed))

    bus.subscribe(NoticeSent, ring_home)
    bus.subscribe(CaseChanged, ring_queue)
