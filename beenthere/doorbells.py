"""What other packages' events mean on the live socket: "something of yours changed, look again"."""

from chat import frames
from chat.engine import Engine
from core.events import Bus
from moderation.cases import CaseChanged
from people.notices import NoticeSent
from people.permissions import Act, allows


def install(bus: Bus, engine: Engine) -> None:
    """Ring for notices at their reader's, and for cases at everyone's who sees the queue."""

    def ring_home(sent: NoticeSent) -> None:
        for listener in engine.hub.of(sent.account_id):
            listener.outbox.say(frames.Changed(what="home"))

    def ring_queue(changed: CaseChanged) -> None:
        for listener in engine.hub:
            is_here = listener.actor.organisation_id == changed.organisation_id
            has_a_part = (
                listener.account_id == changed.author_id or changed.room_id in listener.rooms
            )
            if is_here and not has_a_part and allows(listener.actor, Act.SEE_QUEUE):
                listener.outbox.say(frames.Changed(what="queue", id=changed.case_id))

    bus.subscribe(NoticeSent, ring_home)
    bus.subscribe(CaseChanged, ring_queue)
