"""Distress in other languages: whole phrases, found in any spelling, and never in English talk."""

import pytest

from core.safety import Context, Mode, Response, Tier, Verdict
from matching.facts import language_name
from moderation import authored, normalise, phrasebooks, rulebooks
from moderation.rules import Rule
from moderation.screening import RulesScreening

SCREENING = RulesScreening()
OTHERS = [rule for rule in SCREENING.rulebook.rules if not rule.is_english]
each_language = pytest.mark.parametrize("rule", OTHERS, ids=lambda rule: rule.language)


def judged(text: str, context: Context | None = None) -> Verdict:
    return SCREENING.screen(text, context or Context())


@each_language
def test_promise_1_distress_in_another_language_is_delivered_at_once_with_help(rule: Rule) -> None:
    for text in rule.matches:
        verdict = judged(text)
        assert verdict.response is Response.DELIVER_WITH_HELP, text
        assert verdict.tier is Tier.NOW
        assert verdict.because == (rule.line,)


@each_language
def test_in_a_group_that_reads_first_it_waits_for_nobody_but_is_seen_at_once(rule: Rule) -> None:
    verdict = judged(rule.matches[0], Context(mode=Mode.CLOSE))
    assert verdict.tier is Tier.NOW


@each_language
def test_promise_11_who_withdrew_noticing_is_not_noticed_in_any_language(rule: Rule) -> None:
    for text in rule.matches:
        assert judged(text, Context(notices_distress=False)) == Verdict()


@each_language
def test_it_is_found_in_capitals_without_accents_and_in_a_long_page(rule: Rule) -> None:
    page = "We walked along the canal and it was fine. " * 60
    for text in rule.matches:
        bare = " ".join(normalise.plain_words(text))
        for said in (text.upper().replace("ß", "ss"), f"{page}\n{text}\n{page}"):
            assert judged(said).tier is Tier.NOW, said
        assert judged(bare).tier is Tier.NOW or "," in text, bare


@each_language
def test_said_in_two_pieces_it_is_one_sentence(rule: Rule) -> None:
    text = rule.matches[0]
    (hit,) = SCREENING.hits(text, Context())
    first, _, last = text[hit.start : hit.end].rpartition(" ")
    second = last + text[hit.end :]
    verdict = judged(second, Context(recent=(text[: hit.start] + first,)))
    assert verdict.tier is Tier.NOW
    assert judged(second) == Verdict()


def test_languages_are_named_once_each_and_have_english_names() -> None:
    codes = [rule.language for rule in OTHERS]
    assert sorted(set(codes)) == sorted(codes)
    assert rulebooks.languages() == {"en", *codes}
    for rule in OTHERS:
        assert rule.because.startswith(f"says in {language_name(rule.language)} that ")
        assert rule.id == f"distress.in-{language_name(rule.language).lower()}"


def test_no_word_of_another_language_is_one_that_bent_english_may_become() -> None:
    english = rulebooks.shipped().lexicon.words
    assert "umbringen" not in english
    assert "morirme" not in english
    assert judged("m0rirme").because == ()


def test_no_english_example_is_read_as_another_language() -> None:
    ids = {rule.id for rule in OTHERS}
    texts = [one.text for one in authored.shipped()] + list(rulebooks.ordinary_talk())
    read = [
        text for text in texts if ids & {hit.rule.id for hit in SCREENING.hits(text, Context())}
    ]
    assert read == []


def test_a_gap_in_a_phrase_stays_within_a_sentence() -> None:
    phrase = phrasebooks.phrase("myślę o śmierci ~ codziennie")
    found = [
        bool(list(phrase.spans(text, [(0, len(text))])))
        for text in (
            "mysle o smierci, prawie codziennie",
            "mysle o smierci codziennie",
            "mysle o smierci. jem codziennie",
        )
    ]
    assert found == [True, True, False]
