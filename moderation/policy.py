"""From hits to a verdict: what may happen to a text on a rule's word alone.

The table is in docs/moderation-policy.md. Own distress is always delivered at once and lifts what
protects its author or house style; it never lifts what protects somebody else.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from core.safety import Context, Mode, Response, Tier, Verdict
from moderation.rules import Effect, Hit

Span = tuple[int, int]

# Fewer words than these beside the folded ones are no message of their own: it waits for a person.
SEPARABLE_WORDS: Final = 3
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_NOTHING: Final = Verdict()


def decide(text: str, hits: Sequence[Hit], context: Context) -> Verdict:
    """Return what to do with `text`, whose rules hold at `hits`, where `context` says."""
    if not hits and context.mode is not Mode.CLOSE:
        return _NOTHING
    heeded = [hit for hit in hits if _is_heeded(hit, context)]
    is_distress = any(hit.rule.effect is Effect.HELP for hit in heeded)
    if is_distress:
        heeded = [hit for hit in heeded if hit.rule.effect in (Effect.HELP, Effect.FOLD)]
    folded = merged((hit.start, hit.end) for hit in heeded if hit.rule.effect is Effect.FOLD)
    response = _response(text, heeded, folded=folded, mode=context.mode)
    ordered = sorted(heeded, key=lambda hit: -hit.rule.tier.urgency)
    return Verdict(
        response=response,
        tier=_tier(ordered, response),
        folded=folded,
        because=tuple(dict.fromkeys(hit.rule.line for hit in ordered)),
        categories=frozenset(hit.rule.category for hit in heeded),
    )


def _is_heeded(hit: Hit, context: Context) -> bool:
    """Promises 11 and 23: distress only where it may be noticed; self-held knows only the floor."""
    if hit.rule.effect is Effect.HELP:
        return context.notices_distress and context.mode is not Mode.SELF_HELD
    return hit.rule.is_floor or context.mode is not Mode.SELF_HELD


def _response(
    text: str, heeded: Sequence[Hit], *, folded: tuple[Span, ...], mode: Mode
) -> Response:
    effects = {hit.rule.effect for hit in heeded}
    if Effect.HELP in effects:
        return Response.DELIVER_WITH_HELP
    if mode is Mode.CLOSE or Effect.HOLD in effects:
        return Response.HOLD
    if folded and not _rest_stands(text, folded):
        return Response.HOLD
    return Response.ASK if Effect.ASK in effects else Response.DELIVER


def _tier(ordered: Sequence[Hit], response: Response) -> Tier:
    highest = ordered[0].rule.tier if ordered else Tier.NONE
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
