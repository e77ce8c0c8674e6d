"""Run-on sentences: somebody's own distress and words that harm another, in one breath."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.safety import Context, Response, Tier
from moderation import models, normalise
from moderation.rules import Effect, Hit, Rule
from moderation.screening import RulesScreening

# By a clock that stands: what is slow for once isn't what is asked here.
SCREENING = RulesScreening(heads=models.shipped(), clock=float)
RULES = SCREENING.rulebook.rules
WORDS = [" and ", ", and ", " because ", " so ", " but ", " then "]
JOINTS = [" ", ", ", *WORDS]
GLUED = ""
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n|[.!?…]+$")

Span = tuple[int, int]


@dataclass(frozen=True)
class Thought:
    """An example of a rule, and what in it must stay shown or be folded: the cores' spans."""

    rule: Rule
    text: str
    cores: tuple[Span, ...]
    tier: Tier

    def moved(self, by: int) -> set[int]:
        return {at + by for start, end in self.cores for at in range(start, end)}


def thoughts(effect: Effect) -> list[Thought]:
    """Return the sentences in which a rule with `effect` holds, of its own examples."""
    found: list[Thought] = []
    for rule in RULES:
        if rule.effect is not effect:
            continue
        for example in rule.matches:
            pieces = (piece.strip() for piece in SENTENCE.split(example))
            found.extend(one for piece in pieces if (one := _thought(rule, piece)) is not None)
    return found


def _thought(rule: Rule, text: str) -> Thought | None:
    hits = SCREENING.hits(text, Context())
    own = [hit for hit in hits if hit.rule is rule]
    if not own or {hit.rule.effect for hit in hits} >= {Effect.HELP, Effect.FOLD}:
        return None
    cores = tuple(_core(text, hit) for hit in own)
    return Thought(rule, text, cores, SCREENING.screen(text, Context()).tier)


def _core(text: str, hit: Hit) -> Span:
    """Return the core of the match behind `hit`, or all of it where nothing marks one."""
    view = normalise.canonical(text, SCREENING.rulebook.lexicon)
    for phrase in hit.rule.phrases:
        for whole, core in phrase.spans(view.text, [(0, len(view.text))]):
            if view.span(*whole)[0] == hit.start:
                return view.span(*core)
    return hit.start, hit.end


@dataclass(frozen=True)
class RunOn:
    """One sentence of two thoughts."""

    distress: Thought
    harm: Thought
    joint: str
    is_distress_first: bool

    @property
    def text(self) -> str:
        first, second = self.distress.text, self.harm.text
        if not self.is_distress_first:
            first, second = second, first
        return first + self.joint + second

    def faults(self) -> set[str]:
        """Say what promise 1 finds wrong in the verdict on this sentence."""
        verdict = SCREENING.screen(self.text, Context())
        shift = len(self.joint) + len(self._first.text)
        folded = {at for start, end in verdict.folded for at in range(start, end)}
        own = self.distress.moved(0 if self.is_distress_first else shift)
        other = self.harm.moved(shift if self.is_distress_first else 0)
        wrong = {
            "distress folded": bool(own & folded),
            "harm shown": not other <= folded,
            "not delivered with help": verdict.response is not Response.DELIVER_WITH_HELP,
            "tier lower": verdict.tier.urgency < self._tier.urgency,
        }
        return {name for name, is_so in wrong.items() if is_so}

    @property
    def _first(self) -> Thought:
        return self.distress if self.is_distress_first else self.harm

    @property
    def _tier(self) -> Tier:
        return max(self.distress.tier, self.harm.tier, key=lambda tier: tier.urgency)


DISTRESS = thoughts(Effect.HELP)
HARM = thoughts(Effect.FOLD)


def run_ons(count: int, seed: int, joints: list[str]) -> Iterator[RunOn]:
    chance = random.Random(seed)
    for _ in range(count):
        distress, harm = chance.choice(DISTRESS), chance.choice(HARM)
        yield RunOn(distress, harm, chance.choice(joints), chance.random() < 0.5)
