"""What of a message a person should look at, in the transaction that stores it.

Distress is a concern about how its author is, not about one message: its subject is the author's
account, so that thirty desperate lines are one case (promise 4). Anything else is a concern
about that message, or about the pending one.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from chat.drafts import Draft, Key
from chat.entries import Entry
from core.safety import Category, Concern, Response, Safety, Source, Subject, SubjectKind, Tier


async def raise_all(
    session: AsyncSession,
    safety: Safety,
    drafts: Iterable[Draft],
    *,
    stored: Mapping[Key, Entry],
    refused: Iterable[Key],
    now: datetime,
) -> None:
    """Flag every new draft whose verdict asks for a person, and every held one.

    A refused one (its author is muted, or blocked) is flagged only for distress.
    """
    not_taken = set(refused)
    for draft in drafts:
        tier = _tier(draft)
        if tier is Tier.NONE:
            continue
        entry = stored.get(draft.key)
        for subject in _subjects(draft, entry, is_refused=draft.key in not_taken):
            await safety.flag(session, subject, _concern(draft, tier, now))


def _tier(draft: Draft) -> Tier:
    is_held = draft.verdict.response is Response.HOLD
    return Tier.ROUTINE if is_held and not draft.verdict.tier.urgency else draft.verdict.tier


def _subjects(draft: Draft, entry: Entry | None, *, is_refused: bool) -> list[Subject]:
    # Where to look: at the message that was changed, not at the change.
    seen = entry.subject or entry if entry else None
    seq = seen.seq if seen else None
    room_id, author_id = draft.room_id, draft.sender_id
    subjects = []
    if draft.is_distress:
        subjects.append(
            Subject(SubjectKind.ACCOUNT, author_id, author_id, room_id=room_id, seq=seq)
        )
    if is_refused:
        return subjects
    if entry is None:
        # A held one needs a person's decision, whatever else was seen in it.
        subjects.append(Subject(SubjectKind.PENDING, draft.id, author_id, room_id=room_id))
    elif draft.verdict.folded or draft.verdict.categories != {Category.DISTRESS}:
        message_id = draft.edits or draft.id
        subjects.append(
            Subject(SubjectKind.MESSAGE, message_id, author_id, room_id=room_id, seq=seq)
        )
    return subjects


def _concern(draft: Draft, tier: Tier, now: datetime) -> Concern:
    return Concern(
        source=Source.SCREENING,
        tier=tier,
        words=draft.text,
        at=now,
        because=draft.verdict.because,
        categories=draft.verdict.categories,
    )
