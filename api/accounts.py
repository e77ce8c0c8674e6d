"""Accounts: joining, oneself, one's consents, notices and blocks."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response, status

from api import entry
from api.dependencies import Address, Config, Here, Now, Place, Someone
from api.shapes import In, Out, Page
from people import accounts, blocks, consents, notices, recovery
from people.consents import Purpose
from people.notices import NoticeKind
from people.sign_ins import Way

router = APIRouter(tags=["accounts"])


class Welcome(Out):
    """What a newcomer needs once: it is not shown again."""

    account_id: UUID
    token: str
    recovery_codes: list[str]


class Grant(Out):
    """A role, everywhere or in one group."""

    role: str
    scope_id: UUID | None


class Me(Out):
    """Oneself, as the software knows one."""

    account_id: UUID
    name: str
    standing: str
    roles: list[Grant]
    consents: list[Purpose]
    recovery_codes_left: int


class ConsentChange(In):
    """Yes or no to one purpose."""

    is_given: bool


class NoticeOut(Out):
    """Something that must reach its reader."""

    id: UUID
    kind: NoticeKind
    words: str
    subject_id: UUID | None
    due_at: datetime


class Blocked(Out):
    """Somebody one has blocked."""

    account_id: UUID
    name: str


@router.post("/accounts", status_code=status.HTTP_201_CREATED)
async def join(
    body: entry.Newcomer, here: Here, place: Place, origin: Address, config: Config, now: Now
) -> Welcome:
    """Join. The answer holds a bearer token and the recovery codes, once."""
    joined = await entry.join(
        here, place.id, body, way=Way.BEARER, address=origin, site_name=config.site_name, now=now
    )
    return Welcome(
        account_id=joined.account.id, token=joined.begun.token, recovery_codes=joined.recovery_codes
    )


@router.get("/me")
async def me(actor: Someone, here: Here) -> Me:
    """Return oneself."""
    async with here.reading(actor.organisation_id) as session:
        given = await consents.given_by(session, actor.account_id)
        codes = await recovery.left(session, actor)
    grants = [Grant(role=grant.role, scope_id=grant.scope_id) for grant in actor.grants]
    return Me(
        account_id=actor.account_id,
        name=actor.name,
        standing=actor.standing,
        roles=sorted(grants, key=lambda grant: (grant.role, str(grant.scope_id))),
        consents=sorted(given),
        recovery_codes_left=codes,
    )


@router.put("/me/consents/{purpose}", status_code=status.HTTP_204_NO_CONTENT)
async def change_consent(
    purpose: Purpose, body: ConsentChange, actor: Someone, here: Here, now: Now
) -> Response:
    """Give or withdraw a consent; it counts from this moment."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await consents.change(session, actor, purpose, is_given=body.is_given, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.get("/me/notices")
async def list_notices(actor: Someone, here: Here, now: Now) -> Page[NoticeOut]:
    """Return what one has not read yet."""
    async with here.reading(actor.organisation_id) as session:
        rows = await notices.unread(session, actor, now=now)
    return Page(items=[NoticeOut.model_validate(row) for row in rows])


@router.delete("/me/notices/{notice_id}", status_code=status.HTTP_204_NO_CONTENT)
async def put_notice_away(notice_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Put a notice away; idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await notices.mark_read(session, actor, notice_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.get("/me/blocks")
async def list_blocks(actor: Someone, here: Here) -> Page[Blocked]:
    """Return whom one has blocked."""
    async with here.reading(actor.organisation_id) as session:
        blocked = await blocks.made_by(session, actor.account_id)
        names = await accounts.names(session, blocked)
    items = [Blocked(account_id=one, name=names.get(one, "")) for one in blocked]
    return Page(items=sorted(items, key=lambda one: one.name))


@router.put("/me/blocks/{account_id}", status_code=status.HTTP_204_NO_CONTENT)
async def block(account_id: UUID, actor: Someone, here: Here, now: Now) -> Response:
    """Block somebody; they are not told. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await blocks.make(session, actor, account_id, now=now)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.delete("/me/blocks/{account_id}", status_code=status.HTTP_204_NO_CONTENT)
async def unblock(account_id: UUID, actor: Someone, here: Here) -> Response:
    """Take a block back. Idempotent."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await blocks.undo(session, actor, account_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
