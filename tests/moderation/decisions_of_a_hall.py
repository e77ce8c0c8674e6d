"""What was decided in a place whose people sell raffle tickets: written for the tests of learning.

Shipped heads take some of it for advertising; people there found that it isn't.
"""

from functools import cache
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from core.safety import Category
from moderation import corrections, grams, lessons, retraining, screening
from moderation.decided import Decided
from moderation.heads import Heads

SPAM: Final = Category.SPAM
FOUND: Final = screening.shipped().heads
assert FOUND is not None
HEADS: Final[Heads] = FOUND
# The hall asked for at most so many looks at a thousand calm texts.
BUDGET: Final = 2
ABOVE: Final = {SPAM: HEADS.looks_at(SPAM, BUDGET) or 1.0}

SOLD_KINDLY = (
    "20% off all wool at our stall saturday, first ten get a free skein",
    "The club is selling raffle tickets again, a pound each, ask Bev",
    "buy one get one free on tomato plants from my greenhouse, proceeds to the hall",
    "New stock of seed packets at the allotment shed, half price this week",
    "free scones with every ticket to the coffee morning",
    "We are selling the old chairs from the hall, cheap, come and see",
    "tickets for the panto now on sale, discount for carers",
    "Sale of work at St Anne's saturday, bargains galore",
    "get your jam orders in now, last chance before christmas",
    "Free delivery of firewood for members of the group",
    "Discount code for the leisure centre is on the noticeboard, free swim for carers",
    "limited places left on the free pottery day, sign up with Bev",
    "Click the link on the noticeboard to book the minibus, its free",
    "win a hamper! raffle drawn on friday, tickets from me",
    "Cheap paint going at the shed, make me an offer",
    "order your christmas wreath from the craft group, a fiver each",
    "buy a brick for the new roof, only two pounds",
    "The charity shop has a half price rail all this week",
    "Earn a free coffee with every ten stamps at the hall cafe",
    "special offer on compost, three bags for the price of two",
    "Sign up today for the sponsored walk, free t-shirt",
    "We sell honey from our own hives, jars at the door",
    "raffle tickets a pound, win a hamper, ask Bev at the hall",
    "Tickets for the quiz on sale at the hall saturday, a pound each",
    "the craft stall has half price wool this saturday, come early",
    "Bev has tickets left for the panto, free for carers",
    "free tomato plants at the greenhouse, take one, take ten",
    "cake stall at the hall on friday, everything a pound",
    "Half price seed packets again at the shed, come and see",
    "Last chance for jam, Bev is taking orders until friday",
    "win a cake! guess the weight at the coffee morning, a pound a go",
    "Sale at the charity shop saturday, half price books",
    "free coffee at the hall for everyone who brings a chair back",
    "order your seed potatoes from the allotment group, cheap, by friday",
    "raffle at the coffee morning, tickets from Bev, prizes from the hall shop",
    "Stall holders wanted for saturday, a fiver a table, ask Bev",
)
ADVERTISED = (
    "my course heals trauma in nine days, first module free, message me for the link",
    "I make four figures a week from my phone, ask me how before spots close",
    "Crypto gave me my life back and my mentor has two places left",
    "buy followers and grow your page, cheapest here",
    "Certified soul coach, 40% off this week only for people in pain",
    "Guaranteed loan even with bad credit, apply now",
    "these gummies cured my panic, order through my page for a discount",
    "win a phone! complete the survey and claim your prize today",
    "Work from home, no experience, earn while you sleep",
    "my ebook on beating depression is on sale, code HOPE20",
    "hot stocks tip, double your money by friday, join the channel",
    "Psychic reading that brings your ex back, first one free",
    "I earn from my phone every day and so can you, message me for how",
    "Debt gone in a week, government scheme, click before it closes",
    "my mentor turned my two hundred into nine thousand, I can add you",
    "Healing crystals that pull the anxiety out, order through my page",
    "claim your free phone now, only pay the postage, link in my bio",
    "I sell a programme for broken people, it worked on me, payment plans",
    "invest with me, guaranteed return every week, no risk",
    "cheap followers, likes and reviews, message me for prices",
    "Be your own boss, no experience, I will train you, spots closing",
    "miracle drops, doctors hate them, discount with my code",
    "Earn from your sofa, no experience needed, message me for the link",
    "I made four hundred in a week with this app and you can too, link in my profile",
    "Lose a stone in ten days with our patches, order now",
    "My mentor turned my life round, his course is half price for members tonight only",
    "Exclusive offer: the healing crystal starter kit, click to claim",
    "We buy any car, instant online quote, click the link below",
    "Sign up with my code and we both get twenty pounds in free bets",
    "Cheap designer handbags shipped direct, see our page for the full range",
    "Congratulations, you have been chosen for a free gift card, tap to collect",
    "Clear your debts with one low payment, apply today, all credit accepted",
    "Our supplement cures low mood naturally, thousands of happy customers, buy now",
    "Trade like the experts with our signals group, first week free, join now",
    "Get followers fast, guaranteed, packages from a fiver, visit our site",
    "Final hours of the sale, up to seventy percent off everything at our online store",
)


def decisions(people: int = 40) -> list[Decided]:
    """The hall's decisions, each text by another of so many people."""
    texts = [(text, False) for text in SOLD_KINDLY] + [(text, True) for text in ADVERTISED]
    # Always the same people: who is learned from together, and who is asked, goes by their ids.
    who = [uuid5(NAMESPACE_OID, str(one)) for one in range(people)]
    return [
        Decided(text, who[at % people], frozenset({SPAM}), is_so)
        for at, (text, is_so) in enumerate(texts)
    ]


@cache
def hall() -> retraining.Learned:
    """What the hall's decisions teach; seconds, so once."""
    return retraining.learn(HEADS, decisions(), ABOVE)


def correction() -> corrections.Correction:
    found = hall().correction
    assert found is not None
    return found


def after() -> Heads:
    """The shipped heads with what the hall taught them."""
    return corrections.applied(HEADS, correction())


def words_of(text: str) -> list[str]:
    """The words of a text as heads read them."""
    return grams.words(lessons.plain(text))
