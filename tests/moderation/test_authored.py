"""Authored examples: both sides, nobody real in them, no way of coming to harm, no two alike."""

import re
from collections import Counter, defaultdict

import pytest

from core.safety import Category
from moderation import authored
from moderation.authored import Example

EVERY = authored.shipped()
WRITTEN = sorted({one.about for one in EVERY})
# Ofcom's ranges for drama, and the helplines anybody knows.
FICTIONAL = re.compile(
    r"(?:0|\+?44)(?:7700900\d{3}|2079460\d{3}|113496\d{4}|1632960\d{3}|8081570\d{3}|3069990\d{3})"
)
HELPLINES = {"116123", "08001111", "08006895652", "08457909090"}
PHONE = re.compile(r"(?<![\d£])\+?\d(?:[ -]?\d){8,}")
DOSE = re.compile(r"\d\s?(?:mg|mcg|ml|milligrams?|tablets?|pills?)\b", re.IGNORECASE)
ADDRESS = re.compile(r"(?:[\w.]+@|https?://|www\.)([\w.-]+\w)")
NOBODYS = re.compile(r"(?:^|\.)example\.(?:com|org|net)$|(?:samaritans|mind)\.org|nhs\.uk$")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def test_no_number_or_address_in_them_is_anybodys() -> None:
    for one in EVERY:
        for number in PHONE.findall(one.text):
            plain = re.sub(r"[ -]", "", number)
            assert FICTIONAL.fullmatch(plain) or plain in HELPLINES, one.text
        for host in ADDRESS.findall(one.text):
            assert NOBODYS.search(host.lower()), one.text


def test_no_amount_of_anything_to_swallow_is_in_them() -> None:
    assert [one.text for one in EVERY if DOSE.search(one.text)] == []


def test_no_two_are_alike() -> None:
    seen: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    cut = []
    for number, one in enumerate(EVERY):
        words = _words(one.text)
        cut.append({tuple(words[at : at + 3]) for at in range(len(words) - 2)})
        for three in cut[-1]:
            seen[three].append(number)
    alike: Counter[tuple[int, int]] = Counter()
    for numbers in seen.values():
        if len(numbers) <= 40:
            alike.update((a, b) for a in numbers for b in numbers if a < b)
    for (a, b), shared in alike.items():
        few = min(len(cut[a]), len(cut[b]))
        is_same = few >= 4 and shared / few > 0.7
        assert not is_same or EVERY[a].recent or EVERY[b].recent, (EVERY[a].text, EVERY[b].text)


def test_no_beginning_is_a_template() -> None:
    begins = Counter(tuple(_words(one.text)[:3]) for one in EVERY)
    assert max(begins.values()) <= max(4, len(EVERY) // 80), begins.most_common(3)


@pytest.mark.parametrize("about", WRITTEN)
def test_each_subject_has_both_sides_in_many_kinds_and_lengths(about: Category) -> None:
    here = [one for one in EVERY if one.about is about]
    shows, not_ = ([one for one in here if one.shows_it is side] for side in (True, False))
    assert min(len(shows), len(not_)) >= 125
    for side in (shows, not_):
        kinds = Counter(one.kind for one in side)
        assert len(kinds) >= 8, kinds
        assert min(kinds.values()) >= 8, kinds
        lengths = [len(one.text) for one in side]
        assert sum(length < 60 for length in lengths) > len(side) / 10
        assert sum(length > 160 for length in lengths) > len(side) / 10
    assert not {one.kind for one in shows} & {one.kind for one in not_}


def test_a_fifth_is_kept_back_of_every_kind_and_always_the_same() -> None:
    kept_back = [one for one in EVERY if one.is_kept_back]
    assert 0.15 < len(kept_back) / len(EVERY) < 0.25
    assert {one.about for one in kept_back} == set(WRITTEN)
    one = Example("hello", Category.SPAM, "plain", frozenset())
    assert one.is_kept_back is Example("hello", Category.HATE, "x", frozenset()).is_kept_back


@pytest.mark.parametrize(
    "line",
    [
        "{", "[]", '{"text": "a"}', '{"text": "a", "about": "weather", "kind": "k", "labels": []}',
        '{"text": "a", "about": "spam", "kind": "k", "labels": ["rain"]}',
    ],
)  # fmt: skip
def test_a_line_that_is_no_example_is_told_by_its_number(line: str) -> None:
    good = '{"text": "a", "about": "spam", "kind": "k", "labels": ["spam"], "recent": ["b"]}'
    (first,) = authored.read([good])
    assert first == Example("a", Category.SPAM, "k", frozenset({Category.SPAM}), ("b",))
    with pytest.raises(ValueError, match=r"^line 2: "):
        list(authored.read([good, line]))
