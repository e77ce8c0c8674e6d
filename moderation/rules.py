"""Rules as data: what a rule is, and where it holds in a text. Pure; knows no mode and no policy.

A rule raises attention and never lowers it: guards keep a rule from holding, no rule undoes
another. The rules themselves are in `rulebook/*.toml`, read by `moderation.rulebooks`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from core.safety import Category, Tier
from moderation.normalise import View
from moderation.spellings import Lexicon

# How far a guard looks beside a hit, in characters, never past the end of the sentence.
GUARD_REACH: Final = 80
# After so many hits of one rule the whole text is what needs a person.
_MOST_HITS: Final = 50
_SENTENCE_ENDS: Final = ".!?\n"


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
class Rule:
    """One reviewable rule. `recogniser` names a kind of contact detail instead of patterns."""

    id: str
    category: Category
    effect: Effect
    tier: Tier
    because: str
    # Part of the floor that holds in every group, self-held ones too (promise 23).
    is_floor: bool
    words: tuple[frozenset[str], ...]
    patterns: tuple[re.Pattern[str], ...]
    guards: tuple[Guard, ...]
    matches: tuple[str, ...]
    passes: tuple[str, ...]
    recogniser: str | None = None

    @property
    def line(self) -> str:
        """The reason as `Verdict.because` has it: category first."""
        return f"{self.category.value}: {self.because}"

    def hits(self, view: View) -> Iterator["Hit"]:
        """Yield where the rule holds; one hit is enough unless its spans are to be folded."""
        for start, end in self._spans(view.text):
            first, last = view.span(start, end)
            if first < last:
                yield Hit(self, first, last)
                if self.effect is not Effect.FOLD:
                    return

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        count = 0
        for pattern in self.patterns:
            for found in pattern.finditer(text):
                # Guards look beside the first group, where a pattern marks its core with one.
                core = found.span(1 if pattern.groups else 0)
                if count < _MOST_HITS and not self._is_kept_off(text, *core):
                    count += 1
                    yield found.span()

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
        return [hit for rule in self._candidates(view.words) for hit in rule.hits(view)]

    def _candidates(self, words: frozenset[str]) -> Iterable[Rule]:
        """Only rules whose words stand in the text: most texts leave none, which is the speed."""
        met: dict[str, Rule] = {}
        for word in self._triggers & words:
            for rule, others in self._index[word]:
                if rule.id not in met and others <= words:
                    met[rule.id] = rule
        return met.values()


def _index(rules: tuple[Rule, ...]) -> dict[str, list[tuple[Rule, frozenset[str]]]]:
    index: dict[str, list[tuple[Rule, frozenset[str]]]] = {}
    for rule in rules:
        for needed in rule.words:
            # The longest word is the rarest, as a rule of thumb.
            rarest = max(needed, key=lambda word: (len(word), word))
            index.setdefault(rarest, []).append((rule, needed - {rarest}))
    return index
