"""What was decided in a place whose people sell raffle tickets: written for the tests of learning.

Shipped heads take some of it for advertising; people there found that it isn't.
"""

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
)
