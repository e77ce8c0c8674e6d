"""An organisation's own words to watch for, found as screening reads a text. Pure.

They are read in the plain spelling of both, as whole words: "blue house" stands in "the BLUE
house!" and not in "blue houses". Of spellings that hide a word only those are undone that make one
of the rulebook's.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from core.safety import Watched
from moderation import normalise
from moderation.lexicons import Lexicon
from moderation.normalise import View


def stand_in(plain: View, watched: Sequence[Watched], lexicon: Lexicon) -> list[Watched]:
    """Return those whose words stand in a text as it is read, in their order."""
    return [one for one in watched if _pattern(one.words, lexicon).search(plain.text)]


@lru_cache(maxsize=2_000)
def _pattern(words: str, lexicon: Lexicon) -> re.Pattern[str]:
    plain = normalise.canonical(words, lexicon).text.split()
    if not plain:
        return re.compile(r"(?!)")
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, plain)) + r"(?!\w)")
