"""Contact details in every dress; whose they are; and what is let through."""

import pytest

from core.safety import Category, Context, Response
from moderation import contacts
from moderation.screening import RulesScreening

SCREENING = RulesScreening()


def kinds(text: str, screening: RulesScreening = SCREENING) -> set[str]:
    found = screening.hits(text, Context())
    return {hit.rule.recogniser for hit in found if hit.rule.recogniser}


PHONES = [
    "07700 900123",
    "07700900123",
    "(07700) 900-123",
    "+44 7700 900123",
    "+44 (0)7700 900123",
    "0044 7700 900123",
    "020 7946 0018",
    "0 7 7 0 0 9 0 0 1 2 3",
    "０７７００ ９００１２３",
    "07700\u200b900\u200b123",
    "O77OO 9OO l23",
    "oh seven seven double oh nine double oh one two three",
    "zero-seven-seven-zero-zero-nine-zero-zero-one-two-three",
    "07 seven hundred nine hundred one two three",
    "+353 20 915 6789",
]


@pytest.mark.parametrize("number", PHONES)
@pytest.mark.parametrize("lead", ["", "ring me on ", "it's "])
def test_a_phone_number_is_found_however_it_is_written(number: str, lead: str) -> None:
    assert kinds(lead + number) == {"phone"}


@pytest.mark.parametrize(
    "mail",
    [
        "jo@example.org",
        "Jo.Bloggs+peer@mail.example.co.uk",
        "jo @ example.org",
        "jo(at)example.org",
        "jo [at] example [dot] org",
        "jo at example dot org",
        "jo dot bloggs at example dot co dot uk",
        "ｊｏ＠ｅｘａｍｐｌｅ．ｏｒｇ",
        "j o @ e x a m p l e . o r g",
    ],
)
def test_an_address_for_mail_is_found_however_it_is_written(mail: str) -> None:
    assert kinds(f"it's {mail}, write any time") == {"email"}


@pytest.mark.parametrize(
    "number",
    [
        "116 123",
        "999",
        "112",
        "111",
        "85258",
        "0800 068 4141",
        "0800 58 58 58",
        "0800 1111",
        "0300 304 7000",
        "1800 247 247",
        "01 210 7906",
        "0808 801 0525",
        "one one six one two three",
        "+44 800 068 4141",
    ],
)
def test_a_helpline_is_let_through(number: str) -> None:
    assert kinds(f"try {number}, they were kind") == set()


@pytest.mark.parametrize(
    "text",
    [
        "samaritans.org",
        "https://www.samaritans.org/how-we-can-help/",
        "jo@samaritans.org",
        "HTTPS://WWW.NHS.UK",
        "look at www.mind.org.uk/information",
        "learning.gov.uk has a form",
        "it's all here [www.mind.org.uk], near the top",
        "[https://www.nhs.uk]",
    ],
)
def test_a_public_service_is_let_through(text: str) -> None:
    assert kinds(text) == set()


def test_a_host_that_only_looks_like_a_service_is_a_link() -> None:
    assert kinds("https://samaritans.org.example.com/") == {"link"}
    assert kinds("notsamaritans.org") == {"link"}


def test_the_organisation_adds_its_own_links_and_numbers() -> None:
    own = contacts.shipped().adding(
        ["https://www.example.org/drop-in", "peers.example.com"], numbers=["020 7946 0018"]
    )
    screening = RulesScreening(allowed=own)
    assert kinds("we're on example.org, or ring 020 7946 0018", screening) == set()
    assert kinds("jo@peers.example.com", screening) == set()
    assert kinds("or 020 7946 0019", screening) == {"phone"}


@pytest.mark.parametrize(
    "text",
    [
        "I was born on 01.02.1973 at 10.30",
        "between 2009 and 2019",
        "room 12, 3rd floor, 14 minutes down the road",
        "£1,234.56 a month, 10% of 20000",
        "ISBN-ish: 978 is how they start",
        "10 10 10 is my breathing",
        "one two three four five, once I caught a fish alive",
        "I'm 5ft 7 and I take size 8",
        "score was 12345",
        "one of those nights, two of us, three teas, four biscuits",
    ],
)
def test_ordinary_numbers_are_no_phone_numbers(text: str) -> None:
    assert kinds(text) == set()


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Her address is 12 Example Street, LS1 4AB.", "LS1 4AB"),
        ("his number's 07700 900123 by the way", "07700 900123"),
        ("that nurse lives at 3 Mill Lane", "3 Mill Lane"),
        ("you can ring Karen on 07700 900456", "07700 900456"),
        ("my ex's email is ex@example.org", "ex@example.org"),
        ("my ex’s insta is @nasty_dave_77", "@nasty_dave_77"),
        ("my CPN's mobile is 07700 900789", "07700 900789"),
    ],
)
def test_another_persons_details_are_folded(text: str, hidden: str) -> None:
    verdict = SCREENING.screen(text, Context())
    assert verdict.categories == {Category.CONTACT}
    assert hidden in "".join(text[start:end] for start, end in verdict.folded)


@pytest.mark.parametrize(
    "text",
    [
        "my number is 07700 900123",
        "text me on 07700 900123",
        "I live at 14 Acacia Avenue",
        "me mam's asleep so text my mobile, 07700 900123",
    ],
)
def test_the_authors_own_details_are_asked_not_folded(text: str) -> None:
    verdict = SCREENING.screen(text, Context())
    assert verdict.response is Response.ASK
    assert verdict.folded == ()


def test_own_and_anothers_details_are_told_apart_in_one_text() -> None:
    text = "My number is 07700 900123. Her number is 07700 900456."
    verdict = SCREENING.screen(text, Context())
    shown = "".join(text[start:end] for start, end in verdict.folded)
    assert "07700 900456" in shown
    assert "07700 900123" not in shown
    assert verdict.response is Response.ASK


def test_a_services_number_is_let_through_unless_it_is_a_mobile() -> None:
    assert kinds("the crisis team's number is 0113 496 0000") == set()
    assert kinds("my surgery is on 020 7946 0018") == set()
    assert kinds("the crisis team's number is 07700 900123") == {"phone"}


def test_a_name_of_another_service_alone_is_no_detail() -> None:
    for text in ("I've left instagram", "discord is a lot", "snap!", "@Sam well done"):
        assert kinds(text) == set()
