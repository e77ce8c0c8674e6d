"""How fast and how right screening is, beside a plain TF-IDF and logistic regression.

    python -m benchmarks.screening [--data DIR]

All score the same texts in the same run; ours is what is shipped, rules alone and with heads. The
regression learns from the rulebook's own examples and, with `--data` (a folder laid out as the
project's moderation data), from every part of it but the one it is asked about, and so do heads
then, so that these figures are those on texts they never saw. A table is printed, what was left
out is said, and the figures stand as JSON on the last line.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks import screening_figures, screening_heads
from benchmarks.screening_figures import Figures
from core.safety import Category, Context, Response, Tier, Verdict
from moderation import authored, labelled
from moderation.heads import Heads
from moderation.labelled import Labelled
from moderation.rules import Effect
from moderation.screening import RulesScreening, shipped

# The target for a chat message of about 100 characters (moderation.md §4), in milliseconds.
TARGET_MS: Final = 0.06
ROUNDS: Final = 3
ANYWHERE: Final = Context()
# Of a large part a sample is asked about and learned from: the figures hardly move.
MOST_OF_A_PART: Final = 3_000
BENT: Final = 300
# So many texts of each length are timed, each with its best of `ROUNDS`.
TIMED: Final = 300


def chat_messages() -> list[str]:
    """Return ordinary talk of 60 to 140 characters: what most messages are."""
    return [line for line in labelled.calm() if 60 <= len(line) <= 140]


def spent(score: Callable[[str], object], texts: Iterable[str]) -> Figures:
    """Return p50 and p99 of the time per text in milliseconds, each text at its best of three."""
    best: list[float] = []
    for text in texts:
        rounds = [_one(score, text) for _ in range(ROUNDS)]
        best.append(min(rounds))
    best.sort()
    return {
        "p50_ms": best[len(best) // 2],
        "p99_ms": best[min(len(best) - 1, len(best) * 99 // 100)],
    }


def _one(score: Callable[[str], object], text: str) -> float:
    begun = time.perf_counter_ns()
    score(text)
    return (time.perf_counter_ns() - begun) / 1_000_000


def regression(texts: Sequence[str], shown: Sequence[bool]) -> Any:
    """Return a pipeline as a tutorial would build it, fitted: word 1-2, character 3-5."""
    # Slow to import (architecture.md, traps), so only where it is needed.
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]  # it ships no types
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # it ships no types
    from sklearn.pipeline import make_pipeline, make_union  # type: ignore[import-untyped]  # it ships no types

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    signs = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2)
    pipeline = make_pipeline(
        make_union(words, signs), LogisticRegression(max_iter=200, class_weight="balanced")
    )
    return pipeline.fit(texts, shown)


def speed(
    screening: RulesScreening, whole: RulesScreening, own: Sequence[Labelled]
) -> dict[str, Figures]:
    """Time all three on chat messages, on 2 000 characters and on 100 kB of ordinary talk."""
    fitted = regression([one.text for one in own], [one.shows for one in own])

    def rules(text: str) -> object:
        return screening.screen(text, ANYWHERE)

    def everything(text: str) -> object:
        return whole.screen(text, ANYWHERE)

    def other(text: str) -> object:
        result: object = fitted.predict_proba([text])
        return result

    page = " ".join(labelled.calm())
    long = (page * (1 + 100_000 // len(page)))[:100_000]
    pages = [page[at : at + 2_000] for at in range(0, len(page) - 2_000, 500)][:TIMED]
    chat = chat_messages()[:TIMED]
    return {
        "rules, chat message": spent(rules, chat),
        "rules and heads, chat message": spent(everything, chat),
        "regression, chat message": spent(other, chat),
        "rules, 2 000 characters": spent(rules, pages),
        "rules and heads, 2 000 characters": spent(everything, pages),
        "regression, 2 000 characters": spent(other, pages),
        "rules, 100 kB": spent(rules, [long]),
        "rules and heads, 100 kB": spent(everything, [long]),
    }


def found(screening: RulesScreening, one: Labelled) -> bool:
    """Tell whether the rules see in a text what it is asked about."""
    return one.about in screening.found(one.text, ANYWHERE)


def rightness(screening: RulesScreening, own: Sequence[Labelled]) -> Figures:
    """Return recall of each category on the rulebook's own examples: a floor for a bug."""
    hits: dict[Category, list[bool]] = {category: [] for category in Category}
    for one in own:
        if one.shows:
            hits[one.about].append(found(screening, one))
    return {f"recall, {category.value}": sum(all_) / len(all_) for category, all_ in hits.items()}


def bent(screening: RulesScreening) -> Figures:
    """Return the rules' recall under each evasion, relative to clean."""
    # Contact details have spellings of their own; other languages aren't put straight.
    plain = [
        Labelled(text, rule.category, shows=True, source=labelled.OWN)
        for rule in screening.rulebook.rules
        if rule.recogniser is None and rule.is_english
        for text in rule.matches
    ]
    some = _sample(plain, BENT)
    return screening_figures.under_evasions(
        [one.text for one in some],
        lambda text, place: some[place].about in screening.found(text, ANYWHERE),
    )


def bent_heads(heads: Heads) -> Figures:
    """Return the heads' recall of kept-back examples under each evasion, relative to clean."""
    held = [one for one in authored.shipped() if one.is_kept_back and one.shows_it][: 2 * BENT]
    asked = [one for one in held if heads.looks_at(one.about, screening_heads.OFTEN) is not None]

    def is_found(text: str, place: int) -> bool:
        about = asked[place].about
        share = screening_heads.shares(heads, text)[about]
        return share > (heads.looks_at(about, screening_heads.OFTEN) or 1)

    return screening_figures.under_evasions([one.whole for one in asked], is_found)


def touched(screening: RulesScreening, texts: Sequence[str]) -> Figures:
    """Return the shares of texts that would page, be helped, asked, folded or held."""
    verdicts = [screening.screen(text, ANYWHERE) for text in texts]

    def share(kind: Callable[[Verdict], bool]) -> float:
        return sum(map(kind, verdicts)) / len(verdicts)

    def tells(verdict: Verdict, about: Category) -> bool:
        return about in verdict.categories

    return {
        "texts": float(len(verdicts)),
        "looked at": share(lambda one: one.tier is not Tier.NONE),
        "as abuse or hate": share(
            lambda one: tells(one, Category.HATE) or tells(one, Category.HARASSMENT)
        ),
        "paged now": share(lambda one: one.tier is Tier.NOW),
        "paged now or soon": share(lambda one: one.tier in (Tier.NOW, Tier.SOON)),
        "offered help": share(lambda one: one.response is Response.DELIVER_WITH_HELP),
        "asked": share(lambda one: one.response is Response.ASK),
        "folded or held": share(lambda one: bool(one.folded) or one.response is Response.HOLD),
    }


def unseen(
    screening: RulesScreening,
    own: Sequence[Labelled],
    public: Sequence[Labelled],
    *,
    with_heads: bool,
) -> dict[str, Figures]:
    """Return, for each category and source, figures of the rules, and of what learned without it.

    That is a regression, and our heads.
    """
    sets = screening_figures.by_source(public)
    figures: dict[str, Figures] = {}
    for (about, source), texts in sets.items():
        if len({one.shows for one in texts}) < 2:
            continue
        asked = _sample(texts, MOST_OF_A_PART)
        shown = [one.shows for one in asked]
        ruled = [float(found(screening, one)) for one in asked]
        learned = [
            one
            for (other_about, other), others in sets.items()
            if other_about == about and other != source
            for one in _sample(others, MOST_OF_A_PART)
        ]
        fitted = _fitted([*own, *learned], about)
        scores = fitted.predict_proba([one.text for one in asked])[:, 1]
        figures[f"{about}, {source}: rules"] = screening_figures.flagged(ruled, shown)
        figures[f"{about}, {source}: regression"] = screening_figures.of(shown, scores)
        if with_heads:
            meanings = screening.heads.meanings if screening.heads else None
            ours = screening_heads.without(public, asked, source=source, meanings=meanings)
            both = [(1 + one) / 2 if rule else one for one, rule in zip(ours, ruled, strict=True)]
            figures[f"{about}, {source}: heads"] = screening_figures.of(shown, ours)
            figures[f"{about}, {source}: rules and heads"] = screening_figures.of(shown, both)
    return figures


def _fitted(texts: Sequence[Labelled], about: str) -> Any:
    """Fit on all texts; whatever shows something else doesn't show this."""
    shown = [one.shows and one.about.value == about for one in texts]
    return regression([one.text for one in texts], shown)


def _sample(texts: Sequence[Labelled], most: int) -> list[Labelled]:
    chance = Random(screening_figures.SEED)
    return list(texts) if len(texts) <= most else chance.sample(list(texts), most)


def show(title: str, figures: Mapping[str, object]) -> None:
    """Print one block of the table."""
    print(f"\n{title}")
    for name, value in figures.items():
        if isinstance(value, dict):
            cells = "  ".join(f"{key} {cell:.4g}" for key, cell in value.items())
        else:
            cells = f"{value:>10.4g}" if isinstance(value, int | float) else str(value)
        print(f"  {name:<44}{cells}")


def with_data(
    screening: RulesScreening, own: Sequence[Labelled], folder: Path, *, with_heads: bool
) -> dict[str, Any]:
    """Measure and show what needs public data."""
    measured: dict[str, Any] = {}
    if questions := labelled.questions(folder):
        measured["questions"] = touched(screening, questions)
        show("Questions to counsellors", measured["questions"])
    if talk := labelled.support_talk(folder.parent):
        measured["support talk"] = touched(screening, talk[:MOST_OF_A_PART])
        show("What people and supporters said to each other", measured["support talk"])
    public = labelled.read(folder)
    if public and with_heads:
        measured["same places"] = screening_heads.same_places(
            public,
            meanings=screening.heads.meanings if screening.heads else None,
            found=partial(found, screening),
        )
        show(
            "Rules and heads on a fifth of each part, the rest learned from",
            measured["same places"],
        )
    if public:
        measured["unseen"] = unseen(screening, own, public, with_heads=with_heads)
        show("On texts that neither was made from", measured["unseen"])
    return measured


def main() -> None:
    """Measure, print the table, and end with one line of JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder of public moderation data")
    parser.add_argument("--as-shipped", action="store_true", help="learn no heads: in seconds")
    told = parser.parse_args()
    folder: Path | None = told.data
    screening, alone = shipped(), RulesScreening()
    rules = screening.rulebook.rules
    own = labelled.own(screening.rulebook)
    book = {"rules": len(rules), "distress": sum(rule.effect is Effect.HELP for rule in rules)}
    show(f"Rulebook {screening.rulebook.version}", book)
    timed = speed(alone, screening, own)
    show(f"Time per text (target for a chat message: {TARGET_MS} ms)", timed)
    ratio = timed["regression, chat message"]["p50_ms"] / timed["rules, chat message"]["p50_ms"]
    show("Regression's time per message ÷ the rules'", {"ratio": ratio})
    figures: dict[str, Any] = {"book": book, "time": timed, "ratio": ratio}
    figures["own"] = rightness(alone, own)
    show("Rules on the rulebook's own examples", figures["own"])
    figures["evasions"] = bent(alone)
    show("Rules' recall under evasion ÷ clean", figures["evasions"])
    if screening.heads is not None:
        figures["evasions, heads"] = bent_heads(screening.heads)
        show("Heads' recall under evasion ÷ clean", figures["evasions, heads"])
        figures["kept back"] = screening_heads.kept_back(screening.heads, authored.shipped())
        show("Heads on authored examples that nothing learned from", figures["kept back"])
    for name, judge in (("rules", alone), ("rules and heads", screening)):
        figures[f"fresh voice, {name}"] = screening_heads.fresh_voice(judge)
        show(f"Distress in a fresh voice: {name}", figures[f"fresh voice, {name}"])
    figures["calm"] = touched(screening, labelled.calm())
    show("Ordinary talk of peers", figures["calm"])
    if folder:
        figures |= with_data(screening, own, folder, with_heads=not told.as_shipped)
    missing = [
        one for one in ("kept back", "questions", "support talk", "unseen") if one not in figures
    ]
    if missing:
        print(f"\nLeft out, not asked for or without data: {', '.join(missing)}.")
    print("Not measured here: what people of an organisation decide about what they see.")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
