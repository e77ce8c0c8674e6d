"""Two people talk: live, without script, and over a connection that goes away."""

from itertools import count

import pytest
from playwright.sync_api import Locator, Page, expect

from chat import muted_words
from tests.browser.conftest import Visitors
from tests.browser.openness import violations_of

pytestmark = pytest.mark.browser

numbers = count(1)
# A server that is off: the browser says so on the console, and nothing else may.
SERVER_IS_OFF = (r"net::ERR_", r"WebSocket connection to .* failed")
BACK_WITHIN_MS = 45_000


def _talk(page: Page, other: str) -> None:
    page.goto("/talks")
    page.get_by_role("link", name=other).click()
    expect(page.get_by_role("heading", name=other, level=1)).to_be_visible()


def _live(page: Page) -> None:
    """Wait until the page has its connection: then the plain way of looking is put away."""
    expect(page.locator("#show-new")).to_be_hidden()


def _say(page: Page, words: str) -> None:
    page.get_by_label("Write something").fill(words)
    page.get_by_role("button", name="Send", exact=True).click()


def _said(page: Page, words: str) -> Locator:
    return page.locator("#log .said-words").get_by_text(words, exact=True)


def _all_said(page: Page, mark: str) -> list[str]:
    return [words for words in page.locator("#log .said-words").all_inner_texts() if mark in words]


def test_what_one_says_appears_with_the_other_without_reloading(visitors: Visitors) -> None:
    noor, kwame = visitors.come("Noor"), visitors.come("Kwame", width=360)
    _talk(noor, "Kwame")
    _talk(kwame, "Noor")
    _live(noor)
    _live(kwame)
    kwame.evaluate("window.isTheSamePage = true")
    words = f"The kettle is on, number {next(numbers)}."
    _say(noor, words)
    expect(_said(kwame, words)).to_have_count(1)
    expect(_said(noor, words)).to_have_count(1)
    expect(noor.locator("#pending li")).to_have_count(0)
    expect(noor.get_by_label("Write something")).to_have_value("")
    _say(kwame, f"{words} And biscuits.")
    expect(_said(noor, f"{words} And biscuits.")).to_have_count(1)
    assert kwame.evaluate("window.isTheSamePage")


def test_with_and_without_script_they_hold_ten_messages(visitors: Visitors) -> None:
    noor, kwame = visitors.come("Noor"), visitors.come("Kwame", width=360, has_script=False)
    _talk(noor, "Kwame")
    _talk(kwame, "Noor")
    _live(noor)
    mark = f"turn {next(numbers)}"
    expected = []
    for number in range(5):
        expected += [f"{mark}: tea {number}", f"{mark}: toast {number}"]
        _say(noor, expected[-2])
        expect(_said(noor, expected[-2])).to_have_count(1)
        kwame.get_by_role("link", name="Show new messages").click()
        expect(_said(kwame, expected[-2])).to_have_count(1)
        _say(kwame, expected[-1])
        expect(_said(kwame, expected[-1])).to_have_count(1)
        expect(_said(noor, expected[-1])).to_have_count(1)
    assert _all_said(noor, mark) == expected
    assert _all_said(kwame, mark) == expected


def test_after_a_connection_went_away_nothing_is_missing_or_doubled(visitors: Visitors) -> None:
    noor, kwame = visitors.come("Noor"), visitors.come("Kwame")
    visitors.allow(noor, *SERVER_IS_OFF)
    visitors.allow(kwame, *SERVER_IS_OFF)
    _talk(noor, "Kwame")
    _talk(kwame, "Noor")
    _live(noor)
    _live(kwame)
    mark = f"over the gap {next(numbers)}"
    _say(noor, f"{mark}: before")
    expect(_said(kwame, f"{mark}: before")).to_have_count(1)

    with visitors.place.away():
        expect(noor.locator("#show-new")).to_be_visible()
        _say(noor, f"{mark}: while away")
        expect(noor.locator("#pending")).to_contain_text("Not sent yet. We'll keep trying.")
        expect(noor.get_by_label("Write something")).to_be_focused()

    for page in (noor, kwame):
        expect(_said(page, f"{mark}: while away")).to_have_count(1, timeout=BACK_WITHIN_MS)
    _say(kwame, f"{mark}: after")
    expect(_said(noor, f"{mark}: after")).to_have_count(1, timeout=BACK_WITHIN_MS)
    expected = [f"{mark}: {when}" for when in ("before", "while away", "after")]
    for page in (noor, kwame):
        assert _all_said(page, mark) == expected
        page.reload()
        assert _all_said(page, mark) == expected


def test_the_hardest_sentence_is_sent_and_help_stands_beside_it(visitors: Visitors) -> None:
    roz, len_ = visitors.come("Roz", width=360), visitors.come("Len")
    _talk(roz, "Len")
    _talk(len_, "Roz")
    _live(roz)
    _live(len_)
    words = "i want to die tonight. i can't do this any more"
    _say(roz, words)
    expect(_said(len_, words)).to_have_count(1)
    card = roz.get_by_role("region", name="Help with this")
    expect(card.get_by_role("heading").first).to_have_text("Your message was sent.")
    expect(roz.locator("#talk-status")).to_have_text("Your message was sent.")
    expect(card.get_by_role("link", name="Call")).not_to_have_count(0)
    _does_not_cover_the_box(roz, card)
    # One more line of the same night: the card is not shown again, a quiet line is.
    _say(roz, "it won't stop. i want to die")
    expect(roz.locator("#after-log")).to_contain_text("Urgent help is here when you want it.")
    expect(card).to_have_count(0)
    # Who reads it can ask a person to look, and gets words to begin with.
    len_.get_by_text("What you can do in this talk").click()
    len_.get_by_role("button", name="I'm worried about them").click()
    expect(len_.get_by_text("Thank you for not looking away.")).to_be_visible()


def _does_not_cover_the_box(page: Page, card: Locator) -> None:
    box = page.get_by_label("Write something")
    expect(box).to_be_focused()
    expect(box).to_be_in_viewport()
    above, below = card.bounding_box(), box.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]
    box.press_sequentially("still here")
    expect(box).to_have_value("still here")
    box.fill("")


def test_without_script_the_hardest_sentence_is_answered_in_the_same_words(
    visitors: Visitors,
) -> None:
    page = visitors.come("Mac", width=360, has_script=False)
    _talk(page, "Sam")
    _say(page, "I'm going to kill myself tonight, I've had enough")
    card = page.get_by_role("region", name="Help with this")
    expect(card.get_by_role("heading").first).to_have_text("Your message was sent.")
    expect(card.get_by_role("heading").first).to_be_in_viewport()
    expect(_said(page, "I'm going to kill myself tonight, I've had enough")).to_have_count(1)


@pytest.mark.parametrize(
    ("talk", "sentence"),
    [
        ("Mac", "Only the two of you. If a message suggests someone may come to harm, or one of"),
        ("Leave the Light On", "Everyone in Leave the Light On. If a message suggests someone may"),
    ],
)
def test_whoever_writes_is_told_truly_who_can_read_it(
    visitors: Visitors, talk: str, sentence: str
) -> None:
    page = visitors.come("Sam", width=360)
    _talk(page, talk)
    who = page.locator("#who")
    expect(who).to_contain_text(f"Who can read this: {sentence}")
    expect(who).to_contain_text(
        "Whoever runs the server could technically reach it; they have promised not to:"
        " The Harbour (a made-up community)."
    )
    page.locator("#composer").get_by_role("link", name="What happens if I say").click()
    expect(page.locator("main ol > li")).to_have_count(4)


def test_older_messages_are_read_on_a_page_that_stays_as_it_is(visitors: Visitors) -> None:
    page = visitors.come("Noor")
    _talk(page, "Kwame")
    first = page.locator("#log .said").nth(1).get_attribute("data-seq")
    page.goto(f"{page.url.partition('?')[0]}?older={first}")
    expect(page.locator("#log .said")).to_have_count(1)
    assert page.locator("script[src='/static/talk.js']").count() == 0
    page.get_by_role("link", name="Show the newest messages").click()
    _live(page)


@pytest.mark.parametrize("has_script", [True, False])
def test_words_that_give_a_number_away_are_asked_about_and_never_lost(
    visitors: Visitors, has_script: bool
) -> None:
    noor, kwame = visitors.come("Noor", width=360, has_script=has_script), visitors.come("Kwame")
    _talk(noor, "Kwame")
    _talk(kwame, "Noor")
    _live(kwame)
    number = next(numbers)
    words, other = f"ring me on 07700 90012{number % 10} at seven", f"at seven, here, {number}?"
    _say(noor, words)
    asked = noor.locator("form.note")
    expect(asked.get_by_role("heading")).to_have_text("Not sent yet. Your words are still here.")
    expect(asked.get_by_label("Your words")).to_have_value(words)
    expect(asked.get_by_role("button")).to_have_text(
        ["Send it as I've changed it", "Send it anyway, in a minute", "Ask a person"]
    )
    expect(asked).to_be_in_viewport()
    assert not has_script or violations_of(noor) == {}
    asked.get_by_label("Your words").fill(other)
    asked.get_by_role("button", name="Send it as I've changed it").click()
    expect(_said(kwame, other)).to_have_count(1)
    expect(_said(kwame, words)).to_have_count(0)
    expect(noor.locator("form.note")).to_have_count(0)


def test_what_is_sent_anyway_waits_in_sight_and_can_be_taken_back(visitors: Visitors) -> None:
    noor = visitors.come("Noor", width=360)
    _talk(noor, "Kwame")
    _live(noor)
    words = "or write to noor@example.org"
    _say(noor, words)
    noor.get_by_role("button", name="Send it anyway, in a minute").click()
    waiting = noor.locator("#pending").get_by_role("listitem").filter(has_text=words)
    expect(waiting).to_contain_text("Goes out at")
    assert violations_of(noor) == {}
    waiting.get_by_role("button", name="Take it back").click()
    expect(waiting).to_have_count(0)
    expect(noor.get_by_label("Write something")).to_be_visible()
    expect(_said(noor, words)).to_have_count(0)


@pytest.mark.parametrize("has_script", [True, False])
def test_what_one_said_is_changed_and_answered_with_a_sign_on_both_pages(
    visitors: Visitors, has_script: bool
) -> None:
    noor = visitors.come("Noor", width=360, has_script=has_script)
    kwame = visitors.come("Kwame")
    _talk(noor, "Kwame")
    _talk(kwame, "Noor")
    _live(kwame)
    mark = f"mended {next(numbers)}"
    _say(noor, f"{mark}: a hard weak.")
    theirs = kwame.locator("#log .said", has_text=mark)
    expect(theirs).to_have_count(1)
    mine = noor.locator("#log .said", has_text=mark)
    mine.locator(".said-more summary").click()
    mine.get_by_role("link", name="Change it").click()
    expect(noor.get_by_label("Write something")).to_have_value(f"{mark}: a hard weak.")
    expect(noor.locator("#composer")).to_contain_text("You are changing what you said.")
    if has_script:
        _live(noor)
    _say(noor, f"{mark}: a hard week.")
    for item in (mine, theirs):
        expect(item.locator(".said-words")).to_have_text(f"{mark}: a hard week.")
        expect(item.locator("[data-slot=changed]")).to_be_visible()
    expect(noor.locator("#pending li")).to_have_count(0)
    expect(noor.locator("#composer")).not_to_contain_text("You are changing what you said.")
    theirs.locator(".said-more summary").click()
    theirs.get_by_role("button", name="With you").click()
    expect(theirs.locator("[data-slot=signs]")).to_have_text("With you: you.")
    if not has_script:
        noor.get_by_role("link", name="Show new messages").click()
    expect(mine.locator("[data-slot=signs]")).to_have_text("With you: Kwame.")
    theirs.locator(".said-more summary").click()
    theirs.get_by_role("button", name="Take my sign away").click()
    expect(theirs.locator("[data-slot=signs]")).to_be_hidden()
    kwame.reload()
    expect(theirs.locator("[data-slot=signs]")).to_be_hidden()
    expect(theirs.locator("[data-slot=changed]")).to_be_visible()


UNMET = ("harbour wall", "rope", "café", "stop", "carry")


def _compares_as_the_server_does(page: Page) -> None:
    rows = [muted_words.cut(one) for one in UNMET]
    texts = ["At the CAFE'S door", "ropes", "a groper", "harbour\nwalls", "wall, harbour", "—rope—"]
    texts += ["stopping", "a stopper", "roping", "carried", "carriage"]
    texts += ["a ro\\u00adpe", "the\\u200brope"]
    found = page.evaluate(
        "async (texts) => texts.map((await import('/static/muted.js')).holdsUnmet)", texts
    )
    assert found == [muted_words.holds(text, rows) for text in texts]


def test_what_one_shows_the_other_shows_and_words_one_would_rather_not_meet(
    visitors: Visitors,
) -> None:
    noor, kwame = visitors.come("Noor"), visitors.come("Kwame", width=360)
    for page in (noor, kwame):
        page.goto("/talk-wishes")
        page.get_by_label("How far I've read").check()
        page.get_by_label("That I'm writing just now").check()
        page.get_by_label("One to a line").fill("\n".join(UNMET))
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status").first).to_contain_text("Saved.")
    _talk(noor, "Kwame")
    _talk(kwame, "Noor")
    for page in (noor, kwame):
        page.get_by_text("What you can do in this talk").click()
        page.get_by_role("button", name="Keep my place here").click()
        _live(page)
    _compares_as_the_server_does(noor)
    kwame.get_by_label("Write something").press_sequentially("We sat")
    expect(noor.locator("#writing")).to_have_text("Writing: Kwame")
    words = f"We sat on the Harbour-walls, number {next(numbers)}."
    _say(kwame, words)
    fold = noor.locator("#log .unmet").last
    expect(fold.locator("summary")).to_be_visible()
    expect(fold.get_by_text(words)).to_be_hidden()
    expect(noor.locator("#writing")).to_be_empty()
    fold.locator("summary").click()
    expect(fold.get_by_text(words)).to_be_visible()
    # Read, and said so: live, and as the page has it afterwards.
    expect(kwame.locator("#read-by")).to_have_text("Noor has read what you wrote.")
    kwame.reload()
    expect(kwame.locator("#read-by")).to_have_text("Noor has read what you wrote.")
    noor.reload()
    expect(noor.locator("#log .unmet").last.get_by_text(words)).to_be_hidden()
    _say(kwame, f"{words} Again.")
    expect(kwame.locator("#read-by")).to_be_empty()


def test_an_answer_to_what_is_further_up_than_the_page_shows_what_it_answers(
    visitors: Visitors,
) -> None:
    noor, kwame = visitors.come("Noor"), visitors.come("Kwame")
    _talk(noor, "Kwame")
    _talk(kwame, "Noor")
    _live(noor)
    words = f"This will be far up, number {next(numbers)}."
    _say(noor, words)
    expect(_said(kwame, words)).to_have_count(1)
    kwame.locator(".said", has_text=words).locator(".said-more summary").click()
    kwame.locator(".said", has_text=words).get_by_role("link", name="Reply").click()
    _live(kwame)
    # As on a page that begins below it.
    noor.locator(".said", has_text=words).evaluate("item => item.remove()")
    _say(kwame, "I answer that.")
    expect(noor.locator("#log .said").last.locator(".said-reply")).to_contain_text(words)
