"""The organisation's own words for what people live with, and which of them a text may be about.

Nothing is inferred: `propose` finds words that were written, and the person says which hold.
"""

import re
from functools import lru_cache
from typing import ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, model_validator

from matching import fields
from people.documents import Settled

# More proposals than this are a form to fill in, not a question.
MOST_PROPOSED: Final = 5
# Shorter than this a word keeps its ending: "bed" is not "b", "sing" is not "s".
STEM_LETTERS: Final = 3
ENDINGS: Final = ("ings", "ing", "ies", "ed", "es", "s", "y", "e")
# They come and go inside a phrase without changing what it is about.
SMALL_WORDS: Final = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "had",
        "have",
        "i",
        "in",
        "is",
        "it",
        "my",
        "of",
        "on",
        "or",
        "our",
        "some",
        "the",
        "their",
        "to",
        "was",
        "with",
    ]
)
THE: Final = "the"
_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

Phrase = tuple[str, ...]


class Topic(BaseModel):
    """One thing people live with, by the name the organisation gives it, and what else it's called.

    A synonym in capitals only, like ME or ADD, is found in capitals only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: fields.Tag
    also: tuple[fields.Tag, ...] = ()


class Vocabulary(Settled):
    """The topics hard rules look at. An organisation of farmers has other ones than a ward."""

    kind: ClassVar[str] = "vocabulary"

    review: str = ""
    topics: tuple[Topic, ...] = ()

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        names = [fields.key(topic.name) for topic in self.topics]
        if len(set(names)) != len(names) or "" in names:
            raise ValueError("every topic needs a name of its own")
        return self


def canonical(topic: str, vocabulary: Vocabulary) -> str:
    """Return the organisation's name for a topic; as given when it has none. Idempotent."""
    return _names(vocabulary).get(fields.key(topic), topic)


def propose(words: str, vocabulary: Vocabulary) -> list[str]:
    """Return names of topics these words mention, in the order they are mentioned.

    For the person to confirm: someone may write of a thing without having lived it.
    """
    text, beginnings = _text(words), _beginnings(vocabulary)
    found: dict[str, None] = {}
    for at, forms in enumerate(text):
        for phrase, name in (pair for form in forms for pair in beginnings.get(form, ())):
            if _stands(phrase, text, at):
                found[name] = None
    return list(found)[:MOST_PROPOSED]


@lru_cache(maxsize=64)
def _names(vocabulary: Vocabulary) -> dict[str, str]:
    names: dict[str, str] = {}
    for topic in vocabulary.topics:
        names[fields.key(topic.name)] = topic.name
    for topic in vocabulary.topics:
        for synonym in topic.also:
            names.setdefault(fields.key(synonym), topic.name)
    return names


@lru_cache(maxsize=64)
def _beginnings(vocabulary: Vocabulary) -> dict[str, list[tuple[Phrase, str]]]:
    """Return every phrase and its topic, by the word it begins with."""
    beginnings: dict[str, list[tuple[Phrase, str]]] = {}
    for topic in vocabulary.topics:
        for phrase in map(_phrase, (topic.name, *topic.also)):
            beginnings.setdefault(phrase[0], []).append((phrase, topic.name))
    return beginnings


def _phrase(words: str) -> Phrase:
    """Reduce a name to the stems it is found by; capitals stand as they are."""
    said = _WORD.findall(words)
    if len(said) == 1 and said[0].isupper():
        return (said[0],)
    stems = [_stem(word) for word in said]
    if len(stems) == 2 and stems[0] == THE:
        # "The change" is a topic, and "that has to change a bit" isn't about it.
        return (f"{THE} {stems[1]}",)
    return tuple(stem for stem in stems if stem not in SMALL_WORDS) or tuple(stems)


def _text(words: str) -> list[Phrase]:
    """Return, for each word that counts, the forms it may be found by."""
    found: list[Phrase] = []
    before = ""
    for word in _WORD.findall(words):
        stem = _stem(word)
        if stem not in SMALL_WORDS or (word.isupper() and len(word) > 1):
            forms = (stem, word) if word.isupper() else (stem,)
            found.append((*forms, f"{THE} {stem}") if before == THE else forms)
        before = stem
    return found


def _stem(word: str) -> str:
    plain = word.casefold().replace("’", "'").removesuffix("'s")
    for ending in ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= STEM_LETTERS:
            return plain.removesuffix(ending)
    return plain


def _stands(phrase: Phrase, text: list[Phrase], at: int) -> bool:
    there = text[at : at + len(phrase)]
    return len(there) == len(phrase) and all(
        stem in forms for stem, forms in zip(phrase, there, strict=True)
    )
