"""What the linear heads learn from: texts in a plain spelling, and what each can teach about.

The rulebook's own examples, ordinary talk, the authored examples but for the fifth that is kept
back, and the parts of public data that lie in a folder. The texts stay where they are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from core.safety import Category, Context
from moderation import authored, labelled, normalise, rulebooks
from moderation.screening import RulesScreening

# Of a large part a sample: more of one place's way of speaking teaches that place.
MOST_OF_A_PART: Final = 6_000
# Of a long text the beginning: what a counsellor answers goes on for pages.
MOST_CHARACTERS: Final = 2_000
SEED: Final = 5

EVERY: Final = frozenset(Category)
OWN_WEIGHT, PUBLIC_WEIGHT, DOUBTFUL_WEIGHT = 1.0, 0.5, 0.1

_CALM: Final = EVERY - {Category.CONTACT, Category.SEXUAL, Category.MEDICATION, Category.EATING}
_COUNSEL: Final = EVERY - {Category.SEXUAL, Category.MEDICATION, Category.EATING}
_RUDE: Final = frozenset(
    {Category.DISTRESS, Category.ENCOURAGEMENT, Category.SPAM, Category.EATING, Category.MEDICATION}
)
# Nobody labelled these parts for these categories, and yet they hardly hold any: what no rule finds
# in them teaches a little of what it isn't. Rude places say nothing about rudeness.
SILENT: Final[Mapping[str, frozenset[Category]]] = MappingProxyType(
    {
        "SuicidEmoji": _CALM | {Category.CONTACT, Category.EATING, Category.MEDICATION},
        "SMS spam": _CALM | {Category.EATING, Category.MEDICATION},
        "presidio-research": EVERY - {Category.CONTACT},
        "counsel-chat questions": _COUNSEL,
        "counsel-chat answers": _COUNSEL | {Category.SEXUAL},
        "ConvAbuse": _RUDE | {Category.CONTACT},
        "Davidson": _RUDE,
        "EDOS": _RUDE,
        "HatemojiBuild": _RUDE,
        "Wikipedia": _RUDE,
    }
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A plain spelling, what it shows, and which categories it can teach about.

    Public texts are labelled for one category alone. `doubts` are those that it most likely
    doesn't show, though nobody said so. `is_calm`: it shows nothing, and wasn't written to look as
    if it did.
    """

    text: str
    shows: frozenset[Category]
    teaches: frozenset[Category]
    weight: float
    doubts: frozenset[Category] = frozenset()
    is_calm: bool = False


def every(public: Iterable[labelled.Labelled]) -> list[Lesson]:
    """Return everything there is to learn from."""
    # Two texts may be one to a head ("You're dead." and "youre dead"): the kept-back one wins.
    kept_back = {plain(one.whole) for one in authored.shipped() if one.is_kept_back}
    rules = RulesScreening()
    found = (*_own(rules), *_public(public, rules))
    return [one for one in found if one.text not in kept_back]


def plain(text: str) -> str:
    """Return a text as heads read it."""
    return normalise.canonical(text, rulebooks.shipped().lexicon).text


def _own(rules: RulesScreening) -> Iterator[Lesson]:
    for one in labelled.own(rules.rulebook):
        yield Lesson(plain(one.text), _only(one), EVERY, OWN_WEIGHT)
    for text in labelled.calm():
        yield Lesson(plain(text), frozenset(), EVERY, OWN_WEIGHT, is_calm=True)
    for example in authored.shipped():
        if not example.is_kept_back:
            yield Lesson(plain(example.whole), example.labels, EVERY, OWN_WEIGHT)


def _public(texts: Iterable[labelled.Labelled], rules: RulesScreening) -> Iterator[Lesson]:
    parts: dict[str, list[labelled.Labelled]] = {}
    for one in texts:
        parts.setdefault(one.source, []).append(one)
    for source, part in parts.items():
        # By a number, so that it is the same sample each time; nobody has to be kept from guessing.
        chance = np.random.default_rng(SEED)
        for place in np.sort(chance.permutation(len(part))[:MOST_OF_A_PART]):
            one = part[place]
            text = one.text[:MOST_CHARACTERS]
            found = rules.found(text, Context())
            yield Lesson(
                plain(text), _only(one), frozenset({one.about}), PUBLIC_WEIGHT,
                doubts=SILENT.get(source, frozenset()) - found - {one.about},
                is_calm=not one.shows,
            )  # fmt: skip


def _only(one: labelled.Labelled) -> frozenset[Category]:
    return frozenset({one.about}) if one.shows else frozenset()


def public(folder: Path) -> list[labelled.Labelled]:
    """Return what lies in a folder of public data.

    Raises:
        FileNotFoundError: there is no such folder, or nothing of it there.
    """
    found = labelled.read(folder)
    if not found:
        raise FileNotFoundError(2, "There is no public data of a kind we know", str(folder))
    return found
