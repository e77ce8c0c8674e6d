"""People to measure matching on, and what each really lives with.

Public texts are read where they lie, while a benchmark runs; nothing of them is kept or learned.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beenthere.demo import stories
from matching import documents
from matching.documents import Person, Where


@dataclass(frozen=True)
class World:
    """People whose topics the ranking doesn't see, and what each really lives with."""

    people: tuple[Person, ...]
    subject: dict[str, frozenset[str]]

    def texts(self) -> list[str]:
        """Own words, in the order of people."""
        return [person.own_words for person in self.people]

    def ids(self) -> list[str]:
        """Ids, in the order of people."""
        return [person.id for person in self.people]

    def shares(self, one: str, two: str) -> bool:
        """True when both live with one thing in common."""
        return one != two and not self.subject[one].isdisjoint(self.subject[two])

    def is_living(self, who: str) -> bool:
        """True when all someone lives with is now."""
        return self._where(who) == {Where.LIVING_IT}

    def is_further(self, who: str) -> bool:
        """True when someone is further along with something."""
        return Where.FURTHER_ALONG in self._where(who)

    def _where(self, who: str) -> set[Where]:
        person = self.people[int(who)]
        return {experience.where for experience in person.experiences}


def esconv(folder: Path) -> World:
    """One person a dialogue: what they wrote of their situation, without any topic."""
    rows = dialogues(folder)
    told = [
        {
            "id": f"{number:04}",
            "experiences": [{"words": row["situation"][:2_000], "where": stage(row)}],
        }
        for number, row in enumerate(rows)
    ]
    subject = {
        one["id"]: frozenset((row["problem_type"],)) for one, row in zip(told, rows, strict=True)
    }
    return World(tuple(map(documents.parse, told)), subject)


def dialogues(folder: Path) -> list[dict[str, Any]]:
    """Read ESConv (Liu et al., ACL 2021): for evaluation only."""
    file = folder / "esconv" / "train.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def stage(row: dict[str, Any]) -> str:
    """Return where the one who asked for support was in it, as they said."""
    return "living_it" if row["experience_type"].startswith("Current") else "further_along"


def demo() -> World:
    """The demo's people without their topics, hard rules' fields and staff."""
    people, subject = [], {}
    for told in (one.document for one in stories.people().values()):
        if not told.experiences:
            continue
        person = told.model_copy(update={"id": f"{len(people):04}"})
        lived = tuple(
            one.model_copy(update={"topic": "", "weight": documents.Weight.NICE})
            for one in person.experiences
        )
        topics = (one.topic for one in person.experiences)
        subject[person.id] = frozenset(filter(None, topics))
        people.append(person.model_copy(update={"experiences": lived, "languages": ("en",)}))
    return World(tuple(people), subject)
