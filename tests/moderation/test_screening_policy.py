"""The table of docs/moderation-policy.md, row by row."""

import pytest

from core.safety import Category, Context, Mode, Response, Tier, Verdict
from moderation import policy
from moderation.screening import UNSCREENED, RulesScreening

SCREENING = RulesScreening()
STANDARD = Context()
CLOSE = Context(mode=Mode.CLOSE)
SELF_HELD = Context(mode=Mode.SELF_HELD)
UNNOTICED = Context(notices_distress=False)

CALM = "Morning all, the kettle's on and the cat is in the sink again."
DISTRESS = "I'm going to kill myself tonight."
THREAT = "I'm going to kill you."
INSULT = "You're a worthless piece of shit."
HATE = "Immigrants are vermin."
PHONE = "My number's 07700 900123."
MEDICINE = "You should just stop taking your antidepressants."
EATING = "Any tips for not eating?"
ADVERT = "Use my code CALM20 for 20% off my course."
LURE = "Guaranteed returns on crypto, ask me how."
DETAILS = "Her address is 12 Example Street, LS1 4AB."


def seen(text: str, context: Context) -> tuple[Response, Tier, set[Category]]:
    verdict = SCREENING.screen(text, context)
    return verdict.response, verdict.tier, set(verdict.categories)


@pytest.mark.parametrize(
    ("text", "context", "response", "tier"),
    [
        (CALM, STANDARD, Response.DELIVER, Tier.NONE),
        (CALM, CLOSE, Response.HOLD, Tier.ROUTINE),
        (CALM, SELF_HELD, Response.DELIVER, Tier.NONE),
        (CALM, UNNOTICED, Response.DELIVER, Tier.NONE),
        (DISTRESS, STANDARD, Response.DELIVER_WITH_HELP, Tier.NOW),
        (DISTRESS, CLOSE, Response.DELIVER_WITH_HELP, Tier.NOW),
        (DISTRESS, SELF_HELD, Response.DELIVER, Tier.NONE),
        (DISTRESS, UNNOTICED, Response.DELIVER, Tier.NONE),
        (THREAT, STANDARD, Response.HOLD, Tier.NOW),
        (THREAT, CLOSE, Response.HOLD, Tier.NOW),
        (THREAT, SELF_HELD, Response.HOLD, Tier.NOW),
        (THREAT, UNNOTICED, Response.HOLD, Tier.NOW),
        (f"{CALM} {THREAT}", STANDARD, Response.DELIVER, Tier.NOW),
        (f"{CALM} {THREAT}", CLOSE, Response.HOLD, Tier.NOW),
        (f"{CALM} {THREAT}", SELF_HELD, Response.DELIVER, Tier.NOW),
        (INSULT, STANDARD, Response.HOLD, Tier.SOON),
        (INSULT, SELF_HELD, Response.DELIVER, Tier.NONE),
        (INSULT, UNNOTICED, Response.HOLD, Tier.SOON),
        (HATE, STANDARD, Response.HOLD, Tier.SOON),
        (HATE, SELF_HELD, Response.DELIVER, Tier.NONE),
        (PHONE, STANDARD, Response.ASK, Tier.NONE),
        (PHONE, CLOSE, Response.HOLD, Tier.ROUTINE),
        (PHONE, SELF_HELD, Response.DELIVER, Tier.NONE),
        (MEDICINE, STANDARD, Response.ASK, Tier.NONE),
        (EATING, STANDARD, Response.ASK, Tier.NONE),
        (ADVERT, STANDARD, Response.ASK, Tier.NONE),
        (LURE, STANDARD, Response.HOLD, Tier.ROUTINE),
        (LURE, SELF_HELD, Response.DELIVER, Tier.NONE),
        (DETAILS, STANDARD, Response.HOLD, Tier.SOON),
        (DETAILS, SELF_HELD, Response.HOLD, Tier.SOON),
        (f"{DISTRESS} {THREAT}", STANDARD, Response.DELIVER_WITH_HELP, Tier.NOW),
        (f"{DISTRESS} {THREAT}", CLOSE, Response.DELIVER_WITH_HELP, Tier.NOW),
        (f"{DISTRESS} {THREAT}", SELF_HELD, Response.DELIVER, Tier.NOW),
        (f"{DISTRESS} {THREAT}", UNNOTICED, Response.DELIVER, Tier.NOW),
    ],
)
def test_a_text_gets_what_the_table_says(
    text: str, context: Context, response: Response, tier: Tier
) -> None:
    verdict = SCREENING.screen(text, context)
    assert (verdict.response, verdict.tier) == (response, tier)


@pytest.mark.parametrize("lifted", [PHONE, MEDICINE, EATING, ADVERT, LURE])
@pytest.mark.parametrize("context", [STANDARD, CLOSE])
def test_distress_lifts_what_protects_its_author_or_house_style(
    lifted: str, context: Context
) -> None:
    for text in (f"{DISTRESS} {lifted}", f"{lifted} {DISTRESS}"):
        verdict = SCREENING.screen(text, context)
        assert verdict.response is Response.DELIVER_WITH_HELP
        assert verdict.folded == ()
        assert verdict.categories == {Category.DISTRESS}


@pytest.mark.parametrize("harm", [THREAT, INSULT, HATE, DETAILS])
def test_distress_lifts_no_protection_of_somebody_else(harm: str) -> None:
    text = f"{DISTRESS} {harm}"
    verdict = SCREENING.screen(text, STANDARD)
    folded = "".join(text[start:end] for start, end in verdict.folded)
    assert folded.startswith(harm.rstrip(".")[:20])
    assert DISTRESS.rstrip(".") not in folded
    assert verdict.response is Response.DELIVER_WITH_HELP


def test_only_the_span_is_folded_and_the_rest_goes_through() -> None:
    text = "Thanks for last night, it helped. I'm going to kill you, Dave. See you Thursday."
    verdict = SCREENING.screen(text, STANDARD)
    ((start, end),) = verdict.folded
    assert text[start:end] == "I'm going to kill you"
    assert verdict.response is Response.DELIVER


def test_a_text_can_be_asked_about_and_folded_at_once() -> None:
    verdict = SCREENING.screen(f"{CALM} {THREAT} {PHONE}", STANDARD)
    assert verdict.response is Response.ASK
    assert len(verdict.folded) == 1


def test_a_reason_is_readable_and_begins_with_its_category() -> None:
    verdict = SCREENING.screen(f"{PHONE} {CALM} {THREAT}", STANDARD)
    assert verdict.because == ("threat: threatens somebody here", "contact: shares a phone number")


def test_the_same_reason_is_said_once() -> None:
    verdict = SCREENING.screen(f"{THREAT} {CALM} {THREAT}", STANDARD)
    assert verdict.because == ("threat: threatens somebody here",)
    assert len(verdict.folded) == 2


def test_a_sentence_split_over_messages_is_read_whole() -> None:
    context = Context(recent=("I've thought about it.", "I'm going to kill"))
    assert seen("myself", context) == (Response.DELIVER_WITH_HELP, Tier.NOW, {Category.DISTRESS})


def test_a_threat_split_over_messages_folds_only_the_part_that_can_still_be_folded() -> None:
    verdict = SCREENING.screen("kill you and that's a promise", Context(recent=("I'm going to",)))
    assert verdict.folded
    assert verdict.folded[0][0] == 0


def test_earlier_messages_are_not_judged_again() -> None:
    context = Context(recent=(DISTRESS,))
    assert SCREENING.screen("Sorry, kettle's on.", context) == Verdict()


def test_earlier_messages_never_lower_what_a_text_says_itself() -> None:
    context = Context(recent=("I used to say", "years ago"))
    assert SCREENING.screen(DISTRESS, context).tier is Tier.NOW


def test_a_fault_inside_delivers_the_text_and_says_it_was_not_screened() -> None:
    broken = RulesScreening()
    broken.rulebook = None  # type: ignore[assignment]  # what a bug would leave behind
    assert broken.screen(DISTRESS, STANDARD) == UNSCREENED
    assert UNSCREENED.is_unscreened
    assert UNSCREENED.reaches_peers
    assert UNSCREENED.tier is Tier.ROUTINE


def test_a_fault_is_logged_without_words(capsys: pytest.CaptureFixture[str]) -> None:
    broken = RulesScreening()
    broken.rulebook = None  # type: ignore[assignment]  # what a bug would leave behind
    broken.screen("the secret is gooseberries", STANDARD)
    said = capsys.readouterr()
    assert "screening_failed" in said.out + said.err
    assert "gooseberries" not in said.out + said.err


@pytest.mark.parametrize("text", ["", " ", "\n", "\0", "\ud800", "🙃", "\u200b\u200b", "a" * 5000])
def test_an_empty_or_odd_text_goes_through(text: str) -> None:
    assert SCREENING.screen(text, STANDARD) == Verdict()


def test_spans_that_touch_become_one() -> None:
    assert policy.merged([(5, 9), (0, 3), (3, 4), (6, 7)]) == ((0, 4), (5, 9))
    assert policy.merged([]) == ()
