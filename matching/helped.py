"""What helped people, for whoever is still making up their mind about joining (promise 33)."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from matching import candidates
from matching.candidates import Candidate, Kind
from people import consents
from people.accounts import Account
from people.consents import Purpose
from people.permissions import Standing

# People whose documents are opened for it, and things shown of each: one reads a few.
READ_AT_MOST: Final = 24
THINGS_OF_EACH: Final = 5


async def notes(session: AsyncSession) -> list[str]:
    """Return what helped those who agreed to show it, by whoever changed theirs last.

    Anyone may read them, so they come without names. They were screened for peers, who know each
    other by name and may ask; whoever shows them to strangers looks again.
    """
    found = list(await session.scalars(_SHOWN))
    people = await candidates.people(session, found)
    told = (people[one].used[:THINGS_OF_EACH] for one in found if one in people)
    return ["; ".join(used) for used in told if used]


_SHOWN: Final = (
    select(Candidate.id)
    .join(Account, Account.id == Candidate.id)
    .where(Candidate.kind == Kind.PERSON, Candidate.is_open)
    .where(Account.standing == Standing.ACTIVE)
    .where(Candidate.id.in_(consents.agreeing(Purpose.SHOW_WHAT_HELPED)))
    .order_by(Candidate.changed_at.desc(), Candidate.id)
    .limit(READ_AT_MOST)
)
