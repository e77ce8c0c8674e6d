"""Promise 1 inside one sentence: own distress and harm to another, joined in one breath."""

import pytest

from core.safety import Context, Response
from moderation import joints
from tests.moderation import run_ons
from tests.moderation.run_ons import RunOn

SCREENING = run_ons.SCREENING


def share_of(fault: str | None, count: int, *, joint: str) -> float:
    """Return in how many of `count` sentences something is wrong, or just `fault`."""
    found = [one.faults() for one in run_ons.run_ons(count, seed=21, joints=[joint])]
    return sum(fault in wrong if fault else bool(wrong) for wrong in found) / count


def shown(wrong: list[RunOn]) -> list[str]:
    return [f"{one.text} {sorted(one.faults())}" for one in wrong]


def test_where_a_word_joins_them_distress_and_harm_each_keep_their_own() -> None:
    told = run_ons.run_ons(500, seed=20, joints=run_ons.WORDS)
    assert shown([one for one in told if one.faults()]) == []


@pytest.mark.long
def test_where_a_word_joins_them_two_in_a_thousand_go_wrong_at_most() -> None:
    told = run_ons.run_ons(20_000, seed=22, joints=run_ons.WORDS)
    assert len([one for one in told if one.faults()]) <= 40


def test_where_a_comma_joins_them_no_distress_is_folded() -> None:
    told = run_ons.run_ons(200, seed=23, joints=[", "])
    assert shown([one for one in told if "distress folded" in one.faults()]) == []


@pytest.mark.parametrize(("joint", "most"), [(", ", 0.03), (" ", 0.08)], ids=["comma", "blank"])
def test_where_less_than_a_word_joins_them_little_goes_wrong(joint: str, most: float) -> None:
    assert share_of(None, 200, joint=joint) <= most


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("kill yourself so suicidal again", "kill yourself"),
        ("I want to die and I'm going to kill you", "I'm going to kill you"),
        ("your days are numbered then Cannot carry on like this", "your days are numbered"),
        ("I can't go on because I'm not safe but you are pathetic", "you are pathetic"),
        ("you are pathetic but I want to die and he said I'd never dare", "you are pathetic"),
    ],
)
def test_only_the_harm_in_a_sentence_is_folded(text: str, folded: str) -> None:
    verdict = SCREENING.screen(text, Context())
    assert [text[start:end] for start, end in verdict.folded] == [folded]
    assert verdict.response is Response.DELIVER_WITH_HELP


@pytest.mark.parametrize(
    "text",
    [
        "I want to die, he keeps saying you're pathetic, you're a freak, kill yourself",
        "I want to die and he said you're pathetic and you're a freak",
        "I want to die and I'm scared I'll lose it, I'm going to kill him",
        "my ex said nobody likes you and you are pathetic and I want to die",
    ],
)
def test_what_somebody_tells_beside_their_distress_stays_told(text: str) -> None:
    verdict = SCREENING.screen(text, Context())
    assert verdict.folded == ()
    assert verdict.response is Response.DELIVER_WITH_HELP


@pytest.mark.parametrize("joint", [" and ", ", ", " ", ", because "])
def test_a_full_stop_takes_the_place_of_a_joint_and_no_more(joint: str) -> None:
    text = f"one thing{joint}another"
    span = len("one thing"), len("one thing") + len(joint)
    parted = joints.parted(text, span)
    assert len(parted) == len(text)
    assert parted.replace(".", " ").split() == ["one", "thing", "another"]
    assert parted.startswith("one thing.")


def test_a_sentence_reaches_from_sign_to_sign() -> None:
    text = "First. Then this and that! Last"
    start, end = joints.sentence(text, (text.index("this"), text.index("this") + 4))
    assert text[start:end] == " Then this and that"


def test_in_a_long_text_only_one_sentence_is_read_again() -> None:
    padding = "We walked along the canal and it was fine. " * 40
    text = f"{padding}kill yourself so suicidal again. {padding}"
    verdict = SCREENING.screen(text, Context())
    assert [text[start:end] for start, end in verdict.folded] == ["kill yourself"]
    assert verdict.response is Response.DELIVER_WITH_HELP
