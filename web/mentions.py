"""Topics that somebody's words mention, for them to say which of these they have lived."""

import re
from typing import Any

from matching import fields, vocabulary
from matching.vocabulary import Vocabulary


def beside(experiences: list[dict[str, Any]], words: Vocabulary) -> list[dict[str, Any]]:
    """Return experiences, those without a topic with the `mentions` of their words."""
    return [
        one | {"mentions": [] if one["topic"] else vocabulary.propose(one["words"], words)}
        for one in experiences
    ]


def unsaid(about: str, experiences: list[dict[str, Any]], words: Vocabulary) -> list[str]:
    """Return topics that a story mentions and no experience names or mentions."""
    said = {fields.key(one["topic"]) for one in experiences}
    for one in experiences:
        said.update(map(fields.key, vocabulary.propose(one["words"], words)))
    return [name for name in vocabulary.propose(about, words) if fields.key(name) not in said]


def confirmed(do: str, experiences: list[dict[str, Any]], empty: dict[str, Any]) -> bool:
    """Put a topic where its person said yes to it, by the button "topic-{n}:{name}".

    With number "new" it becomes an experience of its own. Return whether it was such a button.
    """
    pressed = re.fullmatch(r"topic-(new|\d{1,3}):(.+)", do)
    if pressed is None:
        return False
    number, name = pressed.groups()
    if number == "new":
        experiences[:] = [one for one in experiences if one["words"] or one["topic"]]
        experiences.append(empty | {"topic": name})
    elif int(number) < len(experiences):
        experiences[int(number)]["topic"] = name
    return True
