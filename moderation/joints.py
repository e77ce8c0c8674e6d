"""Run-on sentences: where one thought ends and another begins without a full stop. Pure.

Guards and tails of patterns end with the sentence. Where somebody's own distress and harm to
another share one, the joint between them is made a full stop of the same length, if both then
hold, each on its side: neither excuses the other, nor is hidden with it (promise 1).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from moderation.nearness import Span

SENTENCE_ENDS: Final = ".!?\n"
# No sentence of people has more places worth trying.
_MOST_JOINTS: Final = 12
# Words further from a match than this are not read with it.
_SENTENCE_REACH: Final = 320
_OPENING_REACH: Final = 40
_JOINT: Final = re.compile(
    r",? (?:(?:and|but|so|because|cos|cause|then|or|plus|while|- ?)(?:,? |\b,))+|[,;:] ?"
)
_FIRST_JOINING: Final = re.compile(
    r",? (?:and|but|so|because|cos|cause|then|or|plus|while|-),? (?=[a-z])"
)
_JOINING: Final = re.compile(r" *(?:[;-] |\b(?:and|but|so|because|cos|then) )")
_OPENING: Final = re.compile(
    r"(?:[ ,]|\b(?:i|im|ive|id|ill|my|it|its|they|theyd|she|he|we|you|there|theres|this|that|was"
    r"|the|just|what|who|think|feel))*\Z"
)
_FIRST_WORDS: Final = re.compile(r"(?: (?:i|im|ive|id|ill|my|a|the|just|really|honestly))+ \Z")
_OWN: Final = re.compile(r"\b(?:i|im|ive|id|ill|my|me|myself)\b")
# What follows these is another's words or one's own fear, and stays so past the next joint.
_TELLING: Final = re.compile(
    r"\b(?:said|says|say|saying|told|tells|tell|telling|called|calls|calling|shout\w{0,5}"
    r"|scared|afraid|terrified|frightened|fears?|intrusive|ocd|thoughts?|dream\w{0,3}|nightmares?"
    r"|scream\w{0,5}|text\w{0,3}|messag\w{1,3}|wrote|writes|whisper\w{0,5}|voices?|heard|hears?)\b"
)


def sentence(text: str, around: Span) -> Span:
    """Return the sentence that `around` stands in, or as much of it as is read together."""
    least, most = max(0, around[0] - _SENTENCE_REACH), around[1] + _SENTENCE_REACH
    start = max(text.rfind(sign, least, around[0]) for sign in SENTENCE_ENDS) + 1
    ends = (text.find(sign, around[1], most) for sign in SENTENCE_ENDS)
    return max(start, least), min((end for end in ends if end >= 0), default=min(most, len(text)))


def joints(text: str, within: Span, kinds: Iterable[Sequence[Span]]) -> list[Span]:
    """Return where thoughts may meet in a sentence, signs and joining words before mere blanks.

    `kinds` are the matches of each kind; blanks count only beside one of them.
    """
    found = [span for one in _JOINT.finditer(text, *within) for span in _ways(one)]
    blanks = {at for spans in kinds for at in _blanks(text, spans)}
    loose = [(at, at + 1) for at in sorted(blanks) if not any(a <= at < b for a, b in found)]
    inside = [one for one in found + loose if within[0] < one[0] and one[1] < within[1]]
    return inside[:_MOST_JOINTS]


def _ways(joint: re.Match[str]) -> Iterator[Span]:
    """Yield a joint, and of two joining words the first: "so" may begin what follows."""
    yield joint.span()
    first = _FIRST_JOINING.match(joint.string, joint.start(), joint.end() + 1)
    if first is not None and first.end() < joint.end():
        yield first.span()


def _blanks(text: str, spans: Sequence[Span]) -> Iterator[int]:
    """Yield the blank before the first words of a match and the one after it, within no other."""
    for start, end in spans:
        opening = _FIRST_WORDS.search(text, max(0, start - _OPENING_REACH), start)
        for at in (opening.start() if opening else start - 1, end):
            is_blank = 0 <= at < len(text) and text[at] == " "
            if is_blank and not any(first <= at < last for first, last in spans):
                yield at


def is_within(joint: Span, spans: Iterable[Span]) -> bool:
    """True when a joint stands inside one of these, or takes its first words."""
    return any(start < joint[1] and joint[1] < end for start, end in spans)


def parted(text: str, joint: Span) -> str:
    """Return `text` with a full stop in place of `joint`, not a character longer or shorter."""
    start, end = joint
    stop = "." * (end - start - 1) + " " if end - start > 1 else "."
    return text[:start] + stop + text[end:]


def tail(between: str) -> int:
    """Return how much of the words between two matches may still belong to the first."""
    found = _JOINING.search(between) or _OPENING.search(between)
    return found.start() if found else len(between)


def is_parted(text: str, first: int, second: int) -> bool:
    """True when a sentence ends between the end of one match and the beginning of another."""
    return not set(text[first:second]).isdisjoint(SENTENCE_ENDS)


def is_left_behind(text: str, span: Span, end: int) -> bool:
    """True when `span` runs on into a sentence after `end`, and says nothing of oneself before it.

    "Tonight. He is going to…": the one word belongs to what was said before the full stop.
    """
    return is_parted(text, end, span[1]) and not _OWN.search(text, span[0], end)


def is_told(text: str, since: int, joint: Span, *, told: Iterable[Span]) -> bool:
    """True when what follows `joint` is still what somebody told, between `since` and there.

    A joining word ends the telling, unless such things were told already before it.
    """
    if not _TELLING.search(text, since, joint[0]):
        return False
    is_weak = not any(sign.isalpha() for sign in text[slice(*joint)])
    return is_weak or any(since <= start < joint[0] for start, _ in told)
