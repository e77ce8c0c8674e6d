"""The rules stage of screening: text in, verdict out. Pure, quick, and it never raises."""

from collections.abc import Mapping
from typing import Final

import structlog

from core.safety import Category, Context, Response, Tier, Verdict
from moderation import contacts, normalise, policy, rulebooks
from moderation.contacts import Allowed
from moderation.heads import Heads
from moderation.rules import Hit
from moderation.searching import Rulebook

_log = structlog.get_logger(__name__)

# When the rules themselves fail, people talk on and somebody reads later (moderation.md §1).
UNSCREENED: Final = Verdict(response=Response.DELIVER, tier=Tier.ROUTINE, is_unscreened=True)


class RulesScreening:
    """Screens by the rulebook alone: what decides when the models are slow or missing."""

    def __init__(
        self,
        rulebook: Rulebook | None = None,
        *,
        allowed: Allowed | None = None,
        heads: Heads | None = None,
    ) -> None:
        """Without arguments the shipped rulebook and helplines; reading them takes a moment.

        `heads` are asked by whoever wants to know how sure they are; no verdict rests on them.
        """
        self.rulebook = rulebook or rulebooks.shipped()
        self.allowed = allowed or contacts.shipped()
        self.heads = heads

    def screen(self, text: str, context: Context) -> Verdict:
        """Judge `text`; touches nothing outside and never raises, whatever the text."""
        try:
            return policy.decide(text, self.hits(text, context), context)
        except Exception as fault:  # noqa: BLE001 - a fault here must not silence anybody
            # Never the words, nor the fault's message, which may quote them.
            _log.error("screening_failed", fault=type(fault).__name__, characters=len(text))
            return UNSCREENED

    def found(self, text: str, context: Context) -> frozenset[Category]:
        """Return every category of which a rule holds, whatever the policy makes of it."""
        return frozenset(hit.rule.category for hit in self.hits(text, context))

    def sure(self, text: str, context: Context) -> Mapping[Category, float]:
        """Return how sure the heads are of each category; nothing where there are none.

        A sentence said in pieces counts with the piece that makes it one: what the earlier texts
        show by themselves was told of them already.
        """
        if self.heads is None:
            return {}
        alone = self._sure(self.heads, text)
        if not context.recent:
            return alone
        before = self._sure(self.heads, "\n".join(context.recent))
        joined = self._sure(self.heads, "\n".join((*context.recent, text)))
        return {
            one: max(share, joined[one]) if joined[one] > before[one] else share
            for one, share in alone.items()
        }

    def _sure(self, heads: Heads, text: str) -> Mapping[Category, float]:
        return heads.scores(normalise.canonical(text, self.rulebook.lexicon).text)

    def hits(self, text: str, context: Context) -> list[Hit]:
        """Return every rule that holds in `text`, alone or read on from the recent texts."""
        hits = self._hits(normalise.canonical(text, self.rulebook.lexicon))
        if context.recent:
            joined = normalise.joined(context.recent, text, self.rulebook.lexicon)
            if joined is not None:
                # Spans that end before this text are empty, so earlier texts aren't judged twice.
                hits += self._hits(joined)
        return hits

    def _hits(self, view: normalise.View) -> list[Hit]:
        found = self.rulebook.search(view)
        return found + contacts.find(view, self.rulebook, allowed=self.allowed)
