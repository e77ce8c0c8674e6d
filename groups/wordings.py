"""What a card may say: read before joining by people who may be at their most alone.

Nothing of a card can be folded, so what screening would fold or hold isn't put up at all; its
writer hears why, and a person looks. Names that promise somebody who isn't there are refused.
"""

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Invalid
from core.safety import Category, SubjectKind, Verdict
from core.sentences import say
from matching import concerns, hellos
from matching.concerns import Said
from matching.hellos import HelloHeld
from people import documents, lookalikes
from people.documents import Settled
from people.permissions import Actor

# Parts of a name by which somebody would expect an answer in an emergency, or staff.
_POSING: Final = re.compile(
    r"\b(?:(?:help|crisis|hot|life|suicide|listening)\s?lines?|samaritans?|childline"
    r"|112|111|911|988|(?:crisis|emergency) (?:team|service|support|help)"
    r"|urgent help|moderators?|mods|administrators?|admins?|safeguarding)\b"
)
# Only alone, or with "the", "our" and "team": "Staff of the night shift" is a group of theirs.
_STAFF: Final = re.compile(
    r"(?:the |our )?(?:staff|support|help|been there)(?: team| staff| desk)?"
)


class _Phone(BaseModel):
    tel: str
    display: str


class _First(BaseModel):
    phone: _Phone


class RungFirst(Settled):
    """What of the organisation's directory no group may be called by: the number rung first."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    kind: ClassVar[str] = "crisis_directory"
    # A directory of before it was kept there says the same as the shipped one.
    emergency: _First = _First(phone=_Phone(tel="999", display="999"))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The number, as it is dialled and as people read it."""
        phone = self.emergency.phone
        return tuple(re.findall(r"\d+", f"{phone.tel} {phone.display}"))


class CardHeld(HelloHeld):
    """The card can't be put up as it is. `verdict` says why."""

    code = "card_held"
    title = say("We haven't put this up yet. Your words are still here: please look at them again.")


class ReasonHeld(HelloHeld):
    """The reason can't be told to the person it is about. `verdict` says why."""

    code = "reason_held"
    title = say(
        "We haven't done this yet: they would read your reason, and something in it could hurt."
        " Your words are still here: please look at them again."
    )


class NamePoses(Invalid):
    """The name could be taken for staff or a helpline."""

    code = "name_poses"
    title = say(
        "That name could be taken for staff or a helpline, and somebody in need would wait there"
        " for an answer. Please choose another."
    )


async def admit_card(session: AsyncSession, name: str, verdict: Verdict) -> None:
    """Let a card of this name pass, whose words were judged together, or say why not.

    Raises:
        CardHeld: the verdict folds or holds something of it. Nothing was changed.
        NamePoses: see the class.
    """
    first = await documents.current(session, RungFirst)
    if poses(name, numbers=first.numbers):
        raise NamePoses(field="name")
    admit(verdict)


def admit(verdict: Verdict) -> None:
    """Let words pass that everybody in a group reads, or say why not.

    Raises:
        CardHeld: the verdict folds or holds something of them. Nothing was changed.
    """
    if verdict.folded or not verdict.reaches_peers:
        raise CardHeld(verdict)


def admit_reason(reason: str, verdict: Verdict) -> hellos.Spans:
    """Return what of a reason is kept from the person it is about.

    Own distress in it is never refused: whoever looks after others may be at their end too.

    Raises:
        ReasonHeld: the verdict folds or holds something of it.
    """
    if Category.DISTRESS in verdict.categories:
        return hellos.admit(reason or "…", verdict)
    if verdict.folded or not verdict.reaches_peers:
        raise ReasonHeld(verdict)
    return []


def poses(name: str, *, numbers: Collection[str] = ()) -> bool:
    """Tell whether a group's name could be taken for staff or a helpline."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = (one for one in plain if unicodedata.category(one) not in ("Mn", "Cf"))
    seen = lookalikes.as_seen("".join(letters))
    said = " ".join(re.sub(r"[^\w]+|_", " ", seen).split())
    is_rung = any(f" {number} " in f" {said} " for number in numbers)
    return bool(is_rung or _POSING.search(said) or _STAFF.fullmatch(said))


async def look_at(
    session: AsyncSession, actor: Actor, said: Said, *, group_id: UUID, now: datetime
) -> None:
    """Let a person look at a card that is up, where screening says so."""
    await concerns.raise_about(
        session,
        said,
        kind=SubjectKind.GROUP,
        subject_id=group_id,
        author_id=actor.account_id,
        now=now,
    )
