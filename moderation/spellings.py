"""Undo the ways a word is bent so that a filter misses it: s p a c e d, l33t, m*sked, streeetched.

A bent word is put straight only when what comes out is a word the rulebook knows, so ordinary
text is never rewritten into something else. Input is already folded (lower case, no
apostrophes). Every returned character carries its offset in the input.
"""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Final, NamedTuple

from moderation.lexicons import Lexicon, squeeze

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# Signs inside a word; hyphens only beside a very short half ("su-icide", not "self-harm").
_ODD: Final = re.compile(
    r"[a-z][0-9@$*|+._~!]{1,3}[a-z]|[0-9@$*|+][a-z]|[a-z][013457@$*](?![a-z0-9])"
    r"|[a-z][^\w\s\x00-\x7f]{1,3}[a-z]|(?<![a-z])[a-z]{1,3}-[a-z]|[a-z]-[a-z]{1,2}(?![a-z])| \n|\n "
)
_TRIPLES: Final = tuple(letter * 3 for letter in "abcdefghijklmnopqrstuvwxyz")
# Three or more single signs with gaps: "k i l l", "d.i.e", "k-1-l-l". Bounded, so linear.
_SPACED: Final = re.compile(
    r"(?<![a-z0-9@$])[a-z0-9@$!](?:(?:[ .\-_*/,|~]|[^\w\s\x00-\x7f]){1,3}[a-z0-9@$!]){2,120}"
    r"(?![a-z0-9])"
)
_TOKEN: Final = re.compile(r"[a-z0-9@$!|+*._~\-]{1,40}")
_BENT: Final = re.compile(r"[^a-z]|([a-z])\1\1|([a-z])\2([a-z])\3([a-z])\4")
# Letters and digits in one word; three of them make a text leet.
_MIXED: Final = re.compile(r"[a-z][013457@$]|(?<![a-z0-9])[013457@$][a-z]{2}")
# "I. want. this. to. end.": stops between single words are style, not sentences.
_HALTING: Final = re.compile(
    r"(?:^|(?<=[.!?\n])|(?<=[.!?\n] ))[a-z]{1,12}\.{1,3} (?:[a-z]{1,12}\.{1,3} ){1,60}[a-z]{1,12}"
)
# One word on each line.
_COLUMN: Final = re.compile(r"(?<![^\n])(?:[^\s.!?]{1,14}\n){3,60}")
_GAP: Final = re.compile(r" +\n\s*|\n\s+")
_PAIR: Final = re.compile(r"(?<![a-z])[a-z]{1,9}(?= [a-z])")

_LEET: Final = str.maketrans("013457@$|+8!", "oieastasitbi")
# 1 and | are an l as often as an i; ! only an i.
_LEET_L: Final = str.maketrans("013457@$|+8!", "oleastasltbi")
_AROUND: Final = "!.*_~-|+"
# A digit by itself is a word only in leet text.
_LONE: Final = {"1": "i", "4": "a", "@": "a"}
_INNER: Final = frozenset("._~-*")
_LONGEST_WORD: Final = 16
Steps = list[int]


class Bend(NamedTuple):
    """A straightened piece: its letters, and where each stood inside the bent one."""

    text: str
    steps: Steps


def has_control_signs(raw: str) -> bool:
    """True when a control sign other than tab and newline stands in `raw`."""
    return _CONTROL.search(raw) is not None


def is_suspect(folded: str, words: frozenset[str], lexicon: Lexicon) -> bool:
    """True when anything in the text could be a bent word; cheap, and may be wrong that way."""
    odd = [piece for piece in folded.split(" ") if not piece.isalpha()]
    if odd and _ODD.search(" ".join(odd)):
        return True
    if not lexicon.bent.isdisjoint(words) or _has_odd_words(words):
        return True
    if any(triple in folded for triple in _TRIPLES):
        return True
    if folded.count(".") > 1 and _HALTING.search(folded):
        return True
    return folded.count("\n") > 2 and _COLUMN.search(folded) is not None


def _has_odd_words(words: frozenset[str]) -> bool:
    """True for three different single letters, or a word with every letter doubled."""
    singles = 0
    for word in words:
        if len(word) == 1:
            singles += 1
        elif len(word) > 5 and word[0] == word[1] and word[2] == word[3]:
            return True
    return singles > 2


def respell(folded: str, lexicon: Lexicon) -> tuple[str, Steps]:
    """Return the straightened text and, per character, its offset in `folded`."""
    text, steps = folded, list(range(len(folded)))
    # First, or half a word would be read as a slip of a whole one.
    if not lexicon.left_halves.isdisjoint(text.split()):
        text, steps = _mend_halves(text, steps, lexicon)
    is_leet = len(_MIXED.findall(folded)) > 2
    edits: tuple[tuple[re.Pattern[str], Callable[[str], Bend | None]], ...] = (
        (_SPACED, lambda piece: _close_up(piece, lexicon)),
        (_TOKEN, lambda piece: _straighten(piece, lexicon, is_leet=is_leet)),
        (_COLUMN, _one_line),
        (_HALTING, _run_on),
        (_GAP, _one_gap),
    )
    for pattern, edit in edits:
        text, steps = _rewrite(text, steps, pattern, edit)
    return text, steps


def _rewrite(
    text: str, steps: Steps, pattern: re.Pattern[str], edit: Callable[[str], Bend | None]
) -> tuple[str, Steps]:
    parts: list[str] = []
    kept: Steps = []
    done = 0
    for found in pattern.finditer(text):
        bend = edit(found.group())
        if bend is None:
            continue
        start = found.start()
        parts += (text[done:start], bend.text)
        kept += steps[done:start]
        kept += [steps[start + step] for step in bend.steps]
        done = found.end()
    if not parts:
        return text, steps
    parts.append(text[done:])
    kept += steps[done:]
    return "".join(parts), kept


def _one_line(piece: str) -> Bend:
    return Bend(piece.replace("\n", " "), [*range(len(piece))])


def _one_gap(piece: str) -> Bend | None:
    gap = "\n" if "\n" in piece else " "
    return None if piece == gap else Bend(gap, [0])


def _run_on(piece: str) -> Bend:
    kept = [(sign, at) for at, sign in enumerate(piece) if sign != "."]
    return Bend("".join(sign for sign, _ in kept), [at for _, at in kept])


def _close_up(piece: str, lexicon: Lexicon) -> Bend | None:
    """Join spaced letters when they fall wholly into known words, at least one of them long."""
    at = [offset for offset, sign in enumerate(piece) if sign.isalnum() or sign in "@$!"]
    letters = "".join(piece[offset] for offset in at)
    for table in (_LEET, _LEET_L):
        words = _split_into_words(letters.translate(table), lexicon.words)
        if words and max(map(len, words)) > 2:
            return _spread(words, at)
    return None


def _spread(words: list[str], at: Steps) -> Bend:
    steps: Steps = []
    done = 0
    for word in words:
        # The space before a word sits where its first letter sits.
        steps += [at[done], *at[done : done + len(word)]]
        done += len(word)
    return Bend(" ".join(words), steps[1:])


def _split_into_words(letters: str, words: frozenset[str]) -> list[str]:
    """Return the fewest known words that spell `letters`, or nothing (shortest path, linear)."""
    best: list[tuple[int, int]] = [(0, 0)]
    for end in range(1, len(letters) + 1):
        options = [
            (best[start][0] + 1, start)
            for start in range(max(0, end - _LONGEST_WORD), end)
            if best[start][0] < len(letters) + 1 and letters[start:end] in words
        ]
        best.append(min(options, default=(len(letters) + 1, 0)))
    if best[-1][0] > len(letters):
        return []
    return _walk_back(letters, best)


def _walk_back(letters: str, best: list[tuple[int, int]]) -> list[str]:
    found: list[str] = []
    end = len(letters)
    while end:
        start = best[end][1]
        found.append(letters[start:end])
        end = start
    return found[::-1]


def _straighten(token: str, lexicon: Lexicon, *, is_leet: bool) -> Bend | None:
    """Return the known word behind `token`, if any; digits alone count only in leet text."""
    if token in lexicon.glued:
        return _unglue(token, lexicon.glued[token])
    bare = token.strip(_AROUND)
    if bare in lexicon.slips:
        return _put_back(token, bare, _unglue(bare, lexicon.slips[bare]))
    if is_leet and token in _LONE:
        return Bend(_LONE[token], [0])
    if not _BENT.search(token) or token in lexicon.words:
        return None
    # Without the signs around it first, so that a full stop stays one.
    for core in dict.fromkeys((bare, token)):
        if len(core) < 2 or not (is_leet or any(map(str.isalpha, core))):
            continue
        bend = _known(core, lexicon)
        if bend is not None:
            return _put_back(token, core, bend)
    # Addresses stay as they are: "www" is no stretched w.
    return _calm(token) if token.isalpha() else None


def _put_back(token: str, core: str, bend: Bend) -> Bend:
    """Return `bend` with the signs of `token` that stand around its `core`."""
    lead = token.find(core)
    tail = lead + len(core)
    steps = [*range(lead), *(lead + step for step in bend.steps), *range(tail, len(token))]
    return Bend(token[:lead] + bend.text + token[tail:], steps)


def _known(core: str, lexicon: Lexicon) -> Bend | None:
    """Read `core` as leet, with its separators dropped, stretched or masked: in that order."""
    ways = [[*range(len(core))]]
    if not {core[0], core[-1]} & _INNER:
        ways.append([at for at, sign in enumerate(core) if sign not in _INNER])
    for steps in ways:
        for table in (_LEET, _LEET_L):
            word = "".join(core[at] for at in steps).translate(table)
            if word in lexicon.words:
                return Bend(word, steps)
            if word in lexicon.glued and steps:
                spread = _unglue(word, lexicon.glued[word])
                return Bend(spread.text, [steps[step] for step in spread.steps])
            known = lexicon.squeezed.get(squeeze(word)) if _BENT.search(word) else None
            if known is not None and len(known) <= len(word):
                return Bend(known, [steps[step] for step in _stretch(word, known)])
    masked = lexicon.unmask(core) if "*" in core and len(core) > 2 else None
    return None if masked is None else Bend(masked, [*range(len(core))])


def _unglue(token: str, phrase: str) -> Bend:
    steps: Steps = []
    at = 0
    for sign in phrase:
        steps.append(min(at, len(token) - 1))
        at += sign != " "
    return Bend(phrase, steps)


def _stretch(bent: str, known: str) -> Steps:
    """Align the letters of `known` with the runs of `bent`; both squeeze to the same letters."""
    starts = [0, *(at + 1 for at, (one, two) in enumerate(pairwise(bent)) if one != two)]
    steps: Steps = []
    run, within = -1, 0
    for at, letter in enumerate(known):
        if at and letter == known[at - 1]:
            within += 1
        else:
            run, within = run + 1, 0
        steps.append(starts[run] + within)
    return [min(step, len(bent) - 1) for step in steps]


def _calm(token: str) -> Bend:
    kept = [
        at for at, sign in enumerate(token) if not (sign.isalpha() and at and token[at - 1] == sign)
    ]
    return Bend("".join(token[at] for at in kept), kept)


def _mend_halves(text: str, steps: Steps, lexicon: Lexicon) -> tuple[str, Steps]:
    parts: list[str] = []
    kept: Steps = []
    done = 0
    for found in _PAIR.finditer(text):
        gap = found.end()
        right = re.match(r"[a-z]{1,9}(?![a-z])", text[gap + 1 : gap + 11])
        if right is None or (found.group(), right.group()) not in lexicon.halves:
            continue
        parts.append(text[done:gap])
        kept += steps[done:gap]
        done = gap + 1
    return "".join([*parts, text[done:]]), kept + steps[done:]
