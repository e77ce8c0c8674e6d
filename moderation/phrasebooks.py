"""Rules in languages other than English: whole phrases, so that their speakers can mend them.

A phrase is written as people write it; `~` stands for a few words between. It is read in the same
plain spelling as every text, so accents and look-alike letters make no difference. Straightening
bent words knows English alone, so none of these words is one that it may arrive at.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from moderation import normalise
from moderation.rules import Guard, Pattern, Phrase

# A few words between, never past the end of the sentence.
_GAP: Final = r"[^.!?\n]{1,24}?"
_BETWEEN: Final = r"(?:,?\s|-)"
# Not \b: a vowel that is a sign of its own, as in Hindi, is no letter to it.
_EDGES: Final = r"(?<!\w)%s(?!\w)"


def phrase(written: str) -> Phrase:
    """Return a phrase, and the words that all have to stand in a text for it to match."""
    parts = [normalise.plain_words(part) for part in written.split("~")]
    pattern = _GAP.join(_EDGES % _one_after_another(words) for words in parts)
    return Phrase(Pattern(pattern), (frozenset(word for words in parts for word in words),))


def guard(entry: Mapping[str, Any]) -> Guard:
    """Return what keeps a rule off: `not_after` right before, `not_before` right after it, and
    `not_with` anywhere in the sentence.
    """
    return Guard(
        f"in {entry['language']}",
        # After a comma something else is said: "no, I want to".
        before=_any(entry["not_after"], r"(?<!\w)(?:%s)\s$"),
        after=_any(entry.get("not_before", ()), r"\s(?:%s)(?!\w)"),
        around=_any(entry.get("not_with", ()), _EDGES % "(?:%s)"),
    )


def _any(phrases: Iterable[str], frame: str) -> Pattern | None:
    each = [_one_after_another(normalise.plain_words(one)) for one in phrases]
    return Pattern(frame % "|".join(each)) if each else None


def _one_after_another(words: Iterable[str]) -> str:
    return _BETWEEN.join(map(re.escape, words))
