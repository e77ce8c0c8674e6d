"""Rules as data: what a rule is and what it may match. Pure; knows no mode and no policy.

A rule raises attention and never lowers it: guards keep a rule from holding, no rule undoes
another. The rules themselves are in `rulebook/*.toml`, read by `moderation.rulebooks`; where
they hold in a text is worked out in `moderation.searching` and `moderation.thoughts`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from core.safety import Category, Tier
from moderation import widths
from moderation.nearness import Span

ENGLISH: Final = "en"


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


class Pattern:
    """A pattern that is compiled when it is first looked for.

    There are hundreds, and compiling them all is time of every start; most texts ask for few. A
    process that serves has them made ready beside its start (`RulesScreening.prepare`).
    """

    __slots__ = ("_compiled", "_reach", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._compiled: re.Pattern[str] | None = None
        self._reach: int | None = None

    @property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, ready to be searched with."""
        if self._compiled is None:
            self._compiled = re.compile(self.text)
        return self._compiled

    @property
    def reach(self) -> int:
        """How many characters a match and what it looks at beside itself can be long, at most."""
        if self._reach is None:
            self._reach = widths.widest(self.text)
        return self._reach

    @property
    def is_ready(self) -> bool:
        """True once nothing is left to be worked out before the first search."""
        return self._compiled is not None and self._reach is not None

    def prepare(self) -> None:
        """Work out beforehand what the first search would wait for."""
        _ = self.compiled, self.reach


class Beside(NamedTuple):
    """A hit's own sentence, cut at the hit."""

    before: str
    within: str
    after: str


@dataclass(frozen=True, slots=True)
class Guard:
    """A way of speaking in which a hit does not mean it ("not", "years ago", "she said")."""

    name: str
    before: Pattern | None = None
    after: Pattern | None = None
    around: Pattern | None = None

    def keeps_off(self, beside: Beside) -> bool:
        """True when this way of speaking surrounds the hit."""
        if self.before is not None and self.before.compiled.search(beside.before):
            return True
        if self.after is not None and self.after.compiled.match(beside.after):
            return True
        return self.around is not None and bool(self.around.compiled.search("".join(beside)))


@dataclass(frozen=True, slots=True)
class Phrase:
    """One pattern, and the words without which it cannot match (any one set of them)."""

    pattern: Pattern
    words: tuple[frozenset[str], ...]

    def spans(self, text: str, windows: Iterable[Span]) -> Iterator[tuple[Span, Span]]:
        """Yield whole match and core: the first group, where the pattern marks one.

        What a line says by itself is taken without the line before it, and by itself.
        """
        pattern = self.pattern.compiled
        core = 1 if pattern.groups else 0
        for start, end in windows:
            at = start
            while (found := pattern.search(text, at, end)) is not None:
                line = found.group().find("\n") + 1
                at = found.start() + line if line else max(found.end(), at + 1)
                if not line or pattern.search(text, at, found.end()) is None:
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
    language: str = ENGLISH

    @property
    def is_english(self) -> bool:
        """True for what is said in English, in whose spelling every bent word is put straight."""
        return self.language == ENGLISH

    @property
    def line(self) -> str:
        """The reason as `Verdict.because` has it: category first."""
        return f"{self.category.value}: {self.because}"

    @property
    def patterns(self) -> Iterator[Pattern]:
        """Everything that is searched with: its phrases', then its guards'."""
        yield from (phrase.pattern for phrase in self.phrases)
        for guard in self.guards:
            yield from filter(None, (guard.before, guard.after, guard.around))

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
