"""What somebody tells peers of themselves: saved for them, and pushed to be chosen by."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import encryption, limits
from core.errors import Conflict, TooLarge
from core.safety import Safety, SubjectKind, Verdict
from core.sentences import say
from core.tables import Base, Owned, Retention, field
from core.upserts import insert
from matching import candidates, concerns, presences, vocabulary
from matching.concerns import Said
from matching.documents import Experience, Person
from matching.presences import Wishes
from matching.vocabulary import Vocabulary
from people import documents
from people.permissions import Act, Actor, require

OWN: Final = "account_id"
# For documents nobody typed here: a demo's, an import's.
UNSCREENED: Final = Verdict(is_unscreened=True)


class Profile(Base, Owned):
    """One person's document. `version` counts its savings, so that two windows notice."""

    __tablename__ = "profile"

    account_id: Mapped[UUID] = field(Retention.ACCOUNT, primary_key=True, personal=OWN)
    document_sealed: Mapped[bytes] = field(Retention.ACCOUNT, personal=OWN)
    version: Mapped[int] = field(Retention.ACCOUNT, personal=OWN)
    saved_at: Mapped[datetime] = field(Retention.ACCOUNT, personal=OWN)

    document = encryption.Sealed("document_sealed", id_column="account_id")


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """One's own profile, as the page that changes it needs it. Version 0: nothing saved yet.

    `is_kept_back`: something in it is read by nobody else until it was changed.
    """

    document: Person
    version: int = 0
    saved_at: datetime | None = None
    wishes: Wishes = presences.NONE_SAID
    is_kept_back: bool = False


class SavedElsewhere(Conflict):
    """Another window or device saved a newer version; what was typed is still with the caller."""

    code = "saved_elsewhere"
    title = say(
        "You saved this somewhere else a moment ago. Your words are still here: please look at"
        " both and save again."
    )


async def read(session: AsyncSession, actor: Actor, *, now: datetime) -> OwnProfile:
    """Return one's own profile; an empty one for somebody who has told nothing yet."""
    require(actor, Act.SEE_OWN)
    wishes = await presences.of(session, actor.account_id, now=now)
    row = await session.get(Profile, actor.account_id)
    if row is None:
        return OwnProfile(blank(actor), wishes=wishes)
    document = Person.model_validate_json(row.document or "{}")
    kept_back = await candidates.withheld(session, [actor.account_id])
    return OwnProfile(
        document, row.version, row.saved_at, wishes, is_kept_back=actor.account_id in kept_back
    )


def blank(actor: Actor) -> Person:
    """Return the document of somebody who has told nothing but a name."""
    return Person(id=str(actor.account_id), name=actor.name)


async def told_peers(session: AsyncSession, actor: Actor, document: Person) -> str:
    """Return what must be screened before this document is saved: all that others may read of it.

    A topic by the organisation's own name is not: nobody typed it.
    """
    require(actor, Act.CHANGE_OWN)
    words = await documents.current(session, Vocabulary)
    return _told_peers(_with_names(document, words), words)


def _told_peers(document: Person, words: Vocabulary) -> str:
    return document.told_peers({topic.name for topic in words.topics})


async def save(
    session: AsyncSession,
    actor: Actor,
    document: Person,
    *,
    over_version: int,
    now: datetime,
    verdict: Verdict = UNSCREENED,
    safety: Safety | None = None,
) -> int:
    """Put the document in place of version `over_version` (0: none yet); return the new version.

    Id and name become the account's own, topics the organisation's words for them. `verdict` is
    of `told_peers`, all the words together: what it folds or holds is saved and kept from peers
    until changed.

    Raises:
        SavedElsewhere: see the class. Nothing was changed.
        TooLarge: more than `limits.PROFILE_CHARACTERS` in all.
    """
    require(actor, Act.CHANGE_OWN)
    words = await documents.current(session, Vocabulary)
    kept = _own(actor, document, words)
    await presences.come_back(session, actor, now=now)
    version = await _store(session, actor, kept, over_version=over_version, now=now)
    await candidates.save(
        session,
        actor.account_id,
        kind=candidates.Kind.PERSON,
        document=kept,
        is_open=verdict.reaches_peers and not verdict.folded,
        now=now,
    )
    if safety is not None:
        await concerns.raise_about(
            session,
            Said(_told_peers(kept, words), verdict, safety),
            kind=SubjectKind.PROFILE,
            subject_id=actor.account_id,
            author_id=actor.account_id,
            now=now,
        )
    return version


def _own(actor: Actor, document: Person, words: Vocabulary) -> Person:
    # Blocks live in `people.blocks`, where one can see and undo them.
    mine = {"id": str(actor.account_id), "name": actor.name, "blocked": ()}
    kept = _with_names(document, words).model_copy(update=mine)
    if _length(kept.model_dump(mode="json")) > limits.PROFILE_CHARACTERS:
        raise TooLarge(
            say(
                "That is more than %(most)s letters in all. Your words are still"
                " here: please shorten them a little.",
                most=limits.PROFILE_CHARACTERS,
            )
        )
    return kept


def _with_names(document: Person, words: Vocabulary) -> Person:
    lived = (_named(one, words) for one in document.experiences)
    unsaid = (vocabulary.canonical(topic, words) for topic in document.wont_talk_about)
    return document.model_copy(
        update={"experiences": tuple(lived), "wont_talk_about": tuple(unsaid)}
    )


def _named(experience: Experience, words: Vocabulary) -> Experience:
    topic = vocabulary.canonical(experience.topic, words)
    return experience.model_copy(update={"topic": topic})


def _length(said: Any) -> int:
    if isinstance(said, str):
        return len(said)
    if isinstance(said, dict):
        return sum(map(_length, said.values()))
    return sum(map(_length, said)) if isinstance(said, list) else 0


async def _store(
    session: AsyncSession, actor: Actor, document: Person, *, over_version: int, now: datetime
) -> int:
    place = encryption.place("profile", "document_sealed", actor.account_id)
    values = {
        "document_sealed": encryption.ring().seal(place, document.model_dump_json()),
        "version": over_version + 1,
        "saved_at": now,
    }
    first = insert(session, Profile).values(
        account_id=actor.account_id, organisation_id=actor.organisation_id, **values
    )
    again = update(Profile).where(
        Profile.account_id == actor.account_id, Profile.version == over_version
    )
    statement = again.values(**values) if over_version else first.on_conflict_do_nothing()
    version: int | None = await session.scalar(statement.returning(Profile.version))
    if version is None:
        raise SavedElsewhere
    return version
