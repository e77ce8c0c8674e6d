"""Screening: text in, verdict out, by rules and heads. Pure, quick, and it never raises."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import structlog

from core.limits import PROFILE_CHARACTERS
from core.safety import Category, Context, Mode, Response, Tier, Verdict
from moderation import causes, contacts, grams, heads, normalise, policy, rulebooks, watched
from moderation.contacts import Allowed
from moderation.heads import Heads, Scores
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
# How many of a thousand calm messages a head may bring to somebody's eyes; those that are wrong too
# often on examples they never saw bring none until an organisation asks for it (decision 18).
BUDGETS: Final = {
    Category.DISTRESS: 1,
    Category.HARASSMENT: 1,
    Category.HATE: 1,
    Category.SPAM: 1,
}


class _Read(NamedTuple):
    """How sure heads are of a text, of what its author said before it, and of both as one.

    A sentence said in pieces counts with the piece that makes it one: what the earlier texts show
    by themselves was told of them already.
    """

    words: Sequence[str]
    whole: Sequence[str]
    alone: Scores
    before: Scores
    joined: Scores

    def surer(self, about: Category, above: float) -> Sequence[str] | None:
        """Return the words that make a head surer than that, if any do that weren't said before."""
        if self.alone[about] > above:
            return self.words
        is_made_now = self.joined[about] > above >= self.before[about]
        return self.whole if is_made_now else None


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
        self.heads = heads
        # Promise 11: where distress may not be noticed nothing looks for it.
        self._not_noticing = heads and heads.without(Category.DISTRESS)
        self._clock = clock

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
        plain = normalise.canonical(text, self.rulebook.lexicon)
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
        read = self._read(text, normalise.canonical(text, self.rulebook.lexicon), context)
        if read is None:
            return {}
        return {
            one: max(share, read.joined[one]) if read.joined[one] > read.before[one] else share
            for one, share in read.alone.items()
        }

    def _leans(self, text: str, plain: View, hits: Sequence[Hit], context: Context) -> list[Lean]:
        """Return the organisation's own words that stand there, and what heads are surer of than
        the budgets ask, where no rule says so already.
        """
        if context.mode is Mode.SELF_HELD:
            return []
        leans = [
            Lean(one.about, f"{one.about.value}: “{one.words}”, our own words: {one.why}")
            for one in watched.stand_in(plain, context.house.watched, self.rulebook.lexicon)
        ]
        if self.heads is None:
            return leans
        found = {hit.rule.category for hit in hits}
        budgets = BUDGETS | dict(context.house.looks)
        read = self._read(text, plain, context)
        if read is None:
            return leans
        for about in read.alone:
            above = self.heads.looks_at(about, budgets.get(about))
            words = None if above is None or about in found else read.surer(about, above)
            if words and above is not None and self.heads.knows(words):
                leans.append(Lean(about, self._line(about, words, above)))
        return leans

    def _line(self, about: Category, words: Sequence[str], above: float) -> str:
        assert self.heads is not None
        named = causes.of(self.heads, words, about, above=above)
        quoted = ", ".join(f"“{word}”" for word in named)
        return f"{about.value}: a guess by its words, most of all {quoted}"

    def _read(self, text: str, plain: View, context: Context) -> "_Read | None":
        """Return what heads make of a text alone, and read on from what was said before it."""
        heads = self.heads if context.notices_distress else self._not_noticing
        if heads is None:
            return None
        words = _words(plain)
        alone = heads.scores(words)
        if not context.recent:
            return _Read(words, words, alone, alone, alone)
        lexicon = self.rulebook.lexicon
        earlier = _words(normalise.canonical("\n".join(context.recent), lexicon))
        whole = _words(normalise.canonical("\n".join((*context.recent, text)), lexicon))
        return _Read(words, whole, alone, heads.scores(earlier), heads.scores(whole))

    def hits(self, text: str, context: Context) -> list[Hit]:
        """Return every rule that holds in `text`, alone or read on from the recent texts."""
        return self._hits_of(text, normalise.canonical(text, self.rulebook.lexicon), context)

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


def _words(plain: View) -> list[str]:
    # Nothing that anybody can send is longer.
    return grams.words(plain.text[:PROFILE_CHARACTERS])


def shipped() -> RulesScreening:
    """Return the rulebook that came with the program, and its heads where they can be read.

    Without them rules decide; `been-there doctor` says so, and so does the log.
    """
    try:
        found = heads.shipped()
    except heads.Broken as fault:
        _log.error("screening_heads_broken", fault=str(fault))
        found = None
    return RulesScreening(heads=found)
