"""Rulings: what is on offer in a case to this moderator now, and whether what they want fits.

Never anything against somebody who is in distress and harms nobody else (promise 1).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core import limits
from core import words as plain
from core.errors import Invalid
from core.safety import Category, SubjectKind
from core.sentences import Sentence, say
from moderation import claims, effects, flags, places, words
from moderation.cases import Case
from moderation.documents import HouseRules, Rule, StaffedHours
from moderation.fold import Status
from moderation.kinds import ALONE, BOUNDS, PAUSING, SANCTIONS, EffectKind, Step
from people import documents, roles
from people.permissions import Actor, Role


class NotOnOffer(Invalid):
    """That step can't be taken here."""

    code, title = "not_on_offer", say("That can't be done here.")


# These are what somebody writes; without words there is nothing to send.
WRITTEN: Final = frozenset({EffectKind.REACHED_OUT, EffectKind.GUIDE})
# These say different things about the same, and go to nobody together.
APART: Final = (
    {EffectKind.RELEASE, EffectKind.REFUSE},
    {EffectKind.GUIDE, EffectKind.WARN},
    {EffectKind.GUIDE, EffectKind.REACHED_OUT},
    {EffectKind.SUSPEND, EffectKind.REMOVE},
    {EffectKind.SUSPEND, EffectKind.CONFIRM},
)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision that may be taken. `reason` is what its author reads, if anything is done."""

    steps: list[Step]
    rule: Rule | None
    own_words: str
    reason: Sentence | None

    @property
    def kinds(self) -> set[EffectKind]:
        """What is done."""
        return {step.kind for step in self.steps}

    @property
    def data(self) -> dict[str, Any]:
        """What the log keeps of it: kinds, lengths and the rule's id, no words."""
        return {
            "effects": [step.kind.value for step in self.steps],
            "lasts_minutes": {
                step.kind.value: int(step.lasts.total_seconds() // 60)
                for step in self.steps
                if step.lasts
            },
            "rule": self.rule.id if self.rule else None,
        }


@dataclass(frozen=True, slots=True)
class Around:
    """What decides, beside the case itself, what is on offer: its group, and who asked for what."""

    group_id: UUID | None = None
    # Who asked that its author be removed, while a second person is to say so.
    asked_by: UUID | None = None
    is_to_confirm: bool = False
    # Screening raised it, and may have been wrong.
    is_noticed: bool = False


NOTHING_AROUND: Final = Around()


async def around(session: AsyncSession, case: Case) -> Around:
    """Read what is around a case."""
    waits = await effects.unconfirmed(session, case.id)
    return Around(
        group_id=await places.group_of(session, case.room_id),
        asked_by=waits.decided_by if waits else None,
        is_to_confirm=waits is not None,
        is_noticed=await flags.is_noticed(session, case.id),
    )


def offered(
    case: Case, actor: Actor, *, now: datetime, about: Around = NOTHING_AROUND
) -> tuple[EffectKind, ...]:
    """Return what this moderator could do to this case now; empty when somebody else has it."""
    is_held = case.claimed_by not in (None, actor.account_id) and not claims.is_over(case, now)
    if case.status is Status.DECIDED or is_held:
        return ()
    if case.is_support:
        return _support(case, about=about)
    if case.subject_kind is SubjectKind.LETTER and case.author_id:
        return (EffectKind.REACHED_OUT, EffectKind.NOTHING)
    # Nobody is the second person to themselves.
    is_second = about.is_to_confirm and about.asked_by != actor.account_id
    if case.is_appealed and not case.categories:
        # Taking something back is `undo`; nothing harsher comes of asking.
        return (EffectKind.NOTHING, *([EffectKind.CONFIRM] if is_second else []))
    return _against_harm(case, about=about, is_second=is_second)


def _support(case: Case, *, about: Around) -> tuple[EffectKind, ...]:
    found = [EffectKind.REACHED_OUT] if case.author_id else []
    if case.subject_kind is SubjectKind.PENDING:
        found.append(EffectKind.RELEASE)
    return (*found, EffectKind.NOTHING, *_mistaken(about))


def _mistaken(about: Around) -> list[EffectKind]:
    return [EffectKind.MISTAKEN] if about.is_noticed else []


def _against_harm(case: Case, *, about: Around, is_second: bool) -> tuple[EffectKind, ...]:
    found = [EffectKind.NOTHING, *_mistaken(about)]
    if case.author_id:
        found += [EffectKind.GUIDE, EffectKind.WARN]
    if case.author_id and Category.DISTRESS in case.categories:
        found.insert(0, EffectKind.REACHED_OUT)
    if case.subject_kind is SubjectKind.MESSAGE:
        found.append(EffectKind.HIDE)
    if case.subject_kind is SubjectKind.PENDING:
        found += [EffectKind.RELEASE, EffectKind.REFUSE]
    if case.author_id and case.room_id:
        found.append(EffectKind.MUTE)
    if case.author_id and about.group_id:
        found.append(EffectKind.OUT_OF_GROUP)
    if case.author_id:
        found += [EffectKind.RESTRICT, EffectKind.SUSPEND]
        found.append(EffectKind.CONFIRM if is_second else EffectKind.REMOVE)
    return tuple(found)


async def rule_on(
    session: AsyncSession,
    actor: Actor,
    case: Case,
    *,
    steps: list[Step],
    rule: str | None,
    own_words: str,
    now: datetime,
) -> Ruling:
    """Return the ruling, when its steps fit the case, each other, their bounds and a rule.

    Raises:
        NotOnOffer, Invalid: they don't.
    """
    own_words = plain.check(own_words.strip(), most=limits.NOTE_CHARACTERS, field="reason_words")
    _require_offered(case, actor, steps, about=await around(session, case), now=now)
    _require_bounds(steps)
    await _require_somebody_left(session, case, steps)
    kinds = {step.kind for step in steps}
    if kinds & WRITTEN and not own_words:
        raise Invalid(say("Please write what you want to say to them."), field="reason_words")
    if not kinds & SANCTIONS:
        told = words.guided(own_words) if EffectKind.GUIDE in kinds else None
        return Ruling(steps, None, own_words, told)
    named = (await documents.current(session, HouseRules)).rule(rule or "")
    if named is None:
        # Promise 31: a warning names a rule or can't be sent.
        raise Invalid(say("Please name the rule that this is about."), field="rule")
    zone = (await documents.current(session, StaffedHours)).zone
    # What is written to somebody in distress goes to them on its own, not under a rule.
    under_rule = "" if EffectKind.REACHED_OUT in kinds else own_words
    told = words.reason(steps, rule=named, own_words=under_rule, now=now, zone=zone)
    return Ruling(steps, named, own_words, told)


def _require_offered(
    case: Case, actor: Actor, steps: list[Step], *, about: Around, now: datetime
) -> None:
    kinds = [step.kind for step in steps]
    possible = offered(case, actor, now=now, about=about)
    if case.is_support and SANCTIONS.intersection(kinds):
        raise NotOnOffer(say("Nobody is kept from anything for being in distress. You can write."))
    if not kinds or len(set(kinds)) < len(kinds) or not set(kinds) <= set(possible):
        raise NotOnOffer(offered=[kind.value for kind in possible])
    is_alone = not ALONE.isdisjoint(kinds) and len(kinds) > 1
    if is_alone or any(pair <= set(kinds) for pair in APART):
        raise NotOnOffer(say("These steps don't go together."))


async def _require_somebody_left(session: AsyncSession, case: Case, steps: list[Step]) -> None:
    if all(step.kind not in PAUSING for step in steps):
        return
    if await roles.active_holders(session, Role.ADMINISTRATOR) == [case.author_id]:
        raise NotOnOffer(
            say(
                "They are the only administrator, and nobody could appoint anyone while they are"
                " paused. You can hide the message or let them read only."
            )
        )


def _require_bounds(steps: list[Step]) -> None:
    for step in steps:
        bounds = BOUNDS.get(step.kind)
        if bounds is None and step.lasts is not None:
            raise Invalid(say("Only a pause has a length."), field="lasts")
        if bounds is None:
            continue
        if step.lasts is None or not bounds[0] <= step.lasts <= bounds[1]:
            raise Invalid(say("Please choose for how long, within what is allowed."), field="lasts")
