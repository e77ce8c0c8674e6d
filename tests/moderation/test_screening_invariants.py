"""Promises 1, 3, 11 and 23 as properties over generated messages; long counts by `make long`."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.safety import Context, Mode, Response, Tier, Verdict
from moderation import models
from moderation.rules import Effect, Rule
from moderation.screening import RulesScreening

# By a clock that stands: what is slow for once isn't what is asked here.
SCREENING = RulesScreening(heads=models.shipped(), clock=float)
RULES = SCREENING.rulebook.rules
DISTRESS = [text for rule in RULES if rule.effect is Effect.HELP for text in rule.matches]
HARM = [(rule, text) for rule in RULES if rule.effect is Effect.FOLD for text in rule.matches]
LIFTED = [
    text for rule in RULES if rule.effect in (Effect.ASK, Effect.HOLD) for text in rule.matches
]
PROTECTIVE = {rule.line for rule in RULES if rule.effect is Effect.FOLD}
FLOOR = {rule.line for rule in RULES if rule.is_floor}

OPENINGS = ["", "Hi. ", "Sorry for the long post.\n", "right then: ", "Don't panic anyone. ", "😔 "]
ENDINGS = ["", " x", "\nThat's all.", ". Thanks for reading, Pat.", " ❤️", "\n\n(back at ten)"]
JOINTS = [". ", "\n", "! ", ".\n\n", " … "]
MODES = [Mode.STANDARD, Mode.CLOSE, Mode.SELF_HELD]


def typed_plainly(text: str) -> str:
    return text


def typed_with_curly_quotes(text: str) -> str:
    return text.replace("'", "’")


def typed_loudly(text: str) -> str:
    return text.upper()


def typed_without_apostrophes(text: str) -> str:
    return text.lower().replace("'", "")


def typed_with_invisible_signs(text: str) -> str:
    return text.replace("i", "i\u200b")


def typed_with_lookalikes(text: str) -> str:
    return text.replace("o", "о").replace("a", "а")


HANDS = [
    typed_plainly,
    typed_with_curly_quotes,
    typed_loudly,
    typed_without_apostrophes,
    typed_with_invisible_signs,
    typed_with_lookalikes,
]


def distress_messages(count: int, seed: int) -> Iterator[str]:
    chance = random.Random(seed)
    for _ in range(count):
        said = chance.choice(HANDS)(chance.choice(DISTRESS))
        yield chance.choice(OPENINGS) + said + chance.choice(ENDINGS)


def check_distress_is_never_held(count: int, seed: int) -> None:
    for text in distress_messages(count, seed):
        for mode in MODES:
            verdict = SCREENING.screen(text, Context(mode=mode))
            assert verdict.reaches_peers, (mode, text)
            assert verdict.folded == (), (mode, text)
            if mode is not Mode.SELF_HELD:
                assert verdict.response is Response.DELIVER_WITH_HELP, (mode, text)
                assert verdict.tier in (Tier.NOW, Tier.SOON), (mode, text)


def check_distress_lifts_only_its_own(count: int, seed: int) -> None:
    chance = random.Random(seed + 1)
    for text in distress_messages(count, seed):
        lifted = chance.choice(LIFTED)
        both = [text + chance.choice(JOINTS) + lifted, lifted + chance.choice(JOINTS) + text]
        verdict = SCREENING.screen(chance.choice(both), Context(mode=chance.choice(MODES[:2])))
        assert verdict.response is Response.DELIVER_WITH_HELP, both
        assert verdict.folded == (), both


def shown(text: str, verdict: Verdict) -> str:
    return "¦".join(text[start:end] for start, end in verdict.folded)


def harm_lines(verdict: Verdict) -> set[str]:
    return set(verdict.because) & PROTECTIVE


def pairs(count: int, seed: int) -> Iterator[tuple[Rule, str, str, bool]]:
    """Yield a rule of harm, its text, the text with distress, and whether distress stands first."""
    chance = random.Random(seed)
    for _ in range(count):
        rule, harm = chance.choice(HARM)
        distress, joint = chance.choice(DISTRESS), chance.choice(JOINTS)
        is_first = chance.random() < 0.5
        yield rule, harm, distress + joint + harm if is_first else harm + joint + distress, is_first


def check_harm_keeps_its_verdict(count: int, seed: int) -> None:
    for _, harm, both, is_first in pairs(count, seed):
        alone = SCREENING.screen(harm, Context())
        joined = SCREENING.screen(both, Context())
        shift = len(both) - len(harm) if is_first else 0
        assert joined.folded == tuple((a + shift, b + shift) for a, b in alone.folded), both
        assert harm_lines(joined) == harm_lines(alone), both
        assert joined.response is Response.DELIVER_WITH_HELP, both
        assert joined.tier.urgency >= alone.tier.urgency, both


def check_withdrawing_changes_no_harm_verdict(count: int, seed: int) -> None:
    for _, harm, both, _ in pairs(count, seed):
        for text in (harm, both):
            noticed = SCREENING.screen(text, Context())
            unnoticed = SCREENING.screen(text, Context(notices_distress=False))
            self_held = SCREENING.screen(text, Context(mode=Mode.SELF_HELD))
            assert unnoticed.folded == noticed.folded, text
            assert harm_lines(unnoticed) == harm_lines(noticed), text
            assert set(self_held.because) == harm_lines(noticed) & FLOOR, text


def test_own_distress_is_never_held_asked_or_folded() -> None:
    check_distress_is_never_held(700, seed=1)


def test_distress_lifts_what_protects_its_author() -> None:
    check_distress_lifts_only_its_own(600, seed=2)


def test_harm_keeps_its_verdict_when_distress_is_added() -> None:
    check_harm_keeps_its_verdict(600, seed=3)


def test_withdrawing_notice_of_distress_changes_no_harm_verdict() -> None:
    check_withdrawing_changes_no_harm_verdict(400, seed=4)


@pytest.mark.long
def test_own_distress_is_never_held_in_a_hundred_thousand() -> None:
    check_distress_is_never_held(100_000, seed=11)


@pytest.mark.long
def test_distress_lifts_its_own_in_ten_thousand() -> None:
    check_distress_lifts_only_its_own(10_000, seed=12)


@pytest.mark.long
def test_harm_keeps_its_verdict_in_ten_thousand_pairs() -> None:
    check_harm_keeps_its_verdict(10_000, seed=13)


@pytest.mark.long
def test_withdrawing_changes_no_harm_verdict_in_ten_thousand_pairs() -> None:
    check_withdrawing_changes_no_harm_verdict(10_000, seed=14)


def test_every_distress_message_split_in_two_is_found() -> None:
    for text in DISTRESS:
        words = text.split(" ")
        half = len(words) // 2
        first, second = " ".join(words[:half]), " ".join(words[half:])
        verdicts = (
            SCREENING.screen(first, Context()),
            SCREENING.screen(second, Context(recent=(first,))),
        )
        assert all(verdict.reaches_peers for verdict in verdicts)


pieces = st.sampled_from(DISTRESS + LIFTED + [text for _, text in HARM])
contexts = st.builds(
    Context,
    mode=st.sampled_from(MODES),
    notices_distress=st.booleans(),
    recent=st.lists(st.text(max_size=40) | pieces, max_size=3).map(tuple),
)


@given(st.lists(st.text(max_size=30) | pieces, max_size=5).map(" ".join), contexts)
def test_a_verdict_is_always_well_formed(text: str, context: Context) -> None:
    verdict = SCREENING.screen(text, context)
    edges = [edge for span in verdict.folded for edge in span]
    assert not verdict.is_unscreened
    assert edges == sorted(set(edges))
    assert all(0 <= edge <= len(text) for edge in edges)
    assert {line.split(":")[0] for line in verdict.because} == {
        category.value for category in verdict.categories
    }
    assert verdict == SCREENING.screen(text, context)


@given(st.text(alphabet=st.characters(), max_size=200), contexts)
def test_no_text_makes_screening_fail(text: str, context: Context) -> None:
    assert not SCREENING.screen(text, context).is_unscreened


@given(st.text(max_size=120))
def test_a_calm_text_in_a_close_group_waits_for_a_person(text: str) -> None:
    verdict = SCREENING.screen(text, Context(mode=Mode.CLOSE))
    assert verdict.response in (Response.HOLD, Response.DELIVER_WITH_HELP)
    assert verdict.tier is not Tier.NONE


@given(st.text(max_size=120) | pieces)
def test_a_self_held_group_knows_only_the_floor(text: str) -> None:
    verdict = SCREENING.screen(text, Context(mode=Mode.SELF_HELD))
    assert set(verdict.because) <= FLOOR
    assert verdict.response in (Response.DELIVER, Response.HOLD)
