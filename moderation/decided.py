"""What people on shift decided, as texts to learn from: what it was taken for, and whether it was.

Only words that somebody of the team has read to decide about, of people who are still here. Who
asked that distress isn't noticed teaches nothing about it. "Nothing needs doing" says nothing of
what a text is, so it teaches nothing: only "it isn't what it was taken for" does.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from core.safety import Category
from moderation.cases import CaseEvent
from moderation.flags import Flag
from moderation.fold import Kind
from moderation.kinds import HAS_ACTED, EffectKind
from people import accounts, consents
from people.consents import Consent, Purpose

# Older ones tell of how people spoke then; and a year's are enough to learn from.
WITHIN: Final = timedelta(days=365)
AT_MOST: Final = 5_000


@dataclass(frozen=True, slots=True)
class Decision:
    """What a text was taken for, and whether people found it to be that; its words stay sealed."""

    author_id: UUID
    about: frozenset[Category]
    is_so: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """Somebody's text, what it was taken for, and whether people found it to be that."""

    text: str
    author_id: UUID
    about: frozenset[Category]
    is_so: bool


async def read(session: AsyncSession, *, now: datetime) -> list[Decided]:
    """Return what was decided within a year, the newest first; the software alone reads it."""
    found: dict[tuple[str, frozenset[Category]], Decided] = {}
    for flag, one in await _within_a_year(session, _settled(now)):
        # The same words twice ("reported by two") are one thing to learn.
        if text := flag.evidence:
            decided = Decided(text, one.author_id, one.about, one.is_so)
            found.setdefault((text, one.about), decided)
    return list(found.values())


async def told(session: AsyncSession, *, now: datetime) -> list[Decision]:
    """Return what was decided within a year, the newest first, without a word of it."""
    unread = _settled(now).options(defer(Flag.evidence_sealed, raiseload=True))
    return [one for _, one in await _within_a_year(session, unread)]


def _settled(now: datetime) -> Select[Flag]:
    return (
        select(Flag)
        .where(Flag.resolved_at > now - WITHIN, Flag.author_id.is_not(None))
        .where(Flag.evidence_sealed.is_not(None))
        .order_by(Flag.resolved_at.desc(), Flag.id)
        .limit(AT_MOST)
    )


async def _within_a_year(
    session: AsyncSession, settled: Select[Flag]
) -> list[tuple[Flag, Decision]]:
    every = list(await session.scalars(settled))
    still_here = await accounts.names(session, {one.author_id for one in every if one.author_id})
    found = [one for one in every if one.author_id in still_here]
    decisions = await _decisions(session, {one.case_id for one in found})
    hidden = await _unnoticed(session, {one.author_id for one in found if one.author_id})
    return list(_decided(found, decisions, hidden))


def _decided(
    found: Iterable[Flag], decisions: Mapping[UUID, list[CaseEvent]], hidden: frozenset[UUID]
) -> Iterator[tuple[Flag, Decision]]:
    for flag in found:
        entry = next((one for one in decisions.get(flag.case_id, ()) if one.at >= flag.at), None)
        author_id = flag.author_id
        if entry is None or author_id is None:
            continue
        kept = flag.categories - ({Category.DISTRESS} if author_id in hidden else set())
        is_so = _is_so(frozenset(map(EffectKind, entry.data["effects"])), kept)
        if kept and is_so is not None:
            yield flag, Decision(author_id, kept, is_so)


def _is_so(kinds: frozenset[EffectKind], about: frozenset[Category]) -> bool | None:
    if EffectKind.MISTAKEN in kinds:
        return False
    if Category.DISTRESS in about:
        # Harm in the same text may be what was acted on: that tells nothing of distress.
        return True if EffectKind.REACHED_OUT in kinds and about == {Category.DISTRESS} else None
    return True if kinds & HAS_ACTED else None


async def _decisions(session: AsyncSession, case_ids: set[UUID]) -> dict[UUID, list[CaseEvent]]:
    query = (
        select(CaseEvent)
        .where(CaseEvent.case_id.in_(case_ids), CaseEvent.kind == Kind.DECIDED)
        .order_by(CaseEvent.seq)
    )
    found: dict[UUID, list[CaseEvent]] = {}
    for entry in await session.scalars(query):
        found.setdefault(entry.case_id, []).append(entry)
    return found


async def _unnoticed(session: AsyncSession, account_ids: set[UUID]) -> frozenset[UUID]:
    """Return who of them asked that distress isn't noticed."""
    agreeing = consents.agreeing(Purpose.NOTICE_DISTRESS)
    agreed = await session.scalars(agreeing.where(Consent.account_id.in_(account_ids)))
    return frozenset(account_ids) - frozenset(agreed)
