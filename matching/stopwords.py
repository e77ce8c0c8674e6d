"""Which words of a text tell something, by leaving out the too ordinary ones of English."""

import re
from typing import Final

# Shorter words say little on their own in languages written with letters and spaces.
_LONG_WORD: Final = re.compile(r"[^\W\d_]{4,}")

# Own list, of four letters and more.
_ORDINARY: Final = """
able about above actually after afternoon afternoons again against ages almost alone along already
also although always among another answer anybody anymore anyone anything anyway area around asked
asking asks away awful back became because become been before began behind being believe below
best better between birthday bits both bring brought called came cannot care caused certain comes
coming completely constantly cope could couldn current currently daily days dead deal dealing
death decided despite didn didnt died difficult does doesn doing done dont down during dying each
eight either eleven else enough especially even evening evenings ever every everybody everyone
everything extremely face facing fact fair fear feel feeling feelings feels felt find finding
first five following former found four friday from full further gave general getting give given
gives giving goes going gone gonna good great half hand hands happen happened happening happens
hard hardly hate hated have haven having hear heard help helped helping helps here hers herself
himself hope hoping hour hours however idea important instead into issue issues itself just keep
keeps kept kind knew know knowing known knows large last lately later learn learned learning
learnt least leave leaves leaving left less life lift lifts like liked likes line little live
lived lives living long longer look looked looking looks lose losing lost lots made main make
makes making many matter maybe mean means meant middle might minute minutes monday month months
more moreover morning mornings most mostly much must myself near nearly need needed needs never
nice night nightly nights nine nobody none nothing often older once only open other others ours
over overall part particular past people perhaps person place point possible pretty probably
problem problems properly puts quite rather reach ready real really reason recent recently
regarding remember rest right room rooms said same saturday saying says second seem seemed seems
seen seven several shall share shared short should side simply since sits sitting situation small
some somebody somehow someone something sometimes somewhat soon sort spend spent stand stands
start started starting stay stayed stays still stop stopped stops stuff such suddenly sunday sure
take taken takes taking talk talked talking talks tell telling tells than thank that thats their
theirs them themselves then there these they thing things think thinking thinks third this those
though thought three through thursday thus time times today together told tonight took toward
towards tried tries trouble true truly trying tuesday turn turned turns twelve twice unable under
understand understands understood unless until upon used useful uses using usually various very
wait wakes want wanted wants wasn wasnt ways wednesday week weekend weekends weeks well went were
weren what whatever when where whether which while whole whom whose will wish with within without
wondering wont word words works worry would wouldn write written wrong wrote yeah year years
yesterday younger your youre yours yourself
"""

WORDS: Final = frozenset(_ORDINARY.split())


def telling(text: str) -> frozenset[str]:
    """Return the words of four letters and more that aren't ordinary, without case."""
    return frozenset(_LONG_WORD.findall(text.casefold())) - WORDS
