"""From what rules and heads find to a verdict: what may happen to a text without a person.

The table is in docs/moderation-policy.md. Own distress is always delivered at once and lifts what
protects its author or house style; it never lifts what protects somebody else. A head is a guess,
so it brings people and help, and nothing else: it never folds, holds, asks or lowers (decision 18).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from core.safety import Category, Context, Mode, Response, Tier, Verdict
from moderation.rules import Effect, Hit

Span = tuple[int, int]

# Fewer words than these beside the folded ones are no message of their own: it waits for a person.
SEPARABLE_WORDS: Final = 3
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_NOTHING: Final = Verdict()


class Lean(NamedTuple):
    """A head is surer of a category than the budget for looks asks; `line` says why."""

    category: Category
    line: str

    @property
    def tier(self) -> Tier:
        """How soon a person should look on a guess: never at once, that takes a rule."""
        return Tier.SOON if self.category is Category.DISTRESS else Tier.ROUTINE


class _Reason(NamedTuple):
    tier: Tier
    line: str
    category: Category


def decide(text: str, hits: Sequence[Hit], context: Context, leans: Sequence[Lean] = ()) -> Verdict:
    """Return what to do with `text`, where rules hold at `hits` and heads lean to `leans`."""
    if not hits and not leans and context.mode is not Mode.CLOSE:
        return _NOTHING
    heeded = [hit for hit in hits if _is_heeded(hit, context)]
    leant = [lean for lean in leans if _is_lean_heeded(lean, heeded, context)]
    is_distress = any(hit.rule.effect is Effect.HELP for hit in heeded) or any(
        lean.category is Category.DISTRESS for lean in leant
    )
    if is_distress:
        heeded = [hit for hit in heeded if hit.rule.effect in (Effect.HELP, Effect.FOLD)]
        # Whoever looks at it reads the rest as well; a second case would only split the night.
        leant = [lean for lean in leant if lean.category is Category.DISTRESS]
    folded = merged((hit.start, hit.end) for hit in heeded if hit.rule.effect is Effect.FOLD)
    response = (
        Response.DELIVER_WITH_HELP
        if is_distress
        else _response(text, heeded, folded=folded, mode=context.mode)
    )
    told = [_Reason(hit.rule.tier, hit.rule.line, hit.rule.category) for hit in heeded]
    told += [_Reason(lean.tier, lean.line, lean.category) for lean in leant]
    ordered = sorted(told, key=lambda one: -one.tier.urgency)
    return Verdict(
        response=response,
        tier=_tier(ordered, response),
        folded=folded,
        because=tuple(dict.fromkeys(one.line for one in ordered)),
        categories=frozenset(one.category for one in told),
    )


def _is_heeded(hit: Hit, context: Context) -> bool:
    """Promises 11 and 23: distress only where it may be noticed; self-held knows only the floor."""
    if hit.rule.effect is Effect.HELP:
        return context.notices_distress and context.mode is not Mode.SELF_HELD
    return hit.rule.is_floor or context.mode is not Mode.SELF_HELD


def _is_lean_heeded(lean: Lean, heeded: Iterable[Hit], context: Context) -> bool:
    """As for hits; a guess is no floor, and adds nothing to a rule that says so already."""
    if context.mode is Mode.SELF_HELD or any(lean.category is one.rule.category for one in heeded):
        return False
    return context.notices_distress or lean.category is not Category.DISTRESS


def _response(
    text: str, heeded: Sequence[Hit], *, folded: tuple[Span, ...], mode: Mode
) -> Response:
    effects = {hit.rule.effect for hit in heeded}
    if mode is Mode.CLOSE or Effect.HOLD in effects:
        return Response.HOLD
    if folded and not _rest_stands(text, folded):
        return Response.HOLD
    return Response.ASK if Effect.ASK in effects else Response.DELIVER


def _tier(ordered: Sequence[_Reason], response: Response) -> Tier:
    highest = ordered[0].tier if ordered else Tier.NONE
    # What waits, waits for somebody.
    return Tier.ROUTINE if response is Response.HOLD and highest is Tier.NONE else highest


def _rest_stands(text: str, folded: tuple[Span, ...]) -> bool:
    """True when enough words stand outside the folded spans to be a message."""
    rest: list[str] = []
    done = 0
    for start, end in folded:
        rest.append(text[done:start])
        done = end
    rest.append(text[done:])
    return sum(len(_WORD.findall(part)) for part in rest) >= SEPARABLE_WORDS


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans sorted and disjoint; spans that touch or overlap become one."""
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)
