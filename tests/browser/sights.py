"""Every page there is, and how somebody comes to it."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.extremes import LONG, NEW

TALK_OF_TWO = "a.row-link:has-text('Mac')"
TALK_OF_A_GROUP = "a.row-link:has-text('Leave the Light On')"
A_TALK = "/talks/{room_id}"
A_GROUP = "/groups/{group_id}"
A_CASE = "/staff/cases/{case_id}"
A_PAPER = "/administration/documents/{what}"
A_LINE = "/administration/directory/{region}/{line}"
MANY = "/administration/invitations/many"
OUR_HOURS = "/administration/documents/staffed-hours"
A_WAY_IN = "/my-data/{what}"


@dataclass(frozen=True)
class Sight:
    """One page: who looks, where they begin, what they do to get there, and the route they see."""

    name: str
    who: str | None
    path: str
    then: Callable[[Page], None] = lambda _page: None
    ends_at: str = ""

    @property
    def route(self) -> str:
        """The route whose page this is: where one begins, or where one gets to."""
        return self.ends_at or self.path.partition("?")[0]


def follow(*selectors: str) -> Callable[[Page], None]:
    """Click through these, one page after the other."""

    def walk(page: Page) -> None:
        for selector in selectors:
            page.locator(selector).first.click()
            page.wait_for_load_state()

    return walk


def _join_with_nothing(page: Page) -> None:
    page.locator("form[method=post]").evaluate("form => { form.noValidate = true; }")
    page.locator("form[method=post] button.main").click()
    page.wait_for_load_state()


def _sign_in_wrongly(page: Page) -> None:
    page.locator("#name").fill("Nobody we know")
    page.locator("#password").fill("not this one either")
    page.locator("form[method=post] button.main").click()
    page.wait_for_load_state()


def _write_to_help_card(page: Page) -> None:
    follow(TALK_OF_TWO)(page)
    page.goto(page.url.partition("?")[0] + "?sent=3#composer")


def _write_to_help_line(page: Page) -> None:
    follow(TALK_OF_TWO)(page)
    page.goto(page.url.partition("?")[0] + "?sent=2#composer")


def _tell_of_words(page: Page) -> None:
    follow(TALK_OF_TWO)(page)
    page.locator(".said:not(.mine) .said-more summary").first.click()
    page.locator("a[href^='/tell-us?message']:visible").first.click()
    page.wait_for_load_state()


def _worry(page: Page) -> None:
    follow(TALK_OF_TWO)(page)
    page.goto(page.url.partition("?")[0] + "?told=1#after-log")


def _look_after_a_group(page: Page) -> None:
    follow("#mine ~ ul a", "a[href$='/look-after']")(page)


def _decide_together(page: Page) -> None:
    follow("#mine ~ ul a", "a[href$='/polls']")(page)
    page.locator("#words").fill("Shall we meet on Thursdays instead?")
    page.locator("#options").fill("Thursday\nStay with Tuesday")
    page.locator("form:has(#options) button").first.click()
    page.wait_for_load_state()


def _open_a_case(page: Page, row: str = "[data-row] th a") -> None:
    follow(row)(page)
    read = page.locator("main form[action$='/look'] button.main")
    if read.count():
        read.click()
        page.wait_for_load_state()


def _read_of_harm(page: Page) -> None:
    _open_a_case(page, "[data-row] th a:has-text('Kettle')")


def _delay_without_a_ground(page: Page) -> None:
    _open_a_case(page)
    page.locator("#delay ~ details summary").click()
    page.locator("#delay ~ details form button").first.click()
    page.wait_for_load_state()


def _write_to_the_team(page: Page) -> None:
    page.locator("#words").fill("Is anybody there?")
    page.locator("form:has(#words) button.main").click()
    page.wait_for_load_state()


def _open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


def _open_the_talk(page: Page) -> None:
    follow(TALK_OF_TWO)(page)
    _open_all(page)


def _copy_a_talk(page: Page) -> None:
    _open_the_talk(page)
    follow("a[href$='/copy']")(page)


def _leave_a_talk(page: Page) -> None:
    _open_the_talk(page)
    follow("a[href$='/leave']")(page)


def _look_after_it_all(page: Page) -> None:
    _look_after_a_group(page)
    _open_all(page)


def _decide_nothing(page: Page) -> None:
    _open_a_case(page)
    page.locator("form[action*='/decision'] button.main").click()
    page.wait_for_load_state()


def _change_nothing(page: Page) -> None:
    page.locator("form.card").evaluate("form => { form.noValidate = true; }")
    page.locator("form.card button.main").click()
    page.wait_for_load_state()


def _save_bad_hours(page: Page) -> None:
    page.locator("#mon").fill("nine to five")
    page.locator("form button.main").click()
    page.wait_for_load_state()


def _invite_many(page: Page) -> None:
    page.locator("button[name=as][value=page]").click()
    page.wait_for_load_state()


SIGHTS = (
    Sight("start", None, "/"),
    Sight("join", None, "/join"),
    Sight("join-again", None, "/join", _join_with_nothing),
    Sight("sign-in", None, "/sign-in"),
    Sight("sign-in-again", None, "/sign-in", _sign_in_wrongly),
    Sight("recover", None, "/recover"),
    Sight("help", None, "/help"),
    Sight("help-saved", None, "/help?saved=1"),
    Sight("what-happens", None, "/what-happens"),
    Sight("what-helped", None, "/what-helped"),
    Sight("not-there", None, "/no-such-page"),
    Sight("home", "Sam", "/home"),
    Sight("first-words", "Sam", "/first-words"),
    Sight("offers", "Sam", "/offers"),
    Sight("offers-others", "Sam", "/offers", _open_all),
    Sight("say-hello", "Pip", "/offers", follow("a[href^='/hellos/new']"), ends_at="/hellos/new"),
    Sight("hellos", "Sam", "/hellos"),
    Sight("about-me", "Sam", "/about-me"),
    Sight("my-data", "Sam", "/my-data"),
    Sight("new-password", "Sam", "/my-data/password", ends_at=A_WAY_IN),
    Sight("new-email", "Sam", "/my-data/email", ends_at=A_WAY_IN),
    Sight("new-recovery-words", "Sam", "/my-data/codes", ends_at=A_WAY_IN),
    Sight("new-password-again", "Sam", "/my-data/password", _change_nothing, A_WAY_IN),
    Sight("copy", "Sam", "/my-data/copy", ends_at=A_WAY_IN),
    Sight("erase", "Sam", "/my-data/erase"),
    Sight("as-others-see-me", "Sam", "/about-me/as-others-see-me"),
    Sight("talks", "Sam", "/talks"),
    Sight("talk", "Sam", "/talks", follow(TALK_OF_TWO), ends_at=A_TALK),
    Sight("talk-opened", "Sam", "/talks", _open_the_talk, ends_at=A_TALK),
    Sight("copy-talk", "Sam", "/talks", _copy_a_talk, ends_at="/talks/{room_id}/copy"),
    Sight("talk-wishes", "Sam", "/talk-wishes"),
    Sight("leave-talk", "Sam", "/talks", _leave_a_talk, ends_at="/talks/{room_id}/leave"),
    Sight("talk-of-a-group", "Sam", "/talks", follow(TALK_OF_A_GROUP), ends_at=A_TALK),
    Sight("talk-help-card", "Sam", "/talks", _write_to_help_card, ends_at=A_TALK),
    Sight("talk-help-line", "Sam", "/talks", _write_to_help_line, ends_at=A_TALK),
    Sight("tell-us", "Sam", "/tell-us"),
    Sight("team", "Sam", "/team"),
    Sight("team-written", "Pip", "/team", _write_to_the_team),
    Sight("decision", None, "/decision"),
    Sight("tell-us-of-an-invitation", None, "/tell-us/invitation?code=K7QX-M2PA"),
    Sight("tell-us-of-words", "Sam", "/talks", _tell_of_words, ends_at="/tell-us"),
    Sight("worried", "Sam", "/talks", _worry, ends_at=A_TALK),
    Sight(
        "look-again",
        "Sam",
        "/decisions/00000000-0000-4000-8000-000000000000",
        ends_at="/decisions/{case_id}",
    ),
    Sight("groups", "Sam", "/groups"),
    Sight("start-group", "Sam", "/groups/new"),
    Sight("group", "Sam", "/groups", follow("#open ~ ul a"), ends_at=A_GROUP),
    Sight("group-mine", "Sam", "/groups", follow("#mine ~ ul a"), ends_at=A_GROUP),
    Sight("group-led", "Josie", "/groups", follow("#mine ~ ul a"), ends_at=A_GROUP),
    Sight(
        "group-look-after",
        "Josie",
        "/groups",
        _look_after_it_all,
        ends_at="/groups/{group_id}/look-after",
    ),
    Sight("group-polls", "Josie", "/groups", _decide_together, ends_at="/groups/{group_id}/polls"),
    Sight("home-new", NEW, "/home"),
    Sight("first-words-new", NEW, "/first-words"),
    Sight("offers-new", NEW, "/offers"),
    Sight("hellos-new", NEW, "/hellos"),
    Sight("talks-new", NEW, "/talks"),
    Sight("groups-new", NEW, "/groups"),
    Sight("as-others-see-me-new", NEW, "/about-me/as-others-see-me"),
    Sight("home-long", LONG, "/home"),
    Sight("hellos-long", LONG, "/hellos"),
    Sight("talks-long", LONG, "/talks"),
    Sight("talk-long", LONG, "/talks", follow("a.row-link"), ends_at=A_TALK),
    Sight("queue", "Win", "/queue"),
    Sight("look", "Desmond", "/queue", follow("[data-row] th a"), ends_at=A_CASE),
    Sight("case", "Win", "/queue", _open_a_case, ends_at=A_CASE),
    Sight(
        "case-again", "Win", "/queue", _decide_nothing, ends_at="/staff/cases/{case_id}/decision"
    ),
    Sight("case-of-harm", "Win", "/queue", _read_of_harm, ends_at=A_CASE),
    Sight("case-delay", "Win", "/queue", _delay_without_a_ground, A_CASE + "/delay"),
    Sight("home-of-staff", "Priya", "/home"),
    Sight("administration", "Priya", "/administration"),
    Sight("our-words", "Priya", "/administration/documents/vocabulary", ends_at=A_PAPER),
    Sight("our-hours", "Priya", "/administration/documents/staffed-hours", ends_at=A_PAPER),
    Sight("our-hours-again", "Priya", OUR_HOURS, _save_bad_hours, A_PAPER),
    Sight("our-looks", "Priya", "/administration/documents/screening", ends_at=A_PAPER),
    Sight("what-guesses-learn", "Priya", "/administration/learning"),
    Sight("directory", "Priya", "/administration/directory"),
    Sight("directory-line", "Priya", "/administration/directory/0/samaritans", ends_at=A_LINE),
    Sight("directory-line-new", "Priya", "/administration/directory/0/new", ends_at=A_LINE),
    Sight(
        "invitations", "Priya", "/administration", _invite_many, "/administration/invitations/many"
    ),
    Sight("roles", "Priya", "/staff/roles"),
    Sight("not-for-me", "Sam", "/queue"),
)
