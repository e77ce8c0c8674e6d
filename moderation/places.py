"""Where something was said: the group it belongs to, or a private talk. Never anybody's words."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.safety import SubjectKind
from groups import cards
from moderation import talks
from moderation.cases import Case


@dataclass(frozen=True, slots=True)
class Where:
    """A group by its name, a private talk (and no names: who talks with whom), or neither."""

    group_name: str | None = None
    is_private: bool = False


NOWHERE: Final = Where()


async def of_cases(session: AsyncSession, found: Collection[Case]) -> dict[UUID, Where]:
    """Return where each of these cases is about, by the case's id."""
    rooms = await talks.groups_of(session, {case.room_id for case in found if case.room_id})
    group_of = {case.id: _group_of(case, rooms) for case in found}
    known = await cards.by_ids(session, {one for one in group_of.values() if one})
    return {case.id: _where(case, group_of[case.id], known) for case in found}


async def group_of(session: AsyncSession, room_id: UUID | None) -> UUID | None:
    """Return the group a room belongs to; None for a private talk, or for no room."""
    if room_id is None:
        return None
    return (await talks.groups_of(session, {room_id})).get(room_id)


def _group_of(case: Case, rooms: dict[UUID, UUID | None]) -> UUID | None:
    if case.subject_kind is SubjectKind.GROUP:
        return case.subject_id
    return rooms.get(case.room_id) if case.room_id else None


def _where(case: Case, group_id: UUID | None, known: dict[UUID, cards.Shown]) -> Where:
    if group_id is None:
        return Where(is_private=case.room_id is not None)
    return Where(group_name=known[group_id].card.name if group_id in known else None)
