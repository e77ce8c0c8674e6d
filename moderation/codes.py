"""A code for each decision about somebody: reading it and asking again without signing in.

It stays when the account is paused, when every sign-in has ended, and when the account is erased.
Kept as a keyed fingerprint; the person has it in the note that tells the decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption, ids
from core.errors import Invalid
from core.sentences import Sentence, say
from core.tables import Base, Copied, Identified, Owned, Retention, field
from moderation import case_words, cases, effects, words
from moderation.cases import Case, CaseEvent
from moderation.documents import HouseRules
from moderation.fold import Kind, Status
from people import accounts, credentials, documents
from people.accounts import Account
from people.permissions import Actor, Standing

LASTS: Final = timedelta(days=365)


class DecisionCode(Base, Identified, Owned):
    """One code, for one decision about one account."""

    __tablename__ = "decision_code"

    account_id: Mapped[UUID] = field(Retention.CASE, personal="account_id", index=True)
    case_id: Mapped[UUID] = field(Retention.CASE)
    code_index: Mapped[bytes] = field(
        Retention.CASE, personal="account_id", copied=Copied.KEY, unique=True
    )
    made_at: Mapped[datetime] = field(Retention.CASE, personal="account_id")


class NotACode(Invalid):
    """No decision has this code, or it is too old: which of them is not told."""

    code = "decision_code"
    title = say("We don't know that code. Please look at it again: it is in the note we wrote you.")


@dataclass(frozen=True, slots=True)
class Read:
    """What stands of a decision, for whom it is about. `name` is None once they are erased."""

    case_id: UUID
    account_id: UUID
    name: str | None
    standing: Standing
    at: datetime
    lines: Sequence[Sentence]
    is_asked_again: bool


async def give(session: AsyncSession, case: Case, *, now: datetime) -> str:
    """Return a new code for what was decided about a case's author."""
    assert case.author_id is not None
    code = credentials.new_code()
    row = DecisionCode(
        id=ids.new_id(), account_id=case.author_id, case_id=case.id, code_index=_index(code),
        made_at=now,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return code


async def read(session: AsyncSession, code: str, *, now: datetime) -> Read:
    """Return the decision a code is for. Whoever holds it needs no sign-in.

    Raises:
        NotACode: see the class.
    """
    query = select(DecisionCode).where(DecisionCode.code_index == _index(code))
    row = (await session.scalars(query.where(DecisionCode.made_at > now - LASTS))).one_or_none()
    account = await session.get(Account, row.account_id) if row else None
    if row is None or account is None:
        raise NotACode(field="code")
    case = await cases.by_id(session, row.case_id)
    done = [one for one in await effects.of_case(session, case.id) if one.account_id == account.id]
    return Read(
        case_id=case.id,
        account_id=account.id,
        name=account.name,
        standing=account.standing,
        at=row.made_at,
        lines=[words.stands(one.kind, one.ends_at, is_over=bool(one.undone_at)) for one in done]
        + await _because(session, row),
        is_asked_again=case.is_appealed and case.status is not Status.DECIDED,
    )


async def _because(session: AsyncSession, code: DecisionCode) -> list[Sentence]:
    """Return the rule and the words of the decision that the code was made with."""
    query = (
        select(CaseEvent)
        .where(CaseEvent.case_id == code.case_id, CaseEvent.kind == Kind.DECIDED)
        .where(CaseEvent.at <= code.made_at)
        .order_by(CaseEvent.seq.desc())
        .limit(1)
    )
    entry = (await session.scalars(query)).one_or_none()
    if entry is None:
        return []
    rules = await documents.current(session, HouseRules)
    said = await case_words.of_case(session, code.case_id)
    return words.because(rules.rule(entry.data.get("rule") or ""), said.get(entry.id, ""))


async def actor_of(session: AsyncSession, found: Read) -> Actor:
    """Return whom a decision is about, without any role: for what they may still do themselves.

    Raises:
        NotFound: they are erased.
    """
    account = await accounts.by_id(session, found.account_id)
    return Actor(account.id, account.organisation_id, account.name or "", account.standing)


def _index(code: str) -> bytes:
    return encryption.ring().blind("decision_code.code", credentials.plain_code(code))
