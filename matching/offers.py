"""People and groups for somebody, each with the reason.

`gather` reads, inside a session; `answer` ranks, outside of it and off the event loop.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.sentences import say
from matching import answers, crowds, hints, pairs, pools, presences, profiles, ranking, reasons
from matching.answers import OWN_ANSWERS, Answer
from matching.crowds import Everyone
from matching.documents import GroupDocument, Person
from matching.eligibility import Standing
from matching.leanings import Leaning
from matching.presences import Wishes
from matching.ranking import Match
from matching.reasons import Reason
from people import blocks
from people.permissions import Act, Actor, require

# Promise 36: with fewer people to offer, all are shown, and how few we are is said.
FEW: Final = 50
PEOPLE: Final = 5
GROUPS: Final = 3


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one person's offers are made of: read at one moment, nothing opened or decided yet."""

    actor: Actor
    crowd: crowds.SealedEveryone
    wishes: dict[UUID, Wishes]
    talk_counts: dict[UUID, int]
    apart: set[UUID]
    met: set[UUID]
    answered: dict[UUID, Answer]
    now: datetime


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Somebody to talk with, in their own words, and why. Nothing else they told is here."""

    id: UUID
    name: str
    words_for_self: str
    about: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class GroupCard:
    """A group with room, and why."""

    id: UUID
    name: str
    purpose: str
    for_whom: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Offers:
    """Best first. `small_line` says how few we are (else empty), `hint_line` what would help when
    there is nobody; `can_refresh`: "show me others" would show others. `leaning`: whom they asked
    for first; `is_resting`: they aren't offered to others; `has_put_aside`: others could come back.
    """

    people: tuple[PersonCard, ...]
    groups: tuple[GroupCard, ...]
    small_line: str = ""
    hint_line: str = ""
    can_refresh: bool = False
    leaning: Leaning | None = None
    is_resting: bool = False
    has_put_aside: bool = False


async def gather(session: AsyncSession, actor: Actor, *, now: datetime) -> Gathered:
    """Read what offers are made of: six queries, and one more for documents that changed."""
    require(actor, Act.TAKE_PART)
    return Gathered(
        actor=actor,
        crowd=await crowds.everyone(session),
        wishes=await presences.everyone(session, now=now),
        talk_counts=await pairs.talk_counts(session),
        apart=await blocks.between(session, actor.account_id),
        met=await pairs.met(session, actor.account_id, now=now),
        answered=await answers.around(session, actor.account_id, now=now),
        now=now,
    )


@dataclass(frozen=True, slots=True)
class _Choice:
    """Whom there is to choose from, and for whom."""

    gathered: Gathered
    everyone: Everyone
    seeker: Person


def answer(gathered: Gathered, *, people: int = PEOPLE, groups: int = GROUPS) -> Offers:
    """Open what was gathered and rank it. Fewer than `FEW` people are all shown.

    At least one group is there whenever one is open to this person. CPU work: not for an event
    loop.
    """
    actor, everyone = gathered.actor, gathered.crowd.open()
    seeker = everyone.people.get(str(actor.account_id)) or profiles.blank(actor)
    choice = _Choice(gathered, everyone, seeker)
    standings = _standings(choice)
    pool = pools.ready(actor.organisation_id, everyone, seeker, standings, now=gathered.now)
    mine = gathered.wishes.get(actor.account_id, presences.NONE_SAID)
    found = ranking.rank(seeker, pool, k=max(FEW, people), leaning=mine.leaning)
    are_few = len(found) < FEW
    shown = found if are_few else found[:people]
    return Offers(
        people=tuple(_person(choice, match) for match in shown),
        groups=tuple(_group(choice, match) for match in _groups(choice, k=groups, are_few=are_few)),
        small_line=_small_line(choice, len(shown)) if are_few else "",
        hint_line=""
        if found
        else hints.hint(seeker, standings, everyone.people.values(), met=gathered.met),
        can_refresh=len(found) > len(shown),
        leaning=mine.leaning,
        is_resting=mine.is_resting,
        has_put_aside=any(one in OWN_ANSWERS for one in gathered.answered.values()),
    )


def _standings(choice: _Choice) -> dict[str, Standing]:
    me = choice.seeker.id
    standings = {one: _standing(choice, one) for one in {*choice.everyone.people, me}}
    answered = choice.gathered.met | choice.gathered.answered.keys()
    standings[me] = replace(
        standings[me],
        # Resting is about being offered to others.
        is_resting=False,
        apart=frozenset(map(str, choice.gathered.apart)),
        answered=frozenset(map(str, answered)),
    )
    return standings


def _standing(choice: _Choice, person_id: str) -> Standing:
    account_id = UUID(person_id)
    wishes = choice.gathered.wishes.get(account_id, presences.NONE_SAID)
    return Standing(
        is_paused=wishes.is_paused,
        is_resting=wishes.is_resting,
        is_unlisted=wishes.is_unlisted or person_id in choice.everyone.withheld,
        wants_alike=wishes.wants_alike,
        open_connections=choice.gathered.talk_counts.get(account_id, 0),
    )


def _groups(choice: _Choice, *, k: int, are_few: bool) -> list[Match]:
    """Rank the groups this person isn't in; where all were set aside, still offer one.

    Where people are few, the one where everybody new is welcome comes first (promise 36).
    """
    answered = choice.gathered.answered
    every = choice.everyone.groups.values()
    mine = [one for one in every if answered.get(UUID(one.id)) in (None, *OWN_ANSWERS)]
    fresh = [one for one in mine if UUID(one.id) not in answered]
    encoder = choice.everyone.reader([choice.seeker.id, *(one.id for one in mine)])
    found = ranking.rank_groups(choice.seeker, fresh, k=len(fresh), encoder=encoder)
    if are_few:
        found.sort(key=lambda match: not choice.everyone.groups[match.id].is_welcome)
    return found[:k] or ranking.rank_groups(choice.seeker, mine, k=1, encoder=encoder)


def _person(choice: _Choice, match: Match) -> PersonCard:
    other_id, told = UUID(match.id), choice.everyone.people[match.id]
    shown = choice.gathered.wishes.get(other_id, presences.NONE_SAID).shown_of(told)
    why = reasons.of_shown(match.reasons, choice.seeker, shown)
    return PersonCard(other_id, told.name, shown.words_for_self, shown.about, why)


def _group(choice: _Choice, match: Match) -> GroupCard:
    card: GroupDocument = choice.everyone.groups[match.id]
    why = (reasons.welcome(card), *match.reasons) if card.is_welcome else match.reasons
    return GroupCard(UUID(match.id), card.name, card.purpose, card.for_whom, why)


def _small_line(choice: _Choice, shown: int) -> str:
    """Say how many we are. Everybody here is counted, so that no block can be told from it."""
    everyone = choice.everyone
    others = everyone.people.keys() - everyone.withheld - {choice.seeker.id}
    if not others:
        return say("You're the first here.")
    if len(others) >= FEW:
        return say("These are all you might talk with just now.")
    if shown == len(others):
        return say("We're %(count)s here, so these are all of us.", count=len(others) + 1)
    return say(
        "We're %(count)s here. These are all you might talk with just now.", count=len(others) + 1
    )
