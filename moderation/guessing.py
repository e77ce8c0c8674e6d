"""Guesses: what heads are surer of than an organisation asked for, and the words that make it so.

Heads as they were shipped, or with what was learned here (`moderation.corrections`). Every text
they look at is counted (`moderation.counting`). Pure but for those counts.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from core.limits import PROFILE_CHARACTERS
from core.safety import Category, Context
from moderation import causes, counting, grams, normalise
from moderation.counting import Tally
from moderation.heads import Heads, Scores
from moderation.lexicons import Lexicon
from moderation.normalise import View
from moderation.policy import Lean

# How many of a thousand calm messages a head may bring to somebody's eyes; those that are wrong too
# often on examples they never saw bring none until an organisation asks for it (decision 18).
BUDGETS: Final = {
    Category.DISTRESS: 1,
    Category.HARASSMENT: 1,
    Category.HATE: 1,
    Category.SPAM: 1,
}


class _Model(NamedTuple):
    """Heads as they judge here, and as they do where distress may not be noticed (promise 11)."""

    name: str
    heads: Heads
    not_noticing: Heads

    def allowed(self, context: Context) -> Heads:
        """Return the heads that may look at a text."""
        return self.heads if context.notices_distress else self.not_noticing


class _Said(NamedTuple):
    """The words of a text, of what its author said before it, and of both as one."""

    alone: Sequence[str]
    before: Sequence[str]
    whole: Sequence[str]


class _Read(NamedTuple):
    """How sure heads are of a text, of what its author said before it, and of both as one.

    A sentence said in pieces counts with the piece that makes it one: what the earlier texts show
    by themselves was told of them already.
    """

    said: _Said
    alone: Scores
    before: Scores
    joined: Scores

    def surer(self, about: Category, above: float) -> Sequence[str] | None:
        """Return the words that make a head surer than that, if any do that weren't said before."""
        if self.alone[about] > above:
            return self.said.alone
        is_made_now = self.joined[about] > above >= self.before[about]
        return self.said.whole if is_made_now else None


class _Guess(NamedTuple):
    """A category, the words that heads are so sure by, and the share they are surer than."""

    about: Category
    words: Sequence[str]
    above: float


class Guessing:
    """What heads make of texts; without heads, nothing."""

    def __init__(self, heads: Heads | None, lexicon: Lexicon) -> None:
        """`lexicon` is what respelling may arrive at, as for rules."""
        self.heads = heads
        self.lexicon = lexicon
        self.tally = Tally()
        self._shipped = _model(None, heads)
        # What was learned here, by its id; None for what can't be used with these heads.
        self._learned: dict[UUID, _Model | None] = {}

    def has_learned(self, one_id: UUID) -> bool:
        """Tell whether `learn` has been called for this correction."""
        return one_id in self._learned

    def learn(self, one_id: UUID, heads: Heads | None) -> None:
        """Know the heads with a correction by its id; with None the shipped ones judge instead."""
        self._learned[one_id] = _model(one_id, heads)

    def leans(
        self, text: str, plain: View, context: Context, found: frozenset[Category]
    ) -> list[Lean]:
        """Return what heads guess where no rule says so already; `found` are the rules' own."""
        model = self._model(context)
        if model is None:
            return []
        said = self._said(text, plain, context)
        guesses = self._guesses(model, said, context, found)
        beside = self._learned.get(context.house.beside) if context.house.beside else None
        if beside is not None:
            # Only counted: nobody is brought by it.
            self._guesses(beside, said, context, found)
        return [Lean(one.about, _line(model.allowed(context), one)) for one in guesses]

    def sure(self, text: str, plain: View, context: Context) -> Mapping[Category, float]:
        """Return how sure the heads are of each category; nothing where there are none."""
        model = self._model(context)
        if model is None:
            return {}
        read = _read(model.allowed(context), self._said(text, plain, context))
        return {
            one: max(share, read.joined[one]) if read.joined[one] > read.before[one] else share
            for one, share in read.alone.items()
        }

    def _model(self, context: Context) -> _Model | None:
        learned = context.house.learned
        return (self._learned.get(learned) if learned else None) or self._shipped

    def _guesses(
        self, model: _Model, said: _Said, context: Context, found: frozenset[Category]
    ) -> list[_Guess]:
        """Return what these heads are surer of than the budgets ask, and count it."""
        heads, budgets = model.allowed(context), BUDGETS | dict(context.house.looks)
        read = _read(heads, said)
        guesses: list[_Guess] = []
        for about in read.alone:
            above = heads.looks_at(about, budgets.get(about))
            words = None if above is None or about in found else read.surer(about, above)
            if words and above is not None and heads.knows(words):
                guesses.append(_Guess(about, words, above))
        if context.house.organisation_id is not None:
            looked = [one.about for one in guesses]
            self.tally.add(context.house.organisation_id, model.name, read.alone, looked)
        return guesses

    def _said(self, text: str, plain: View, context: Context) -> _Said:
        words = _words(plain)
        if not context.recent:
            return _Said(words, (), words)
        earlier, whole = (
            _words(normalise.canonical("\n".join(texts), self.lexicon))
            for texts in (context.recent, (*context.recent, text))
        )
        return _Said(words, earlier, whole)


def _model(one_id: UUID | None, heads: Heads | None) -> _Model | None:
    if heads is None:
        return None
    return _Model(counting.model_of(one_id), heads, heads.without(Category.DISTRESS))


def _read(heads: Heads, said: _Said) -> _Read:
    alone = heads.scores(said.alone)
    if not said.before:
        return _Read(said, alone, alone, alone)
    return _Read(said, alone, heads.scores(said.before), heads.scores(said.whole))


def _line(heads: Heads, guess: _Guess) -> str:
    named = causes.of(heads, guess.words, guess.about, above=guess.above)
    quoted = ", ".join(f"“{word}”" for word in named)
    return f"{guess.about.value}: a guess by its words, most of all {quoted}"


def _words(plain: View) -> list[str]:
    # Nothing that anybody can send is longer.
    return grams.words(plain.text[:PROFILE_CHARACTERS])
