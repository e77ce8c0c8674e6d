"""Ranking a whole file of people, as the command `been-there match` prints it."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from core.errors import Invalid
from core.sentences import say
from matching import ranking, text
from matching.documents import Person
from matching.ranking import Match, Pool
from matching.text import Encoder


def match_people(
    documents: Iterable[Person],
    *,
    for_ids: Collection[str] | None = None,
    k: int = 10,
    encoder: Encoder = text.HASHED,
) -> Iterator[dict[str, Any]]:
    """Yield one JSON object a person, in input order: `{"id", "matches": [...]}`.

    With `for_ids` only those people are answered; everybody is still offered to them. A person
    nobody may be offered to gets an empty list. Scores are not rounded: contributions sum to
    them within 1e-9. The order is the rank: score and `fair_turn` together.

    Raises:
        Invalid: nobody has one of `for_ids`, k is below 1, or two people have the same id.
    """
    people = tuple(documents)
    wanted = {person.id for person in people} if for_ids is None else set(for_ids)
    unknown = sorted(wanted - {person.id for person in people})
    if unknown:
        raise Invalid(say('Nobody here has the id "%(id)s".', id=unknown[0]), ids=unknown)
    if k < 1:
        raise Invalid(say("Ask for at least one person each."))
    pool = ranking.prepare(people, encoder=encoder)
    return _answers([person for person in people if person.id in wanted], pool, k)


def _answers(asking: list[Person], pool: Pool, k: int) -> Iterator[dict[str, Any]]:
    for person in asking:
        found = ranking.rank(person, pool, k=k)
        yield {"id": person.id, "matches": [_line(match) for match in found]}


def _line(match: Match) -> dict[str, Any]:
    return {
        "id": match.id,
        "score": match.score,
        "fair_turn": match.fair_turn,
        "reasons": [reason.sentence for reason in match.reasons],
        "contributions": dict(match.contributions),
    }
