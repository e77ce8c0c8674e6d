"""Plain spelling, and the way back from it to the raw text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation import normalise, rulebooks

LEXICON = rulebooks.shipped().lexicon
TARGET = "i want to die tonight"

bent = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("ab ki'’` \t\n\r\u200b\u202e\u0301\x00\ud800…ﷺß.-*1!кℓ𝓀ｋ🇰😂"),
    ),
    max_size=80,
)


def plain(text: str) -> str:
    return normalise.canonical(text, LEXICON).text


def swapped(text: str, pairs: dict[str, str]) -> str:
    return "".join(pairs.get(sign, sign) for sign in text)


def fullwidth(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def maths(text: str) -> str:
    return "".join(chr(0x1D5EE + ord(sign) - 97) if sign.isalpha() else sign for sign in text)


EVASIONS = {
    "zero-width signs": "i w\u200ban\u200ct to d\u200die ton\ufeffight",
    "bidi controls": "\u202ei want to d\u2066ie\u2069 tonight\u202c",
    "soft hyphens": "i want to d\u00adie to\u00adnight",
    "a flood of accents": "i want to d\u0335\u0336\u0337i\u0301\u0301e tonight",
    "Cyrillic": swapped(TARGET, dict(zip("aeopcxi", "аеорсхі", strict=True))),
    "Greek": swapped(TARGET, dict(zip("aiont", "αιοητ", strict=True))).replace("η", "n"),
    "full width": fullwidth(TARGET),
    "maths letters": maths(TARGET),
    "capitals": TARGET.upper(),
    "spaced letters": "i want to d i e tonight",
    "dotted letters": "i want to d.i.e. tonight",
    "leet": "i w4nt to d1e t0night",
    "stretched letters": "i want to dieeee tonightttt",
    "a masked word": "i want to d*e tonight",
    "doubled letters": "i want to die ttoonniigghhtt",
    "one word a line": "i\nwant\nto\ndie\ntonight",
    "halting": "I. want. to. die. tonight",
    "odd spaces": "i\u00a0want\u2003to   die\ttonight",
    "halves": "i want to die ton ight",
}


@pytest.mark.parametrize("way", [way for way in EVASIONS if way != "halves"])
def test_an_evasion_reads_as_the_plain_sentence(way: str) -> None:
    assert plain(EVASIONS[way]).replace(".", "").strip() == TARGET


def test_both_halves_of_a_guarded_word_are_closed_up() -> None:
    assert plain("sui cide and kil ling") == "suicide and killing"


def test_letters_spaced_without_word_gaps_are_split_into_known_words() -> None:
    assert plain("i n e e d to k i l l m y s e l f") == "i need to kill myself"


@pytest.mark.parametrize(
    "text",
    [
        "ward b12 at 3am, 10 mg is not my business",
        "well-being and well-meaning and co-op",
        "my ps5 and a 4pm film",
        "www.example.org/killing-time",
        "jo_b99@example.org",
        "i.e. this, e.g. that",
    ],
)
def test_ordinary_signs_inside_words_are_left_alone(text: str) -> None:
    assert plain(text) == text


def test_apostrophes_are_dropped_however_they_are_typed() -> None:
    assert plain("don't don’t don`t dont") == "dont dont dont dont"


def test_accents_fold_and_sharp_s_becomes_two_letters() -> None:
    view = normalise.canonical("Straße café", LEXICON)
    assert view.text == "strasse cafe"
    assert view.span(0, 7) == (0, 6)


@pytest.mark.parametrize("way", sorted(EVASIONS))
def test_a_hit_in_plain_spelling_is_found_in_the_raw_text(way: str) -> None:
    raw = EVASIONS[way]
    view = normalise.canonical(raw, LEXICON)
    at = view.text.find("want")
    start, end = view.span(at, at + 4)
    assert 0 <= start < end <= len(raw)
    assert plain(raw[start:end]).replace(".", "") == "want"


@given(bent)
def test_every_plain_sign_has_a_raw_offset_and_none_goes_back(raw: str) -> None:
    view = normalise.canonical(raw, LEXICON)
    offsets = list(view.offsets)
    assert len(offsets) == len(view.text)
    assert offsets == sorted(offsets)
    assert all(0 <= at < len(raw) for at in offsets)


@given(bent, st.integers(0, 80), st.integers(0, 80))
def test_every_span_lies_within_the_raw_text(raw: str, one: int, two: int) -> None:
    view = normalise.canonical(raw, LEXICON)
    start, end = sorted((min(one, len(view.text)), min(two, len(view.text))))
    first, last = view.span(start, end)
    assert 0 <= first <= last <= len(raw)
    assert (first < last) == (start < end)


@given(st.text(alphabet="abcdefghij ,.", max_size=60))
def test_plain_spelling_is_stable(raw: str) -> None:
    once = plain(raw)
    assert plain(once) == once


def test_earlier_texts_are_read_on_from_and_their_spans_are_empty() -> None:
    view = normalise.joined(("i want", "to"), "die now", LEXICON)
    assert view is not None
    assert view.text == "i want to die now"
    assert view.span(0, 6) == (0, 0)
    assert view.span(view.text.index("to die"), view.text.index(" now")) == (0, 3)


def test_letters_sent_one_by_one_are_read_as_a_word() -> None:
    view = normalise.joined(("k", "i", "l"), "l", LEXICON)
    assert view is not None
    assert view.text == "kill"


def test_long_earlier_texts_are_not_read_on_from() -> None:
    assert normalise.joined(("a" * 281,), "b", LEXICON) is None
    assert normalise.joined((), "b", LEXICON) is None
