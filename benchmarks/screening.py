"""How fast and how right the rules stage is, beside a plain TF-IDF and logistic regression.

    python -m benchmarks.screening [--data DIR]

Both score the same texts in the same run. The regression is trained on the rulebook's own
examples, so its rightness is not measured on them. With `--data` (a folder laid out as the
project's moderation data) the share of questions to counsellors that would be touched is counted.
A table is printed, and the figures as JSON on the last line.
"""

import argparse
import csv
import json
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from core.safety import Category, Context, Response, Tier
from moderation import rulebooks
from moderation.rules import Effect
from moderation.screening import RulesScreening

# The target for a chat message of about 100 characters (moderation.md §4), in microseconds.
TARGET_US: Final = 60
ROUNDS: Final = 3
ANYWHERE: Final = Context()
COUNSEL: Final = Path("counsel_chat", "counsel_chat_train.csv")

Figures = dict[str, float]


def chat_messages() -> list[str]:
    """Return ordinary talk of 60 to 140 characters: what most messages are."""
    return [line for line in rulebooks.ordinary_talk() if 60 <= len(line) <= 140]


def spent(score: Callable[[str], object], texts: Iterable[str]) -> Figures:
    """Return p50 and p99 of the time per text in microseconds, each text at its best of three."""
    best: list[float] = []
    for text in texts:
        rounds = [_one(score, text) for _ in range(ROUNDS)]
        best.append(min(rounds))
    best.sort()
    return {
        "p50_us": best[len(best) // 2],
        "p99_us": best[min(len(best) - 1, len(best) * 99 // 100)],
    }


def _one(score: Callable[[str], object], text: str) -> float:
    begun = time.perf_counter_ns()
    score(text)
    return (time.perf_counter_ns() - begun) / 1_000


def examples(screening: RulesScreening) -> tuple[list[str], list[str]]:
    """Return the rulebook's texts and, beside each, the category it shows or "none"."""
    texts: list[str] = []
    labels: list[str] = []
    for rule in screening.rulebook.rules:
        texts += [*rule.matches, *rule.passes]
        labels += [rule.category.value] * len(rule.matches) + ["none"] * len(rule.passes)
    ordinary = rulebooks.ordinary_talk()
    return [*texts, *ordinary], [*labels, *("none" for _ in ordinary)]


def regression(texts: list[str], labels: list[str]) -> Callable[[str], object]:
    """Return the scoring of a pipeline as a tutorial would build it: word 1-2, character 3-5."""
    # Slow to import (architecture.md, traps), so only where it is needed.
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]  # it ships no types
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # it ships no types
    from sklearn.pipeline import make_pipeline, make_union  # type: ignore[import-untyped]  # it ships no types

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    signs = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    pipeline = make_pipeline(make_union(words, signs), LogisticRegression(max_iter=200))
    pipeline.fit(texts, labels)

    def score(text: str) -> object:
        result: object = pipeline.predict_proba([text])
        return result

    return score


def speed(screening: RulesScreening, other: Callable[[str], object]) -> dict[str, Figures]:
    """Time both on chat messages, on 2 000 characters and on 100 kB of ordinary talk."""

    def rules(text: str) -> object:
        return screening.screen(text, ANYWHERE)

    page = " ".join(rulebooks.ordinary_talk())
    long = (page * (1 + 100_000 // len(page)))[:100_000]
    pages = [page[at : at + 2_000] for at in range(0, len(page) - 2_000, 500)]
    chat = chat_messages()
    return {
        "rules, chat message": spent(rules, chat),
        "regression, chat message": spent(other, chat),
        "rules, 2 000 characters": spent(rules, pages),
        "regression, 2 000 characters": spent(other, pages),
        "rules, 100 kB": spent(rules, [long]),
    }


def rightness(screening: RulesScreening) -> Figures:
    """Return recall of each category and false alarms on the rulebook's own examples.

    These are what the rules were written on: a floor for a bug, not a measure of quality.
    """
    found: dict[Category, list[bool]] = {category: [] for category in Category}
    for rule in screening.rulebook.rules:
        for text in rule.matches:
            found[rule.category].append(
                rule.category in screening.screen(text, ANYWHERE).categories
            )
    ordinary = [screening.screen(text, ANYWHERE) for text in rulebooks.ordinary_talk()]
    touched = sum(verdict.response is not Response.DELIVER for verdict in ordinary)
    figures = {
        f"recall, {category.value}": sum(hits) / len(hits) for category, hits in found.items()
    }
    return figures | {"ordinary talk touched": touched / len(ordinary)}


def over_flagging(screening: RulesScreening, folder: Path) -> Figures:
    """Return shares of questions to counsellors that would page, be asked, folded or held."""
    with (folder / COUNSEL).open(encoding="utf-8", newline="") as file:
        questions = {row["questionText"] for row in csv.DictReader(file) if row["questionText"]}
    verdicts = [screening.screen(text, ANYWHERE) for text in sorted(questions)]
    count = len(verdicts)

    def share(kind: Callable[[Any], bool]) -> float:
        return sum(map(kind, verdicts)) / count

    return {
        "questions": count,
        "paged now": share(lambda verdict: verdict.tier is Tier.NOW),
        "offered help": share(lambda verdict: verdict.response is Response.DELIVER_WITH_HELP),
        "asked": share(lambda verdict: verdict.response is Response.ASK),
        "folded or held": share(
            lambda verdict: bool(verdict.folded) or verdict.response is Response.HOLD
        ),
    }


def show(title: str, figures: Mapping[str, object]) -> None:
    """Print one block of the table."""
    print(f"\n{title}")
    for name, value in figures.items():
        if isinstance(value, dict):
            cells = "  ".join(f"{key} {cell:>10,.1f}" for key, cell in value.items())
        else:
            cells = f"{value:>10.4g}" if isinstance(value, int | float) else str(value)
        print(f"  {name:<34}{cells}")


def main() -> None:
    """Measure, print the table, and end with one line of JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder with counsel_chat/ in it")
    folder: Path | None = parser.parse_args().data
    screening = RulesScreening()
    timed = speed(screening, regression(*examples(screening)))
    ratio = timed["regression, chat message"]["p50_us"] / timed["rules, chat message"]["p50_us"]
    right = rightness(screening)
    helped = sum(rule.effect is Effect.HELP for rule in screening.rulebook.rules)
    book = {"rules": len(screening.rulebook.rules), "of them distress": helped}
    show(f"Rulebook {screening.rulebook.version}", book)
    show(f"Time per text (target for a chat message: {TARGET_US} µs)", timed)
    show("Regression's time per message ÷ the rules'", {"ratio": ratio})
    show("On the rulebook's own examples", right)
    over: Figures | None = None
    if folder is not None and (folder / COUNSEL).is_file():
        over = over_flagging(screening, folder)
        show("Questions to counsellors", over)
    else:
        print(
            "\nLeft out: over-flagging on questions to counsellors (no --data with counsel_chat)."
        )
    print("Not measured here: recall on texts nobody of the project wrote; the linear heads.")
    print(json.dumps({"book": book, "time": timed, "ratio": ratio, "right": right, "over": over}))


if __name__ == "__main__":
    main()
