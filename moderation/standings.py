"""How guesses do here: what they brought, what people found, and whether people write otherwise."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from core.safety import Category
from moderation import counting, decided, drift, learned, tallies
from moderation.counting import Counts
from moderation.decided import Decision
from moderation.documents import Screening
from moderation.drift import Rate
from moderation.guessing import BUDGETS
from moderation.heads import Heads
from moderation.learned import ScreeningCorrection
from people import documents
from people.permissions import Act, Actor, require

# Counted beside for so many texts before anybody may use it.
FEWEST_BESIDE: Final = 200
LATELY, BEFORE = timedelta(days=7), timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Head:
    """How guesses about one category do here. `shift` is None where there are too few texts."""

    about: Category
    budget: int
    rate: Rate
    beside: Rate
    shift: float | None
    so: int
    not_so: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in use, what is beside it, the newest proposal, and how each head does."""

    document: Screening
    version: int
    newest: ScreeningCorrection | None
    heads: tuple[Head, ...]
    is_outdated: bool

    @property
    def beside_texts(self) -> int:
        """How many texts were counted beside."""
        return max((one.beside.texts for one in self.heads), default=0)

    @property
    def may_be_used(self) -> bool:
        """Whether it was counted beside for long enough and is calm."""
        return self.beside_texts >= FEWEST_BESIDE and self.is_beside_calm

    @property
    def is_beside_calm(self) -> bool:
        """Whether what is beside brings nobody more often than what is in use, or than was set."""
        return all(
            one.beside.per_thousand <= max(one.rate.per_thousand, one.budget) for one in self.heads
        )


async def read(session: AsyncSession, actor: Actor, heads: Heads, *, now: datetime) -> Standing:
    """Return how screening does here and what it has learned."""
    require(actor, Act.CHANGE_DOCUMENT)
    document = await documents.current(session, Screening)
    today = now.date()
    lately = await tallies.since(session, today - LATELY, today)
    before = await tallies.since(session, today - BEFORE, today - LATELY - timedelta(days=1))
    found = await decided.told(session, now=now)
    in_use = await learned.row(session, document.learned)
    is_outdated = in_use is not None and in_use.base != heads.digest
    # What was learned for an older model judges nothing: the shipped one is counted.
    model = counting.model_of(None if is_outdated else document.learned)
    return Standing(
        document=document,
        version=await documents.version(session, Screening),
        newest=await learned.newest(session),
        heads=tuple(
            _head(about, document, model, (before, lately), found) for about in heads.categories
        ),
        is_outdated=is_outdated,
    )


def _head(
    about: Category,
    document: Screening,
    model: str,
    counts: tuple[Counts, Counts],
    found: list[Decision],
) -> Head:
    before, lately = counts
    beside = counting.model_of(document.beside)
    so = [one.is_so for one in found if about in one.about]
    return Head(
        about=about,
        budget=(BUDGETS | dict(document.looks)).get(about, 0),
        rate=drift.rate(lately, model, about),
        beside=drift.rate(lately, beside, about) if document.beside else Rate(0, 0),
        shift=drift.shift(before, lately, model, about),
        so=sum(so),
        not_so=len(so) - sum(so),
    )
