"""Rules as data: what a rule is, and where it holds in a text. Pure; knows no mode and no policy.

A rule raises attention and never lowers it: guards keep a rule from holding, no rule undoes
another. The rules themselves are in `rulebook/*.toml`, read by `moderation.rulebooks`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final, NamedTuple

from core.safety import Category, Tier
from moderation.normalise import View
from moderation.spellings import Lexicon

# How far a guard looks beside a hit, in characters, never past the end of the sentence.
GUARD_REACH: Final = 80
# After so many hits of one rule the whole text is what needs a person.
_MOST_HITS: Final = 50
_SENTENCE_ENDS: Final = ".!?\n"
# Up to this length searching the whole text costs less than finding out where to search.
_WHOLE_CHARACTERS: Final = 600
# Longer than any match: a pattern's words stand at most so far from its ends.
_REACH: Final = 300
_WORD: Final = re.compile(r"[a-z0-9]+")

Span = tuple[int, int]


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
        """Yield whole match and core: the first group, where the pattern marks one."""
        core = 1 if self.pattern.groups else 0
        for start, end in windows:
            for found in self.pattern.finditer(text, start, end):
                yield found.span(), found.span(core)


# A phrase, and the stretches of the text in which it could match.
Place = tuple[Phrase, list[Span]]


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

    def hits(self, view: View, places: Iterable[Place]) -> Iterator["Hit"]:
        """Yield where the rule holds; one hit is enough unless its spans are to be folded."""
        for start, end in islice(self._spans(view.text, places), _MOST_HITS):
            first, last = view.span(start, end)
            if first < last:
                yield Hit(self, first, last)
                if self.effect is not Effect.FOLD:
                    return

    def _spans(self, text: str, places: Iterable[Place]) -> Iterator[Span]:
        for phrase, windows in places:
            for whole, core in phrase.spans(text, windows):
                if not self._is_kept_off(text, *core):
                    yield whole

    def _is_kept_off(self, text: str, start: int, end: int) -> bool:
        if not self.guards:
            return False
        beside = _beside(text, start, end)
        return any(guard.keeps_off(beside) for guard in self.guards)


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule holds at a half-open span of code points of the raw text."""

    rule: Rule
    start: int
    end: int


def _beside(text: str, start: int, end: int) -> Beside:
    before = text[max(0, start - GUARD_REACH) : start]
    after = text[end : end + GUARD_REACH]
    opened = max(before.rfind(sign) for sign in _SENTENCE_ENDS) + 1
    closed = min((at for sign in _SENTENCE_ENDS if (at := after.find(sign)) >= 0), default=None)
    return Beside(before[opened:], text[start:end], after[:closed])


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

    def search(self, view: View) -> list[Hit]:
        """Return every place where a rule holds, recognisers of contact details aside."""
        found: list[Hit] = []
        for rule, places in self._places(view).values():
            found.extend(rule.hits(view, places))
        return found

    def _places(self, view: View) -> dict[str, tuple[Rule, list[Place]]]:
        """Only phrases whose words stand in the text: most texts leave none, which is the speed."""
        triggers = self._triggers & view.words
        whole = [(0, len(view.text))]
        near = None if len(view.text) <= _WHOLE_CHARACTERS else _Nearness(view.text, triggers)
        met: dict[str, tuple[Rule, list[Place]]] = {}
        for word in triggers:
            for rule, phrase, others in self._index[word]:
                if others <= view.words:
                    windows = whole if near is None else near.windows(word, others)
                    met.setdefault(rule.id, (rule, []))[1].append((phrase, windows))
        return met


class _Nearness:
    """Where in a long text words stand near each other, so that only there is searched."""

    def __init__(self, text: str, words: frozenset[str]) -> None:
        self._length = len(text)
        self._at: dict[str, list[int]] = {}
        for found in _WORD.finditer(text):
            if found.group() in words:
                self._at.setdefault(found.group(), []).append(found.start())

    def windows(self, word: str, others: frozenset[str]) -> list[Span]:
        """Return disjoint stretches around each `word` that has all `others` near."""
        out: list[Span] = []
        for at in self._at.get(word, ()):
            start, end = max(0, at - _REACH), min(self._length, at + _REACH)
            if others and not all([self._stands(other, start, end) for other in others]):
                continue
            if out and start <= out[-1][1]:
                out[-1] = (out[-1][0], end)
            else:
                out.append((start, end))
        return out

    def _stands(self, word: str, start: int, end: int) -> bool:
        places = self._at.get(word, [])
        nearest = bisect_left(places, start)
        return nearest < len(places) and places[nearest] < end


def _index(rules: tuple[Rule, ...]) -> dict[str, list[tuple[Rule, Phrase, frozenset[str]]]]:
    index: dict[str, list[tuple[Rule, Phrase, frozenset[str]]]] = {}
    for rule in rules:
        for phrase in rule.phrases:
            for needed in phrase.words:
                # The longest word is the rarest, as a rule of thumb.
                rarest = max(needed, key=lambda word: (len(word), word))
                index.setdefault(rarest, []).append((rule, phrase, needed - {rarest}))
    return index
