"""What one tells peers of oneself, and how one wishes to be found."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response, status

from api.dependencies import Guard, Here, Now, Someone
from api.shapes import In, Out, Version
from core.database import Database
from core.safety import Context, Safety, Verdict
from core.words import Line
from matching import documents as person_documents
from matching import presences, profiles, vocabulary
from matching.documents import Person
from matching.leanings import Leaning
from matching.presences import Shows
from matching.profiles import OwnProfile
from matching.vocabulary import Vocabulary
from people import consents, documents
from people.consents import Purpose
from people.permissions import Actor

router = APIRouter(tags=["profile"])


class ProfileOut(Out):
    """One's own person document. Send `version` back with the next change.

    `is_kept_back`: others don't read it until what screening stopped at was changed.
    """

    version: int
    document: dict[str, Any]
    saved_at: datetime | None
    is_kept_back: bool = False


class ProfileIn(In):
    """A person document (`been-there schema person`) over the version it was made from."""

    version: Version
    document: dict[str, Any]


class Saved(Out):
    """The version that is stored now."""

    version: int


class WishesIn(In):
    """How one wishes to be found; without `shows`, what others read stays as it was."""

    is_paused: bool
    is_unlisted: bool
    wants_alike: bool
    shows: Shows | None = None


class WishesOut(Out):
    """How one wishes to be found, and whether one rests from being offered."""

    is_paused: bool
    is_unlisted: bool
    wants_alike: bool
    shows: Shows
    leaning: Leaning | None
    is_resting: bool


class Said(In):
    """Somebody's own words about an experience."""

    words: Line


class Topics(Out):
    """Names of topics; which of them hold, the person says."""

    topics: list[str]


async def screened(database: Database, safety: Safety, actor: Actor, words: str) -> Verdict:
    """Judge words before any unit of work, as far as their author agreed to it (promise 11)."""
    async with database.reading(actor.organisation_id) as session:
        notices = await consents.holds(session, actor.account_id, Purpose.NOTICE_DISTRESS)
        house = await safety.house(session)
    return safety.screen(words, Context(notices_distress=notices, house=house))


def document_of(actor: Actor, told: dict[str, Any]) -> Person:
    """Return what was told as a person document of the actor's own.

    Raises:
        Invalid: with the field that can't be used.
    """
    return person_documents.parse(told | {"id": str(actor.account_id), "name": actor.name})


async def read_own(database: Database, actor: Actor, *, now: datetime) -> OwnProfile:
    """Return one's own profile."""
    async with database.reading(actor.organisation_id) as session:
        return await profiles.read(session, actor, now=now)


async def save_own(
    database: Database,
    safety: Safety,
    actor: Actor,
    document: Person,
    *,
    over_version: int,
    now: datetime,
) -> int:
    """Screen and save one's own document; return the new version."""
    async with database.reading(actor.organisation_id) as session:
        words = await profiles.told_peers(session, actor, document)
    verdict = await screened(database, safety, actor, words)
    async with database.unit_of_work(actor.organisation_id) as session:
        return await profiles.save(
            session,
            actor,
            document,
            over_version=over_version,
            verdict=verdict,
            safety=safety,
            now=now,
        )


@router.get("/profile")
async def read(actor: Someone, here: Here, now: Now) -> ProfileOut:
    """Return one's own profile; version 0 when nothing was told yet."""
    own = await read_own(here, actor, now=now)
    return ProfileOut(
        version=own.version,
        document=own.document.model_dump(mode="json"),
        saved_at=own.saved_at,
        is_kept_back=own.is_kept_back,
    )


@router.put("/profile")
async def save(body: ProfileIn, actor: Someone, here: Here, guard: Guard, now: Now) -> Saved:
    """Replace one's own document. 409 when another window saved a newer version."""
    document = document_of(actor, body.document)
    version = await save_own(here, guard, actor, document, over_version=body.version, now=now)
    return Saved(version=version)


@router.get("/profile/wishes")
async def read_wishes(actor: Someone, here: Here, now: Now) -> WishesOut:
    """Return how one wishes to be found."""
    own = await read_own(here, actor, now=now)
    return WishesOut.model_validate(own.wishes)


@router.put("/profile/wishes", status_code=status.HTTP_204_NO_CONTENT)
async def choose(body: WishesIn, actor: Someone, here: Here, now: Now) -> Response:
    """Set how one wishes to be found; resting ends."""
    async with here.unit_of_work(actor.organisation_id) as session:
        await presences.choose(session, actor, now=now, **body.model_dump())
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.get("/topics")
async def list_topics(actor: Someone, here: Here) -> Topics:
    """Return the organisation's vocabulary."""
    async with here.reading(actor.organisation_id) as session:
        known = await documents.current(session, Vocabulary)
    return Topics(topics=[topic.name for topic in known.topics])


@router.post("/topics/proposals")
async def propose(body: Said, actor: Someone, here: Here) -> Topics:
    """Return topics that these words mention. A post, so that words stand in no address."""
    async with here.reading(actor.organisation_id) as session:
        known = await documents.current(session, Vocabulary)
    return Topics(topics=vocabulary.propose(body.words, known))
