"""What helped people, shown to anyone: by consent, without names, and only what nobody minds."""

from uuid import UUID

from core.database import Database
from core.safety import Context, Safety, Tier
from matching import helped


async def notes(database: Database, safety: Safety, organisation_id: UUID) -> list[str]:
    """Return the notes a stranger may read: those that give nobody a reason to look twice."""
    async with database.reading(organisation_id) as session:
        found = await helped.notes(session)
        context = Context(house=await safety.house(session))
    return [words for words in found if _is_plain(words, safety, context)]


def _is_plain(words: str, safety: Safety, context: Context) -> bool:
    verdict = safety.screen(words, context)
    return verdict.reaches_peers and not verdict.folded and verdict.tier is Tier.NONE
