"""Screening: text in, verdict out, by rules and heads. Pure, quick, and it never raises."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import structlog

from core.safety import Category, Context, Mode, Response, Tier, Verdict
from moderation import contacts, heads, models, normalise, policy, rulebooks, watched
from moderation.contacts import Allowed
from moderation.guessing import Guessing
from moderation.heads import Heads
from moderation.normalise import View
from moderation.policy import Lean
from moderation.rules import Hit
from moderation.searching import Rulebook

_log = structlog.get_logger(__name__)

# When the rules themselves fail, people talk on and somebody reads later (moderation.md §1).
UNSCREENED: Final = Verdict(response=Response.DELIVER, tier=Tier.ROUTINE, is_unscreened=True)
# What rules may take before heads are left out, in seconds of processor time: a machine that does
# something else doesn't count, a text made to be slow does.
MOST_SECONDS: Final = 0.05


class RulesScreening:
    """Judges texts by the rulebook, and by heads where there are any."""

    def __init__(
        self,
        rulebook: Rulebook | None = None,
        *,
        allowed: Allowed | None = None,
        heads: Heads | None = None,
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        """Without arguments the shipped rulebook and helplines; reading them takes a moment."""
        self.rulebook = rulebook or rulebooks.shipped()
        self.allowed = allowed or contacts.shipped()
        self.guessing = Guessing(heads, self.rulebook.lexicon)
        self._clock = clock

    @property
    def heads(self) -> Heads | None:
        """The heads as they were shipped; None where rules decide alone."""
        return self.guessing.heads

    def prepare(self) -> None:
        """Make every pattern ready, some half a second, so that no text waits for it.

        The first texts of a process would be sent on unscreened for it where machines are slow.
        """
        for rule in self.rulebook.rules:
            for pattern in rule.patterns:
                pattern.prepare()

    def screen(self, text: str, context: Context) -> Verdict:
        """Judge `text`; touches nothing outside and never raises, whatever the text."""
        try:
            return self._judged(text, context)
        except Exception as fault:  # noqa: BLE001 - a fault here must not silence anybody
            # Never the words, nor the fault's message, which may quote them.
            _log.error("screening_failed", fault=type(fault).__name__, characters=len(text))
            return UNSCREENED

    def _judged(self, text: str, context: Context) -> Verdict:
        begun = self._clock()
        plain = self._plain(text)
        hits = self._hits_of(text, plain, context)
        if self._clock() - begun < MOST_SECONDS:
            return policy.decide(text, hits, context, self._leans(text, plain, hits, context))
        verdict = policy.decide(text, hits, context)
        if self.heads is None:
            return verdict
        tier = max(verdict.tier, UNSCREENED.tier, key=lambda one: one.urgency)
        return replace(verdict, tier=tier, is_unscreened=True)

    def found(self, text: str, context: Context) -> frozenset[Category]:
        """Return every category of which a rule holds, whatever the policy makes of it."""
        return frozenset(hit.rule.category for hit in self.hits(text, context))

    def sure(self, text: str, context: Context) -> Mapping[Category, float]:
        """Return how sure the heads are of each category; nothing where there are none."""
        return self.guessing.sure(text, self._plain(text), context)

    def _leans(self, text: str, plain: View, hits: Sequence[Hit], context: Context) -> list[Lean]:
        """Return the organisation's own words that stand there, and what heads guess beside."""
        if context.mode is Mode.SELF_HELD:
            return []
        leans = [
            Lean(one.about, f"{one.about.value}: “{one.words}”, our own words: {one.why}")
            for one in watched.stand_in(plain, context.house.watched, self.rulebook.lexicon)
        ]
        found = frozenset(hit.rule.category for hit in hits)
        return leans + self.guessing.leans(text, plain, context, found)

    def _plain(self, text: str) -> View:
        return normalise.canonical(text, self.rulebook.lexicon)

    def hits(self, text: str, context: Context) -> list[Hit]:
        """Return every rule that holds in `text`, alone or read on from the recent texts."""
        return self._hits_of(text, self._plain(text), context)

    def _hits_of(self, text: str, plain: View, context: Context) -> list[Hit]:
        hits = self._hits(plain)
        if context.recent:
            joined = normalise.joined(context.recent, text, self.rulebook.lexicon)
            if joined is not None:
                # Spans that end before this text are empty, so earlier texts aren't judged twice.
                hits += self._hits(joined)
        return hits

    def _hits(self, view: View) -> list[Hit]:
        found = self.rulebook.search(view)
        return found + contacts.find(view, self.rulebook, allowed=self.allowed)


def shipped() -> RulesScreening:
    """Return the rulebook that came with the program, and its heads where they can be read.

    Without them rules decide; `been-there doctor` says so, and so does the log.
    """
    try:
        found = models.shipped()
    except heads.Broken as fault:
        _log.error("screening_heads_broken", fault=str(fault))
        found = None
    return RulesScreening(heads=found)
