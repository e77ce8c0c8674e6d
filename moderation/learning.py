"""What screening learns here, in a person's hands: proposed, counted beside, used, taken back.

A correction is kept with the figures it was proposed with, and never changed. Which one is in use
stands in the document `moderation.documents.Screening`: every step is a version, with who did it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core import ids
from core.errors import Conflict
from core.safety import Category
from core.sentences import say
from moderation import corrections, decided, learned, standings
from moderation.decided import Decided
from moderation.documents import Screening
from moderation.guessing import BUDGETS
from moderation.heads import Heads
from moderation.learned import ScreeningCorrection
from moderation.retraining import Learned
from people import audit, documents
from people.permissions import Act, Actor, require


def shares(heads: Heads, document: Screening) -> dict[Category, float]:
    """Return above which share a guess brings somebody here, for each category that has one."""
    budgets = BUDGETS | dict(document.looks)
    found = {one: heads.looks_at(one, budgets.get(one)) for one in heads.categories}
    return {about: share for about, share in found.items() if share is not None}


async def material(
    session: AsyncSession, actor: Actor, *, now: datetime
) -> tuple[Screening, list[Decided]]:
    """Return what there is to learn from; for the software, no person reads it."""
    require(actor, Act.CHANGE_DOCUMENT)
    return await documents.current(session, Screening), await decided.read(session, now=now)


async def propose(
    session: AsyncSession,
    actor: Actor,
    found: Learned,
    *,
    base: str,
    after: UUID | None,
    now: datetime,
) -> UUID | None:
    """Keep what was learned, for a person to look at; nothing is judged by it yet.

    `after` is what was learned last when they asked: if more was since, nothing is kept, so that
    a second click is none.
    """
    require(actor, Act.CHANGE_DOCUMENT)
    known = await learned.newest(session)
    if (known.id if known else None) != after:
        return None
    one = ScreeningCorrection(
        id=ids.new_id(),
        made_at=now,
        by_id=actor.account_id,
        base=base,
        kept=corrections.written(found.correction) if found.correction else None,
        told=[each.as_json for each in found.told],
    )
    session.add(one)
    await session.flush()
    audit.record(
        session,
        kind="screening_learned",
        actor_id=actor.account_id,
        subject_kind=ScreeningCorrection.__tablename__,
        subject_id=one.id,
        now=now,
    )
    return one.id


async def put_beside(
    session: AsyncSession, actor: Actor, heads: Heads, *, over_version: int, now: datetime
) -> None:
    """Count what the newest proposal would do, beside what is in use. It brings nobody.

    Raises:
        Conflict: nothing came of it, it was learned for another model, or somebody else did more.
    """
    require(actor, Act.CHANGE_DOCUMENT)
    one = await learned.newest(session)
    if one is None or one.kept is None or one.base != heads.digest:
        raise Conflict(say("Nothing came of that one: there is nothing to watch."))
    document = await documents.current(session, Screening)
    changed = document.model_copy(update={"beside": one.id})
    await documents.change(session, actor, changed, over_version=over_version, now=now)


async def use(
    session: AsyncSession, actor: Actor, heads: Heads, *, over_version: int, now: datetime
) -> None:
    """Let what was counted beside judge from now on; what it replaces can be taken up again.

    Raises:
        Conflict: there is none, it wasn't counted long enough, or it would bring more.
    """
    require(actor, Act.CHANGE_DOCUMENT)
    here = await standings.read(session, actor, heads, now=now)
    if here.document.beside is None or (not here.may_be_used and here.is_beside_calm):
        raise Conflict(say("Please watch it beside for longer first."))
    if not here.is_beside_calm:
        raise Conflict(say("It would call people more often than was set. It can't be used."))
    changed = here.document.model_copy(
        update={
            "learned": here.document.beside,
            "learned_before": here.document.learned,
            "beside": None,
        }
    )
    await documents.change(session, actor, changed, over_version=over_version, now=now)


async def step_back(
    session: AsyncSession, actor: Actor, *, over_version: int, now: datetime
) -> None:
    """Stop counting beside; or, where nothing is counted, use again what was in use before.

    Raises:
        Conflict: nothing was learned, or somebody else did more.
    """
    require(actor, Act.CHANGE_DOCUMENT)
    document = await documents.current(session, Screening)
    if document.beside is not None:
        changed = document.model_copy(update={"beside": None})
    elif document.learned is not None:
        back = {"learned": document.learned_before, "learned_before": None}
        changed = document.model_copy(update=back)
    else:
        raise Conflict(say("The shipped model is in use already."))
    await documents.change(session, actor, changed, over_version=over_version, now=now)
