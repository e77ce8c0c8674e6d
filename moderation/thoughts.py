"""Which sightings are meant: guards look at each, and thoughts that run on are told apart."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, NamedTuple

from moderation import joints
from moderation.nearness import Span
from moderation.normalise import View
from moderation.rules import Beside, Effect, Sighting

# How far a guard looks beside a hit, in characters, never past the end of the sentence.
GUARD_REACH: Final = 80
# How far ahead of the end of a match distress in the same sentence ends its tail.
_TAIL_REACH: Final = 120
_BOTH: Final = (Effect.HELP, Effect.FOLD)
# Of a text with more such sentences a person reads on.
_MOST_SENTENCES: Final = 6

# What can be seen of a text between two places.
Look = Callable[[str, Span], list[Sighting]]


class _Cut(NamedTuple):
    """A joint to try in its sentence: what is to hold before it, and what after."""

    joint: Span
    within: Span
    first: Effect
    second: Effect


class _Reading(NamedTuple):
    """A text as cut by now, what is seen in it and what of that is meant."""

    text: str
    seen: list[Sighting]
    held: list[Sighting]


def read(view: View, look: Look, kinds: Collection[Effect]) -> list[Sighting]:
    """Return what is meant of what `look` sees in the text; a whole is cut to what belongs to it.

    Where distress and harm share a sentence, a joint between them becomes a full stop and the text
    is looked at again. `kinds` are those that may be seen: without both there is nothing to part.
    """
    everywhere = (0, len(view.text))
    whole = _reading(view, view.text, look=look, near=everywhere)
    if not set(_BOTH) <= set(kinds):
        return whole.held
    text = view.text
    for within in _sentences(view, whole)[:_MOST_SENTENCES]:
        text = _parted(view, text, look=look, within=within)
    if text == view.text:
        return whole.held
    return _reading(view, text, look=look, near=everywhere).held


def _reading(view: View, text: str, *, look: Look, near: Span) -> _Reading:
    seen = look(text, near)
    return _Reading(text, seen, list(_held(view, text, seen)))


def _sentences(view: View, reading: _Reading) -> list[Span]:
    """Return the sentences to look at again: not those that were said and judged before."""
    return sorted(
        {
            joints.sentence(reading.text, one.core)
            for one in reading.seen
            if one.rule.effect in _BOTH and _is_said_now(view, one)
        }
    )


def _is_said_now(view: View, one: Sighting) -> bool:
    first, last = view.span(*one.whole)
    return first < last


def _parted(view: View, text: str, *, look: Look, within: Span) -> str:
    """Return the text with full stops at the joints of one sentence that part the two kinds."""
    near = (max(0, within[0] - GUARD_REACH), within[1] + GUARD_REACH)
    reading = _reading(view, text, look=look, near=near)
    if _are_parted(reading, within):
        return text
    for cut in _cuts(reading, within):
        if _may_part(reading.seen, cut):
            apart = joints.parted(reading.text, cut.joint)
            again = _reading(view, apart, look=look, near=near)
            if _parts(reading, again, cut):
                reading = again
    return reading.text


def _are_parted(reading: _Reading, within: Span) -> bool:
    """True when both are meant already, each with words of its own and a sentence's end between.

    That end may stand within the second: "tonight. He is going to…" begins before it.
    """
    held = list(_of_both(reading.held, within))
    distress, harm = ([one.whole for one in held if one.rule.effect is kind] for kind in _BOTH)
    pairs = [sorted((one, other)) for one in distress for other in harm]
    return bool(pairs) and all(
        first[1] <= second[0] and joints.is_parted(reading.text, first[1], second[1])
        for first, second in pairs
    )


def _cuts(reading: _Reading, within: Span) -> Iterator[_Cut]:
    """Yield the cuts worth trying in a sentence, best first.

    Harm that comes first keeps the words up to the last joint, distress those up to the first: so
    what follows keeps what is said about it. Joints within words of distress come last: "because
    I'm so tempted" parts at "because".
    """
    mixed = list(_of_both(reading.seen, within))
    spans = [[one.whole for one in mixed if one.rule.effect is kind] for kind in _BOTH]
    found = joints.joints(reading.text, within, spans)
    last_first = sorted(
        found,
        key=lambda joint: (joint[1] - joint[0] == 1, joints.is_within(joint, spans[0]), -joint[0]),
    )
    yield from (_Cut(joint, within, Effect.FOLD, Effect.HELP) for joint in last_first)
    yield from (_Cut(joint, within, Effect.HELP, Effect.FOLD) for joint in found)


def _of_both(sightings: Iterable[Sighting], within: Span) -> Iterator[Sighting]:
    for one in sightings:
        if one.rule.effect in _BOTH and within[0] <= one.core[0] < within[1]:
            yield one


def _may_part(seen: Iterable[Sighting], cut: _Cut) -> bool:
    """True when one of the two can be seen on its side; the other may come to light by the cut."""
    return any(
        (one.rule.effect is cut.first and one.core[0] < cut.joint[0])
        or (one.rule.effect is cut.second and one.core[1] > cut.joint[0])
        for one in _of_both(seen, cut.within)
    )


def _parts(reading: _Reading, again: _Reading, cut: _Cut) -> bool:
    """True when both hold in the text as cut, each on its side, and no earlier cut parts them."""
    at = cut.joint[0]
    held = list(_of_both(again.held, cut.within))
    # Patterns of distress mark no core, so that it may run on over the joint; harm may not.
    reach = cut.within[1] if cut.first is Effect.HELP else at
    ends = [
        min(one.core[1], at)
        for one in held
        if one.rule.effect is cut.first and one.core[0] < at and one.core[1] <= reach
    ]
    begins = [one.core[0] for one in held if one.rule.effect is cut.second and one.core[0] >= at]
    if not ends or not begins or joints.is_parted(reading.text, max(ends), min(begins)):
        return False
    harm = [one.core for one in again.seen if one.rule.effect is Effect.FOLD]
    if cut.second is Effect.FOLD and joints.is_told(reading.text, max(ends), cut.joint, told=harm):
        return False
    return _keeps_harm(reading.held, again.held, cut.joint)


def _keeps_harm(held: Iterable[Sighting], again: Iterable[Sighting], joint: Span) -> bool:
    """True when of harm that reached over `joint` at least the beginning is still met."""
    met = [one.core for one in again if one.rule.effect is Effect.FOLD]
    return all(
        any(start <= one.core[0] < end for start, end in met)
        for one in held
        if one.rule.effect is Effect.FOLD and one.core[0] < joint[0] < one.core[1]
    )


def _held(view: View, text: str, seen: list[Sighting]) -> Iterator[Sighting]:
    """Let guards look. Distress never excuses harm to others, nor harm distress (promise 1).

    So for the one a match of the other ends the sentence, whatever either turns out to be.
    """
    distress = [one.whole for one in seen if one.rule.effect is Effect.HELP]
    harm = [one.whole for one in seen if one.rule.effect is Effect.FOLD]
    settled: set[str] = set()
    for one in seen:
        rule, whole, core = one
        if rule.id in settled:
            continue
        edges = harm if rule.effect is Effect.HELP else distress
        if rule.guards and rule.is_kept_off(_beside(text, core, edges)):
            continue
        apart = _apart(text, whole, core, edges=edges)
        if "\n" in text[slice(*whole)] and apart[0] != whole[0]:
            # Two lines that belong to two different thoughts.
            continue
        if _is_said_now(view, one := one._replace(whole=apart)):
            yield one
            # One hit says it all unless every span is to be folded.
            settled.update(() if rule.effect is Effect.FOLD else (rule.id,))


def _apart(text: str, whole: Span, core: Span, *, edges: Iterable[Span]) -> Span:
    """Return a match without the words of the other kind that run into it or into its tail.

    Words that run on into the next sentence take nothing from a head, nor from a tail where nobody
    speaks of themselves: part of them belongs to it.
    """
    first, last = whole
    for start, stop in edges:
        if start <= whole[0] < stop < core[1] and not joints.is_parted(text, start, stop):
            first = max(first, stop)
        elif start < whole[1] <= stop and joints.is_left_behind(text, (start, stop), whole[1]):
            continue
        elif core[1] <= start < last + _TAIL_REACH:
            last = min(last, _tail_end(text, core[1], start))
    matched = text[first:last]
    return last - len(matched.lstrip()), first + len(matched.rstrip())


def _tail_end(text: str, end: int, start: int) -> int:
    """Return how far the tail of what ends at `end` goes, when the other kind is at `start`."""
    if joints.is_parted(text, end, start):
        return start
    return end + joints.tail(text[end:start])


def _beside(text: str, core: Span, edges: Iterable[Span]) -> Beside:
    """Return what stands beside `core` in its sentence; `edges` end a sentence too."""
    start, end = core
    left, right = max(0, start - GUARD_REACH), end + GUARD_REACH
    for opened, closed in edges:
        if closed <= start:
            left = max(left, closed)
        elif opened >= end:
            right = min(right, opened)
    before, after = text[left:start], text[end:right]
    cut = max(before.rfind(sign) for sign in joints.SENTENCE_ENDS) + 1
    stop = min((at for sign in joints.SENTENCE_ENDS if (at := after.find(sign)) >= 0), default=None)
    return Beside(before[cut:], text[start:end], after[:stop])
