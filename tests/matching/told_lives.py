"""Forty authored people who say what they live with in words of their own; eight subjects.

Nobody names a topic: whether two share a subject can be told from what they mean alone.
"""

from dataclasses import dataclass
from typing import Final

from matching import documents
from matching.documents import Person


@dataclass(frozen=True, slots=True)
class Life:
    """A person, and the subject that only the author knows."""

    person: Person
    subject: str


_TOLD: Final = {
    "voices": (
        "I hear people talking when nobody is in the room. Some are kind.",
        "There is a man's voice that comments on what I do, worst when I lie awake.",
        "The voices began at nineteen. I have learned to answer them, some days.",
        "What I hear others don't. Music through headphones makes it fade.",
        "Since the hospital the whispering has been quieter but it never quite goes.",
    ),
    "grief": (
        "My husband died in March and the house is far too quiet.",
        "I lost my mum last year. Everyone expects me to be over it by now.",
        "Since the funeral of my brother I have not been able to sing.",
        "A widow at forty. The children ask where daddy went.",
        "We buried our son. I don't want advice, I want somebody who knows.",
    ),
    "drinking": (
        "Eleven months sober, after twenty years of wine every evening.",
        "I stopped with alcohol when I lost my licence. The pub was my only company.",
        "Beer in the morning so that my hands were still. I go to meetings now.",
        "My drinking cost me my marriage. I am staying dry a day at a time.",
        "Vodka hidden in the airing cupboard. I'd like to talk to someone who quit.",
    ),
    "caring": (
        "I look after my wife, who has dementia. I haven't slept through in a year.",
        "Dad can't be left alone any more, so I gave up my job to be his carer.",
        "My daughter is disabled and I do her feeds at night. I love her and I'm so tired.",
        "Nobody asks how the one who does the lifting and washing is.",
        "I have been caring for my mother since her stroke and I miss having a life.",
    ),
    "new parents": (
        "The baby is ten weeks old and I cry more than she does.",
        "Everyone says it is the happiest time. I feel nothing when I hold my son.",
        "I had a frightening birth and I keep seeing the theatre lights.",
        "Up every two hours to breastfeed, and ashamed of not enjoying motherhood.",
        "First-time dad. My partner has postnatal depression and I don't know what to do.",
    ),
    "panic": (
        "My heart races in the supermarket and I have to leave my trolley and run.",
        "I haven't been on a bus for two years because I am afraid of an attack.",
        "It comes from nowhere: I can't breathe and I'm sure I am dying.",
        "Anxiety has made my world as small as my street.",
        "I used to be terrified of leaving home. Small steps got me to the sea.",
    ),
    "diabetes": (
        "Type 1 since I was eight. I'm sick of pricking my fingers and counting carbs.",
        "My blood sugar rules my day, and hypos at work frighten my colleagues.",
        "They put me on insulin last month and I feel it's my own fault.",
        "Burnt out with injections and glucose readings after thirty years.",
        "The nurse tells me off about my sugars. I'd like to meet someone who gets it.",
    ),
    "debt": (
        "Letters from the bailiffs are in a drawer and I don't open them.",
        "I lost the shop and owe more than I will ever earn.",
        "Payday loans on top of payday loans. Nobody at home knows.",
        "We may be evicted because I am behind with the rent.",
        "A debt adviser helped me and I could breathe. It took six years to pay off.",
    ),
}

LIVES: Final = tuple(
    Life(documents.parse({"id": f"{subject}-{number}", "about": words}), subject)
    for subject, told in _TOLD.items()
    for number, words in enumerate(told)
)
