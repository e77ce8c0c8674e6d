"""Who has no part in a case: nobody decides on themselves, their report, their room, their peer.

What somebody has a part in is not in their queue, and for them it does not exist.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from moderation import talks, words
from moderation.cases import Case
from moderation.effects import Effect
from moderation.flags import Flag
from moderation.fold import Status
from moderation.kinds import EffectKind
from moderation.reasons import Reason
from people import accounts, notices, roles
from people.notices import NoticeKind
from people.permissions import Actor, Role


def has_no_part(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `Case` under which this moderator may see it and decide.

    A room or a peer in common is no bar where somebody is in distress and nobody else is harmed:
    there is nothing to decide against anyone, and a person who looks matters more. After "look
    at this again", whoever decided before has a part.
    """
    me = actor.account_id
    reported = exists().where(Flag.case_id == Case.id, Flag.reporter_id == me)
    # It takes two to remove somebody: to a third each of them decided.
    asked_to_remove = exists().where(
        Effect.case_id == Case.id, Effect.decided_by == me, Effect.kind == EffectKind.REMOVE,
        Effect.undone_at.is_(None),
    )  # fmt: skip
    is_near = or_(
        _holds(Case.room_id.in_(talks.rooms_of(me))),
        _holds(Case.author_id.in_(talks.partners_of(me))),
    )
    return and_(
        or_(Case.author_id.is_(None), Case.author_id != me),
        ~reported,
        or_(Case.is_support, ~is_near),
        or_(~Case.is_appealed, Case.decided_by.is_(None), Case.decided_by != me),
        or_(~Case.is_appealed, ~asked_to_remove),
    )


def _holds(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    # A case without a room or an author: NULL IN (…) is unknown, and would hide it.
    return func.coalesce(condition, false())


async def without_part(
    session: AsyncSession, actors: Collection[Actor], case_id: UUID
) -> list[UUID]:
    """Return who of these may see this case: one column each, one query for all."""
    if not actors:
        return []
    asked = [has_no_part(actor).label(f"n{place}") for place, actor in enumerate(actors)]
    found = (await session.execute(select(*asked).where(Case.id == case_id))).one_or_none()
    pairs = zip(actors, found, strict=True) if found else ()
    return [actor.account_id for actor, may_see in pairs if may_see]


async def tell_if_nobody_may(session: AsyncSession, case_id: UUID, *, now: datetime) -> bool:
    """Tell the administrators where every moderator has a part in it: else it waits unseen.

    They hear that, and nothing of what it is about. Whoever asked for another look hears that
    there is nobody yet. Once for each opening of the case. Return whether there is somebody who
    may.
    """
    if await without_part(session, await _moderators(session), case_id):
        return True
    await _tell_nobody_may(session, [case_id], now=now)
    return False


async def tell_where_nobody_may(session: AsyncSession, *, now: datetime) -> None:
    """Look at every other look that was asked for: whoever could take it may have gone since.

    Swept by upkeep.
    """
    asked = select(Case.id).where(Case.is_appealed, Case.status != Status.DECIDED)
    somebody_may = [has_no_part(actor) for actor in await _moderators(session)]
    waiting = (await session.scalars(asked.where(~or_(false(), *somebody_may)))).all()
    await _tell_nobody_may(session, waiting, now=now)


async def _moderators(session: AsyncSession) -> list[Actor]:
    able = await roles.active_holders(session, Role.MODERATOR)
    return [Actor(account_id, session.info["organisation_id"], "") for account_id in able]


async def _tell_nobody_may(
    session: AsyncSession, case_ids: Collection[UUID], *, now: datetime
) -> None:
    if not case_ids:
        return
    administrators = await roles.active_holders(session, Role.ADMINISTRATOR)
    openings = await session.execute(select(Case.id, Case.opening).where(Case.id.in_(case_ids)))
    asked = await _who_asked(session, case_ids)
    for case_id, opening in openings.all():
        told = [(one, NoticeKind.ROLE, words.NOBODY_MAY) for one in administrators]
        told += [(one, NoticeKind.OUTCOME, words.NOBODY_LOOKS_YET) for one in asked[case_id]]
        for account_id, kind, said in told:
            await notices.send(
                session,
                account_id=account_id,
                kind=kind,
                dedupe_key=f"nobody_may:{case_id}:{opening}:{account_id}",
                words=said,
                now=now,
            )


async def _who_asked(session: AsyncSession, case_ids: Collection[UUID]) -> Mapping[UUID, set[UUID]]:
    """Return who waits for another look at each of these, and is still here."""
    query = select(Flag.case_id, Flag.reporter_id).where(
        Flag.case_id.in_(case_ids),
        Flag.reason == Reason.LOOK_AGAIN,
        Flag.resolved_at.is_(None),
        Flag.reporter_id.is_not(None),
    )
    rows = (await session.execute(query)).all()
    here = await accounts.names(session, {account_id for _, account_id in rows if account_id})
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for case_id, account_id in rows:
        if account_id in here:
            found[case_id].add(account_id)
    return found


async def require_no_part(session: AsyncSession, actor: Actor, case_id: UUID) -> Case:
    """Return the case, in which the actor has no part.

    Raises:
        NotFound: there is none, or they have a part in it; which of the two is not told.
    """
    query = select(Case).where(Case.id == case_id, has_no_part(actor))
    case = (await session.scalars(query)).one_or_none()
    if case is None:
        raise NotFound
    return case
