"""What two people share, found in their documents: words both wrote, and nothing inferred.

Every finder returns the facts in the reader's own writing and order, and nothing about a topic
that either won't talk about.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from babel import Locale, UnknownLocaleError

from matching import fields, stopwords
from matching.documents import GroupDocument, Person, Where

Facts = tuple[str, ...]

# Two strategies are alike from this share of the shorter one's telling words on.
ALIKE: Final = 0.5


def lived(reader: Person, other: Person) -> Facts:
    """Topics both have lived and both would be met for."""
    return _topics(reader, other, mine=tuple(Where), theirs=tuple(Where))


def they_are_further(reader: Person, other: Person) -> Facts:
    """Topics the reader is living and the other is further along with."""
    return _topics(reader, other, mine=(Where.LIVING_IT,), theirs=(Where.FURTHER_ALONG,))


def they_come_through(reader: Person, other: Person) -> Facts:
    """Topics the reader is living and the other is coming through."""
    return _topics(reader, other, mine=(Where.LIVING_IT,), theirs=(Where.COMING_THROUGH,))


def you_are_further(reader: Person, other: Person) -> Facts:
    """Topics the other is living and the reader is further along with."""
    return _topics(reader, other, mine=(Where.FURTHER_ALONG,), theirs=(Where.LIVING_IT,))


def you_come_through(reader: Person, other: Person) -> Facts:
    """Topics the other is living and the reader is coming through."""
    return _topics(reader, other, mine=(Where.COMING_THROUGH,), theirs=(Where.LIVING_IT,))


def _topics(
    reader: Person, other: Person, *, mine: Sequence[Where], theirs: Sequence[Where]
) -> Facts:
    hidden = {fields.key(topic) for topic in (*reader.wont_talk_about, *other.wont_talk_about)}
    there = {fields.key(topic) for topic in _welcome(other, theirs)} - hidden
    return _once(topic for topic in _welcome(reader, mine) if fields.key(topic) in there)


def _welcome(person: Person, wheres: Sequence[Where]) -> Iterable[str]:
    for experience in person.experiences:
        if experience.topic and experience.is_welcome and experience.where in wheres:
            yield experience.topic


def _once(words: Iterable[str]) -> Facts:
    first: dict[str, str] = {}
    for word in words:
        first.setdefault(fields.key(word), word)
    return tuple(first.values())


def _both(mine: Sequence[str], theirs: Sequence[str]) -> Facts:
    there = set(map(fields.key, theirs))
    return tuple(word for word in mine if fields.key(word) in there)


def they_used(reader: Person, other: Person) -> Facts:
    """What the reader wants to try and the other has used."""
    return _both(reader.wanted, other.used)


def you_used(reader: Person, other: Person) -> Facts:
    """What the other wants to try and the reader has used."""
    return _both(reader.used, other.wanted)


def they_used_alike(reader: Person, other: Person) -> Facts:
    """Something the other has used, then what the reader wants that shares telling words."""
    return next(_alike(reader.wanted, other.used), ())[::-1]


def you_used_alike(reader: Person, other: Person) -> Facts:
    """Something the reader has used, then what the other wants that shares telling words."""
    return next(_alike(other.wanted, reader.used), ())[::-1]


def _alike(wanted: Sequence[str], used: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for wish in wanted:
        for way in used:
            first, second = stopwords.telling(wish), stopwords.telling(way)
            shorter = min(len(first), len(second))
            if shorter and len(first & second) >= ALIKE * shorter:
                yield wish, way


def they_offer(reader: Person, other: Person) -> Facts:
    """What the reader is looking for and the other offers."""
    return _both(reader.looking_for, other.can_offer)


def you_offer(reader: Person, other: Person) -> Facts:
    """What the other is looking for and the reader offers."""
    return _both(reader.can_offer, other.looking_for)


def interests(reader: Person, other: Person) -> Facts:
    """What both like."""
    hidden = {fields.key(topic) for topic in (*reader.wont_talk_about, *other.wont_talk_about)}
    both = _both(reader.interests, other.interests)
    return tuple(word for word in both if fields.key(word) not in hidden)


def times(reader: Person, other: Person) -> Facts:
    """Parts of the week both named. Only in one time zone: elsewhere the names differ."""
    return _both(reader.available, other.available) if reader.timezone == other.timezone else ()


def languages(reader: Person, other: Person) -> Facts:
    """Languages both speak and that have an English name, but for English itself."""
    there = {tag.split("-")[0].lower() for tag in other.languages}
    mine = dict.fromkeys(tag.split("-")[0].lower() for tag in reader.languages)
    return tuple(tag for tag in mine if tag in there and tag != "en" and language_name(tag))


def language_name(tag: str) -> str:
    """Return the English name of a language, or nothing when it is not a known one."""
    try:
        return Locale.parse(tag).get_language_name("en") or ""
    except (UnknownLocaleError, ValueError):
        return ""


def words(reader: Person, other: Person) -> Facts:
    """Longer, less ordinary words in what both wrote."""
    hidden = (*reader.wont_talk_about, *other.wont_talk_about)
    return _shared_words(reader.own_words, other.own_words, hidden)


def _shared_words(first: str, second: str, hidden: Sequence[str]) -> Facts:
    avoided = frozenset[str]().union(*map(stopwords.telling, hidden))
    both = (stopwords.telling(first) & stopwords.telling(second)) - avoided
    return tuple(sorted(both, key=lambda word: (-len(word), word)))


def group_topics(reader: Person, group: GroupDocument) -> Facts:
    """Topics the reader has lived and the group's card names."""
    hidden = set(map(fields.key, reader.wont_talk_about))
    there = {fields.key(one.topic) for one in group.experiences} - hidden
    return _once(topic for topic in _welcome(reader, tuple(Where)) if fields.key(topic) in there)


def group_words(reader: Person, group: GroupDocument) -> Facts:
    """Longer, less ordinary words in what the reader and the card say."""
    return _shared_words(reader.own_words, group.own_words, reader.wont_talk_about)
