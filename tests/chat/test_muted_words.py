"""Words that somebody would rather not meet: which texts hold one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import muted_words
from core.errors import Invalid

# What a person types as a word to avoid, a text, and whether the text holds it.
TABLE = (
    ("rope", "I saw a rope.", True),
    ("rope", "ROPES, everywhere", True),
    ("Rope", "the rope's end", True),
    ("rope", "I grope in the dark", False),
    ("rope", "europe", False),
    ("cat", "the catalogue came", False),
    ("cut", "she cuts bread", True),
    ("walk", "we walked and are walking", True),
    ("cafe", "at the café", True),
    ("café", "at the cafe", True),
    ("sleeping pill", "two sleeping pills", True),
    ("sleeping pill", "sleeping, pills", True),
    ("sleeping pill", "a pill for sleeping", False),
    ("M62", "on the m62 at night", True),
    ("42", "it was 42 degrees", True),
    ("cut", "cutting up the news", True),
    ("cut", "a cutter for pastry", False),
    ("hope", "I was hoping", True),
    ("stop", "he stopped", True),
    ("carry", "she carries it", True),
    ("carry", "I carried it", True),
    ("carry", "a carriage", False),
    ("see", "seeing it", True),
    ("sea", "a seat", False),
    ("rope", "a ro\u00adpe", True),
    ("ro\u200cpe", "a rope", True),
    ("rope", "the\u200brope", True),
    ("rope", "", False),
    ("واحد", "هذا واحد هنا", True),
)


@pytest.mark.parametrize(("meant", "text", "is_held"), TABLE)
def test_a_text_holds_a_word_as_people_read_it(meant: str, text: str, is_held: bool) -> None:
    assert muted_words.holds(text, [muted_words.cut(meant)]) is is_held


def test_what_was_typed_is_kept_once_and_bounded() -> None:
    typed = " rope \n\nsleeping   pill, rope\n,,\n!!"
    assert muted_words.read(typed) == ("rope", "sleeping pill")
    for too_much in ("\n".join(f"w{number}" for number in range(51)), "x" * 61):
        with pytest.raises(Invalid) as refused:
            muted_words.read(too_much)
        assert refused.value.extra["field"] == "muted"


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=20))
def test_a_word_is_found_wherever_it_stands_between_spaces(
    word: str, before: str, after: str
) -> None:
    row = muted_words.cut(word)
    assert muted_words.holds(f"{before} {word} {after}", [row]) is bool(row)
