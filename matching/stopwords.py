"""Which words of a text tell something, by leaving out the too ordinary ones of English."""

import re
from typing import Final

# Shorter words say little on their own in languages written with letters and spaces.
_LONG_WORD: Final = re.compile(r"[^\W\d_]{4,}")

# Own list, of four letters and more.
_ORDINARY: Final = """
able about above actually after again against ages almost alone along already also although
always among another answer anybody anymore anyone anything anyway area around asked away awful
back became because become been before began behind being believe below best better between bits
both bring brought called came cannot care caused certain completely constantly cope could
couldn current currently daily days deal dealing decided despite didn didnt difficult does doesn
doing done dont down during each eight either eleven else enough especially even ever every
everybody everyone everything extremely face facing fact fair fear feel feeling feelings feels
felt find finding first five following former found four from full further gave general getting
give given gives giving goes going gone gonna good great half happen happened happening happens
hard hardly have haven having hear heard help helped helping helps here hers herself himself
hope hoping hour hours however idea important instead into issue issues itself just keep keeps
kept kind knew know knowing known knows large last lately later least leave left less life like
liked likes line little live lived lives living long longer look looked looking lots made main
make makes making many matter maybe mean means meant middle might minute minutes month months
more moreover most mostly much must myself near nearly need needed needs never nice nine nobody
none nothing often older once only open other others ours over overall part particular past
people perhaps person place point possible pretty probably problem problems properly quite
rather reach ready real really reason recent recently regarding rest right said same saying says
second seem seemed seems seen seven several shall share shared short should side simply since
situation small some somebody somehow someone something sometimes somewhat soon sort start
started starting still stop stuff such suddenly sure take taken takes taking talk talked talking
tell telling than thank that thats their theirs them themselves then there these they thing
things think thinking third this those though thought three through thus time times today
together told took toward towards tried trouble true truly trying turn turned twelve twice
unable under understand understands understood unless until upon used useful uses using usually
various very wait want wanted wants wasn wasnt ways week weeks well went were weren what
whatever when where whether which while whole whom whose will wish with within without wondering
wont word words worry would wouldn write written wrote year years yesterday younger your youre
yours yourself
"""

WORDS: Final = frozenset(_ORDINARY.split())


def telling(text: str) -> frozenset[str]:
    """Return the words of four letters and more that aren't ordinary, without case."""
    return frozenset(_LONG_WORD.findall(text.casefold())) - WORDS
