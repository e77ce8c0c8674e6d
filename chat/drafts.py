"""A message on its way in, and what can become of it."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chat import frames, protocol
from chat.kinds import Help
from core import ids
from core.errors import Conflict, Problem
from core.safety import Category, Response, Verdict
from core.sentences import say

# Room, sender, the client's own id: what makes two drafts the same message.
Key = tuple[UUID, UUID, str]
Kept = frames.Sent | frames.Held | frames.Asked


# Not frozen: a frozen one takes three times as long to make, once for every message.
@dataclass(slots=True)
class Draft:
    """A screened message on its way in. `id` is the one it gets if it is new."""

    organisation_id: UUID
    room_id: UUID
    sender_id: UUID
    client_id: str
    text: str
    written_at: datetime
    verdict: Verdict
    note: str | None = None
    reply_to: UUID | None = None
    # The message of theirs that it changes.
    edits: UUID | None = None
    id: UUID = field(default_factory=ids.new_id)

    @property
    def key(self) -> Key:
        """What makes two drafts the same message."""
        return self.room_id, self.sender_id, self.client_id

    def says(self, words: str) -> bool:
        """Tell whether these are its words; line ends differ between a form and a frame."""
        return words == self.text or words.split() == self.text.split()

    @property
    def is_distress(self) -> bool:
        """True when its author may be in distress: never refused for its pace."""
        return Category.DISTRESS in self.verdict.categories

    @property
    def wants_help(self) -> bool:
        """True when help belongs under the answer to it."""
        is_alert = self.is_distress and self.verdict.tier.urgency > 0
        return is_alert or self.verdict.response is Response.DELIVER_WITH_HELP


@dataclass(frozen=True, slots=True)
class Refusal:
    """It wasn't taken. In distress its author gets help, and a person is alerted, all the same."""

    fault: Problem
    help: Help | None = None

    def frame(self, said: frames.Said) -> frames.Problem:
        """Return the answer to a frame that wasn't taken."""
        return protocol.problem(
            self.fault, room=said.room, client_id=said.client_id, help=self.help
        )


Outcome = Kept | Refusal


class OtherWords(Conflict):
    """This `client_id` stands for other words, which were sent: a page from before was used."""

    code = "other_words"
    title = say("This page was used already. Your words are still here: send them.")


class TakenBack(Conflict):
    """A message of this `client_id` was withdrawn or kept out; new words need a new one."""

    code, title = "taken_back", say("That message was taken back or kept out before.")
