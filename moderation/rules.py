"""Rules as data: what a rule is, and where it holds in a text. Pure; knows no mode and no policy.

A rule raises attention and never lowers it: guards keep a rule from holding, no rule undoes
another. The rules themselves are in `rulebook/*.toml`, read by `moderation.rulebooks`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final, NamedTuple

from core.safety import Category, Tier
from moderation.lexicons import Lexicon
from moderation.nearness import Nearness, Span
from moderation.normalise import View

# How far a guard looks beside a hit, in characters, never past the end of the sentence.
GUARD_REACH: Final = 80
# After so many hits of one rule the whole text is what needs a person.
_MOST_HITS: Final = 100
# Where a thought begins that matches further on: at a joining word, or at its little first words.
_JOINT: Final = re.compile(r" *(?:[;-] |\b(?:and|but|so|because|cos|then) )")
_OPENING: Final = re.compile(
    r"(?:[ ,]|\b(?:i|im|ive|id|ill|my|it|its|they|theyd|she|he|we|you|there|theres|this|that|was"
    r"|the|just|what|who|think|feel))*\Z"
)
# How far ahead of the end of a match distress in the same sentence ends its tail.
_TAIL_REACH: Final = 120
_SENTENCE_ENDS: Final = ".!?\n"
# Up to this length searching the whole text costs less than finding out where to search.
_WHOLE_CHARACTERS: Final = 600


class Effect(StrEnum):
    """What a rule asks for when it holds; `moderation.policy` decides what happens."""

    # The author's own distress: delivered at once, with help, and a person alerted.
    HELP = "help"
    # Harm to somebody else: the span is hidden from peers.
    FOLD = "fold"
    # The author is asked first.
    ASK = "ask"
    # A person looks first.
    HOLD = "hold"


class Beside(NamedTuple):
    """A hit's own sentence, cut at the hit."""

    before: str
    within: str
    after: str


@dataclass(frozen=True, slots=True)
class Guard:
    """A way of speaking in which a hit does not mean it ("not", "years ago", "she said")."""

    name: str
    before: re.Pattern[str] | None = None
    after: re.Pattern[str] | None = None
    around: re.Pattern[str] | None = None

    def keeps_off(self, beside: Beside) -> bool:
        """True when this way of speaking surrounds the hit."""
        if self.before is not None and self.before.search(beside.before):
            return True
        if self.after is not None and self.after.match(beside.after):
            return True
        return self.around is not None and bool(self.around.search("".join(beside)))


@dataclass(frozen=True, slots=True)
class Phrase:
    """One pattern, and the words without which it cannot match (any one set of them)."""

    pattern: re.Pattern[str]
    words: tuple[frozenset[str], ...]

    def spans(self, text: str, windows: Iterable[Span]) -> Iterator[tuple[Span, Span]]:
        """Yield whole match and core: the first group, where the pattern marks one.

        What a line says by itself is taken without the line before it, and by itself.
        """
        core = 1 if self.pattern.groups else 0
        for start, end in windows:
            at = start
            while (found := self.pattern.search(text, at, end)) is not None:
                line = found.group().find("\n") + 1
                at = found.start() + line if line else max(found.end(), at + 1)
                if not line or self.pattern.search(text, at, found.end()) is None:
                    yield found.span(), found.span(core)


@dataclass(frozen=True, slots=True)
class Rule:
    """One reviewable rule. `recogniser` names a kind of contact detail instead of patterns."""

    id: str
    category: Category
    effect: Effect
    tier: Tier
    because: str
    # Part of the floor that holds in every group, self-held ones too (promise 23).
    is_floor: bool
    phrases: tuple[Phrase, ...]
    guards: tuple[Guard, ...]
    matches: tuple[str, ...]
    passes: tuple[str, ...]
    recogniser: str | None = None

    @property
    def line(self) -> str:
        """The reason as `Verdict.because` has it: category first."""
        return f"{self.category.value}: {self.because}"

    def is_kept_off(self, beside: Beside) -> bool:
        """True when the way of speaking around a match says it is not meant."""
        return any(guard.keeps_off(beside) for guard in self.guards)


class Sighting(NamedTuple):
    """A match that guards have not looked at yet, in the canonical text."""

    rule: Rule
    whole: Span
    core: Span


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule holds at a half-open span of code points of the raw text."""

    rule: Rule
    start: int
    end: int


def _beside(text: str, core: Span, edges: Iterable[Span]) -> Beside:
    """Return what stands beside `core` in its sentence; `edges` end a sentence too."""
    start, end = core
    left, right = max(0, start - GUARD_REACH), end + GUARD_REACH
    for opened, closed in edges:
        if closed <= start:
            left = max(left, closed)
        elif opened >= end:
            right = min(right, opened)
    before, after = text[left:start], text[end:right]
    cut = max(before.rfind(sign) for sign in _SENTENCE_ENDS) + 1
    stop = min((at for sign in _SENTENCE_ENDS if (at := after.find(sign)) >= 0), default=None)
    return Beside(before[cut:], text[start:end], after[:stop])


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
        seen = [
            Sighting(rule, whole, core)
            for rule, phrase, windows in self._places(view)
            for whole, core in islice(phrase.spans(view.text, windows), _MOST_HITS)
        ]
        return list(_hits(view, seen))

    def _places(self, view: View) -> Iterator[tuple[Rule, Phrase, list[Span]]]:
        """Only phrases whose words stand in the text: most texts leave none, which is the speed."""
        met: dict[int, tuple[Rule, Phrase, list[frozenset[str]]]] = {}
        for word in self._triggers & view.words:
            for rule, phrase, needed in self._index[word]:
                if needed <= view.words:
                    met.setdefault(id(phrase), (rule, phrase, []))[2].append(needed)
        if not met:
            return
        whole = [(0, len(view.text))]
        near = None if len(view.text) <= _WHOLE_CHARACTERS else Nearness(view.text, self._words)
        for rule, phrase, sets in met.values():
            yield rule, phrase, whole if near is None else near.windows(sets)


def _hits(view: View, seen: list[Sighting]) -> Iterator[Hit]:
    """Let guards look. Distress never excuses harm to others, nor harm distress (promise 1).

    So for the one a match of the other ends the sentence, whatever either turns out to be.
    """
    distress = [one.whole for one in seen if one.rule.effect is Effect.HELP]
    harm = [one.whole for one in seen if one.rule.effect is Effect.FOLD]
    settled: set[str] = set()
    for rule, whole, core in seen:
        if rule.id in settled:
            continue
        edges = harm if rule.effect is Effect.HELP else distress
        if rule.guards and rule.is_kept_off(_beside(view.text, core, edges)):
            continue
        apart = _apart(view.text, whole, core, edges=edges)
        if "\n" in view.text[slice(*whole)] and apart[0] != whole[0]:
            # Two lines that belong to two different thoughts.
            continue
        first, last = view.span(*apart)
        if first < last:
            yield Hit(rule, first, last)
            # One hit says it all unless every span is to be folded.
            settled.update(() if rule.effect is Effect.FOLD else (rule.id,))


def _apart(text: str, whole: Span, core: Span, *, edges: Iterable[Span]) -> Span:
    """Return a match without the words of the other kind that run into it or into its tail.

    Words that run on into the next sentence take nothing from a head: part of them belongs to it.
    """
    first, last = whole
    for start, stop in edges:
        if start <= whole[0] < stop < core[1] and not set(text[start:stop]) & set(_SENTENCE_ENDS):
            first = max(first, stop)
        elif core[1] <= start < last + _TAIL_REACH:
            last = min(last, _tail_end(text, core[1], start))
    matched = text[first:last]
    return last - len(matched.lstrip()), first + len(matched.rstrip())


def _tail_end(text: str, end: int, start: int) -> int:
    """Return how far the tail of what ends at `end` goes, when the other kind is at `start`."""
    between = text[end:start]
    if set(between) & set(_SENTENCE_ENDS):
        return start
    found = _JOINT.search(between) or _OPENING.search(between)
    return end + found.start() if found else start


def _index(rules: tuple[Rule, ...]) -> dict[str, list[tuple[Rule, Phrase, frozenset[str]]]]:
    index: dict[str, list[tuple[Rule, Phrase, frozenset[str]]]] = {}
    for rule in rules:
        for phrase in rule.phrases:
            for needed in phrase.words:
                # The longest word is the rarest, as a rule of thumb.
                rarest = max(needed, key=lambda word: (len(word), word))
                index.setdefault(rarest, []).append((rule, phrase, needed))
    return index
