"""What a head may do with a text: bring a person and help, and nothing else."""

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.safety import Category, Context, House, Mode, Response, Tier, Verdict
from moderation import (
    authored,
    causes,
    grams,
    heads,
    models,
    normalise,
    policy,
    rulebooks,
    screening,
)
from moderation.policy import Lean
from moderation.screening import RulesScreening

SCREENING = screening.shipped()
RULES = RulesScreening()
MATCHES = [example for rule in RULES.rulebook.rules for example in rule.matches]
LEANS = st.lists(
    st.sampled_from(Category).map(lambda one: Lean(one, f"{one.value}: a guess")), max_size=4
)
CONTEXTS = st.builds(
    Context, mode=st.sampled_from(Mode), notices_distress=st.booleans(), recent=st.just(())
)
_NAMES = [one.name for one in fields(heads.Heads) if one.init]
SAID = st.lists(st.sampled_from([*MATCHES, "the kettle is on"]), min_size=1, max_size=2)


def _both(text: str, context: Context, leans: list[Lean]) -> tuple[Verdict, Verdict]:
    hits = RULES.hits(text, context)
    return policy.decide(text, hits, context), policy.decide(text, hits, context, leans)


@given(said=SAID, context=CONTEXTS, leans=LEANS)
def test_a_guess_raises_and_helps_and_does_nothing_else(
    said: list[str], context: Context, leans: list[Lean]
) -> None:
    text = "\n".join(said)
    without, guessed = _both(text, context, leans)
    assert guessed.tier.urgency >= without.tier.urgency or without.response is Response.HOLD
    assert guessed.folded == without.folded
    assert guessed.response in (without.response, Response.DELIVER_WITH_HELP)
    assert guessed.tier is not Tier.NOW or without.tier is Tier.NOW
    assert all(line.partition(":")[0] in set(Category) for line in guessed.because)


@given(said=SAID, context=CONTEXTS)
def test_distress_that_is_guessed_is_delivered_at_once_where_it_may_be_noticed(
    said: list[str], context: Context
) -> None:
    _, guessed = _both("\n".join(said), context, [Lean(Category.DISTRESS, "distress: a guess")])
    if context.notices_distress and context.mode is not Mode.SELF_HELD:
        assert guessed.response is Response.DELIVER_WITH_HELP
        assert guessed.tier.urgency >= Tier.SOON.urgency
        assert not [line for line in guessed.because if "guess" in line][1:]


@given(said=SAID, leans=LEANS)
def test_in_a_self_held_group_nobody_guesses(said: list[str], leans: list[Lean]) -> None:
    context = Context(mode=Mode.SELF_HELD)
    without, guessed = _both("\n".join(said), context, leans)
    assert guessed == without


def test_nothing_looks_for_distress_where_it_may_not_be_noticed() -> None:
    texts = [one.text for one in authored.shipped() if one.about is Category.DISTRESS]
    asked = [SCREENING.sure(text, Context(notices_distress=False)) for text in texts[:50]]
    assert all(Category.DISTRESS not in found for found in asked)
    assert all(set(found) == set(Category) - {Category.DISTRESS} for found in asked)


def _without(text: str, words: set[str]) -> str:
    return " ".join(word for word in _words(text) if word not in words)


def _words(text: str) -> list[str]:
    return grams.words(normalise.canonical(text, RULES.rulebook.lexicon).text)


def _guessed() -> list[tuple[str, Verdict]]:
    found = [(one.text, SCREENING.screen(one.text, Context())) for one in authored.shipped()[::2]]
    return [(text, verdict) for text, verdict in found
            if any("a guess by its words" in line for line in verdict.because)]  # fmt: skip


def test_without_the_words_that_are_named_a_head_is_not_sure() -> None:
    guessed = _guessed()
    assert len(guessed) > 50
    kept = []
    for text, verdict in guessed:
        for line in verdict.because:
            if "a guess" not in line:
                continue
            words = {piece.strip("“”") for piece in line.partition("most of all ")[2].split(", ")}
            about = Category(line.partition(":")[0])
            again = SCREENING.screen(_without(text, words), Context())
            if any(one.startswith(f"{about.value}: a guess") for one in again.because):
                kept.append((text, line))
    # A long text may give more reasons than anybody reads.
    assert len(kept) <= len(guessed) // 50, kept


def test_a_reason_names_a_few_words_that_stand_in_the_text() -> None:
    assert SCREENING.heads is not None
    for text, verdict in _guessed()[:40]:
        words = _words(text)
        for line in verdict.because:
            if "a guess" in line:
                named = [piece.strip("“”") for piece in
                         line.partition("most of all ")[2].split(", ")]  # fmt: skip
                assert 0 < len(named) <= causes.MOST_WORDS
                assert set(named) <= set(words)


def test_a_text_that_takes_too_long_goes_on_by_rules_alone_and_somebody_reads_it() -> None:
    slow = count(step=1.0)
    late = RulesScreening(heads=SCREENING.heads, clock=lambda: next(slow))
    verdict = late.screen("the kettle is on", Context())
    assert verdict.is_unscreened
    assert (verdict.response, verdict.tier) == (Response.DELIVER, Tier.ROUTINE)
    now = late.screen("I'm going to kill myself tonight", Context())
    assert (now.response, now.tier) == (Response.DELIVER_WITH_HELP, Tier.NOW)


def test_without_heads_rules_decide_as_they_do_with_them() -> None:
    for text in MATCHES[::7]:
        alone, with_heads = RULES.screen(text, Context()), SCREENING.screen(text, Context())
        assert with_heads.folded == alone.folded
        assert with_heads.tier.urgency >= alone.tier.urgency


def test_the_model_that_is_shipped_is_its_cards_and_knows_every_category() -> None:
    found = models.shipped()
    assert found is not None
    assert found.categories == tuple(Category)
    for about in Category:
        looks = [found.looks_at(about, budget) or 0 for budget in heads.BUDGETS]
        assert looks == sorted(looks, reverse=True)
    assert found.looks_at(Category.SPAM, None) is None


def test_heads_without_one_are_the_same_about_the_others() -> None:
    assert SCREENING.heads is not None
    fewer = SCREENING.heads.without(Category.SPAM)
    words = grams.words("ring me on saturday about the course and the kettle " * 3)
    whole = SCREENING.heads.scores(words)
    assert fewer.scores(words) == pytest.approx(
        {one: share for one, share in whole.items() if one is not Category.SPAM}
    )
    assert replace(fewer).categories == fewer.categories


# Ordinary lines in Welsh, Polish, Portuguese, German, French, Spanish, Italian, Turkish and Urdu.
OTHERS = """Bore da bawb, sut mae pawb heddiw?
Dw i wedi bod yn teimlo'n isel iawn ers wythnosau
Mae'n ddrwg gen i glywed hynny, diolch am ddweud
Roedd y meddyg yn garedig ond does dim lle tan fis Mai
Cześć wszystkim, jestem tu nowy i trochę się boję
Od tygodnia nie mogę spać, myślę o pracy
Olá a todos, sou novo aqui e estou um pouco nervoso
Não consigo dormir há semanas, penso sempre no trabalho
Guten Abend zusammen, ich bin neu hier
Ich kann seit Wochen nicht schlafen und denke immer an die Arbeit
Bonsoir à tous, je suis nouvelle ici
Merci beaucoup de m'avoir écouté
No puedo dormir desde hace semanas
Ciao a tutti, non riesco a dormire
Haftalardır uyuyamıyorum, çok yorgunum
Salaam, main yahan naya hoon aur thora ghabraya hua hoon""".splitlines()


def test_promise_32_ordinary_talk_in_another_language_brings_nobody() -> None:
    looks = tuple((about, 20) for about in Category)
    context = Context(house=House(looks=looks))
    assert {text: SCREENING.screen(text, context) for text in OTHERS} == dict.fromkeys(
        OTHERS, Verdict()
    )


def test_a_guess_needs_words_that_are_known_and_english_has_them() -> None:
    assert SCREENING.heads is not None
    told = [_words(text) for text in rulebooks.ordinary_talk()]
    assert sum(not SCREENING.heads.knows(words) for words in told) <= len(told) // 100
    assert SCREENING.heads.knows(grams.words("suiciadal agen"))
    assert not SCREENING.heads.knows(grams.words("dw i wedi bod yn teimlon isel iawn"))


def test_a_calm_line_after_a_guess_brings_nobody_again() -> None:
    guessed = [text for text, _ in _guessed() if len(text) < 120]
    assert len(guessed) > 20
    for text in guessed:
        verdict = SCREENING.screen("Sorry, the kettle's on.", Context(recent=(text,)))
        assert not [line for line in verdict.because if "a guess" in line]


def test_a_sentence_in_pieces_is_guessed_at_the_piece_that_makes_it_one() -> None:
    texts = [text for text, _ in _guessed() if 5 < len(text.split()) < 14]
    made = 0
    for text in texts:
        words = text.split()
        first, rest = " ".join(words[:4]), " ".join(words[4:])
        if SCREENING.screen(first, Context()) == SCREENING.screen(rest, Context()) == Verdict():
            made += SCREENING.screen(rest, Context(recent=(first,))) != Verdict()
    assert made > 0


class _Weighed(heads.Heads):
    """Heads that keep count of the words they weigh one word away from each other."""

    weighed: list[int] = []  # noqa: RUF012 - one list for one test

    def margins_of(self, words: Sequence[str], parts: Sequence[tuple[int, int]]) -> heads.Floats:
        self.weighed.append(len(words))
        return super().margins_of(words, parts)


def test_naming_the_words_of_a_guess_in_a_long_text_weighs_a_window_not_the_whole() -> None:
    """Weighing the whole without each of its words took eight seconds for 2 000 characters."""
    found = models.shipped()
    assert found is not None
    counted = _Weighed(*(getattr(found, name) for name in _NAMES))
    sad = [text for rule in RULES.rulebook.rules if rule.category is Category.DISTRESS
           and rule.is_english for text in rule.matches]  # fmt: skip
    words = grams.words(normalise.canonical(" ".join(sad[:60]), RULES.rulebook.lexicon).text)
    parts = counted.margins_of(words, grams.windows(len(words)))
    assert int(parts[:, 0].argmax()) == 0, "surest as a whole, or nothing is tried here"
    share = counted.scores(words)[Category.DISTRESS]
    assert causes.of(counted, words, Category.DISTRESS, above=share / 2)
    assert max(counted.weighed) == len(words)
