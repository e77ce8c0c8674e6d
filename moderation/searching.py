"""Where the rules of one version hold in a text, quickly: most texts leave nothing to search."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from moderation import joints, thoughts
from moderation.lexicons import Lexicon
from moderation.nearness import REACH, Nearness, Span
from moderation.normalise import View, unpunctuated
from moderation.rules import Effect, Hit, Phrase, Rule, Sighting

# After so many hits of one rule the whole text is what needs a person.
_MOST_HITS: Final = 100
# Of a text with harm in more places a person reads on.
_MOST_EDGES: Final = 12
# Up to this length searching the whole text costs less than finding out where to search.
_WHOLE_CHARACTERS: Final = 600


class _Place(NamedTuple):
    """Where in a text a phrase is looked for, and the sets of its words that stand there."""

    rule: Rule
    phrase: Phrase
    sets: list[frozenset[str]]
    windows: list[Span]


Places = list[_Place]


class Rulebook:
    """All rules of one version, indexed by the words without which they cannot hold."""

    def __init__(self, rules: Iterable[Rule], lexicon: Lexicon, *, version: str) -> None:
        """`version` is a digest of the files the rules were read from."""
        self.rules = tuple(rules)
        self.lexicon = lexicon
        self.version = version
        self.recognisers: Mapping[str, Rule] = {
            rule.recogniser: rule for rule in self.rules if rule.recogniser
        }
        self._index = _index(self.rules)
        self._triggers = frozenset(self._index)
        together = (needed for entries in self._index.values() for _, _, needed in entries)
        self._words = frozenset().union(*together)

    def search(self, view: View) -> list[Hit]:
        """Return every place where a rule holds, recognisers of contact details aside."""
        places = list(self._places(view))
        if not places:
            return []
        kinds = {place.rule.effect for place in places}
        held = thoughts.read(view, partial(_seen, places=places), kinds)
        return [Hit(one.rule, *view.span(*one.whole)) for one in held]

    def _places(self, view: View) -> Iterator[_Place]:
        """Only phrases whose words stand in the text: most texts leave none, which is the speed."""
        met: dict[int, tuple[Rule, Phrase, list[frozenset[str]]]] = {}
        # In order, or which of two phrases tells where a rule holds would change by the process.
        for word in sorted(self._triggers & view.words):
            for rule, phrase, needed in self._index[word]:
                if needed <= view.words:
                    met.setdefault(id(phrase), (rule, phrase, []))[2].append(needed)
        if not met:
            return
        whole = [(0, len(view.text))]
        near = None if len(view.text) <= _WHOLE_CHARACTERS else Nearness(view.text, self._words)
        for rule, phrase, sets in met.values():
            windows = whole if near is None else near.windows(sets, phrase.pattern.reach)
            if windows:
                yield _Place(rule, phrase, sets, windows)


def _seen(text: str, near: Span, places: Places) -> list[Sighting]:
    """Return what is seen near; distress and harm also where each looks no further than the other.

    Patterns look ahead for what makes them ordinary ("see you Thursday"): a day that a threat
    names is none of that for a goodbye (promise 1).
    """
    seen = list(_matches(text, near, places))
    for kind, ends in ((Effect.HELP, _before_harm(text, seen)), (Effect.FOLD, _lines(text, seen))):
        own = [place for place in places if place.rule.effect is kind] if ends else []
        for end in sorted(ends)[:_MOST_EDGES]:
            known = {(one.rule.id, one.core[0]) for one in seen}
            found = _matches(text, (max(near[0], end - REACH), end), own)
            seen += [one for one in found if (one.rule.id, one.core[0]) not in known]
    return seen


def _before_harm(text: str, seen: Iterable[Sighting]) -> set[int]:
    """Return where harm begins, and where the sentence does that it stands in."""
    harm = [one.core for one in seen if one.rule.effect is Effect.FOLD]
    return {edge for core in harm for edge in (core[0], joints.sentence(text, core)[0])}


def _lines(text: str, seen: Iterable[Sighting]) -> set[int]:
    """Return where sentences with distress begin: within one it tells what is meant."""
    distress = [one.whole for one in seen if one.rule.effect is Effect.HELP]
    return {joints.sentence(text, whole)[0] for whole in distress}


def _matches(text: str, near: Span, places: Places) -> Iterator[Sighting]:
    start, end = near
    words = frozenset(unpunctuated(text[start:end]).split())
    for rule, phrase, sets, windows in places:
        # Of a part of a text most phrases have not all their words.
        if not any(needed <= words for needed in sets):
            continue
        within = [(max(a, start), min(b, end)) for a, b in windows if a < end and b > start]
        for whole, core in islice(phrase.spans(text, within), _MOST_HITS):
            yield Sighting(rule, whole, core)


def _index(rules: tuple[Rule, ...]) -> dict[str, list[tuple[Rule, Phrase, frozenset[str]]]]:
    index: dict[str, list[tuple[Rule, Phrase, frozenset[str]]]] = {}
    for rule in rules:
        for phrase in rule.phrases:
            for needed in phrase.words:
                # The longest word is the rarest, as a rule of thumb.
                rarest = max(needed, key=lambda word: (len(word), word))
                index.setdefault(rarest, []).append((rule, phrase, needed))
    return index
