"""How good and how quick ranking is, beside chance, plain TF-IDF and plain embedding cosine.

    python -m benchmarks.matching [--data DIR]

DIR holds esconv/train.jsonl (ESConv, Liu et al., ACL 2021; for evaluation only, nothing is
learned from it). Without it, people are the demo's, and likeness is a topic they confirmed that
the ranking isn't told. A table is printed, and the figures as JSON on the last line.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import NearestNeighbors

from benchmarks.worlds import World, demo, esconv
from matching import encodings, evaluation, minilm, ranking, text
from matching.encoders import Remembering
from matching.evaluation import Good, Rankings
from matching.ranking import Pool
from matching.scores import Turns
from matching.text import Encoder

DEPTH: Final = 10
# Deep enough for five people further along, a quarter of everybody, in every list.
LOOKED_AT: Final = 100
# Copied texts are told apart by words, not by our own n-grams, so that the judge is another.
COPIED_COSINE: Final = 0.9
TIMED_SEEKERS: Final = 100
LEFT_OUT: Final = (
    "logistic-regression head (learning)",
    "speed dating (learning)",
    "wordllama encoder",
    "Mutual-SNI@5",
    "exact top-10 of 100 000 and more",
    "groups and deferred acceptance",
)
# What only real situations tell: the demo's people were written to be offered to one another.
WITHOUT_DATA: Final = ("ESConv (910 real situations: give DATA)",)


def ordered(world: World, scores: NDArray[np.float64]) -> Rankings:
    """Best first by a matrix (n, n), oneself left out."""
    ids, table = world.ids(), scores.copy()
    np.fill_diagonal(table, -np.inf)
    order = np.argsort(-table, axis=1, kind="stable")[:, :-1]
    return {
        one: [ids[other] for other in row] for one, row in zip(ids, order.tolist(), strict=True)
    }


def rankings(world: World) -> tuple[dict[str, Rankings], dict[str, float], NDArray[np.float64]]:
    """Every method's order, seconds and milliseconds, and word cosines (n, n)."""
    words = TfidfVectorizer().fit_transform(world.texts())
    cosines = np.asarray((words @ words.T).toarray())
    encoder, times = _read(world)
    pool, times["prepare_s"] = _prepared(world, encoder)
    hashed, _ = _prepared(world, text.HASHED)
    vectors = np.asarray(encoder.encode(world.texts()), dtype=np.float64)
    own = pool.population.own
    ours = np.stack([own.cosines(row) for row in range(len(world.people))])
    found = {
        "random": ordered(world, np.random.default_rng(11).random(cosines.shape)),
        "TF-IDF (scikit-learn)": ordered(world, cosines),
        "MiniLM, plain cosine": ordered(world, vectors @ vectors.T),
        "ours, text only": ordered(world, ours),
        "ours, whole score": _ranked(world, replace(pool, turns=Turns(0 * pool.fair_turns))),
        "ours, fair turns": _ranked(world, pool),
        "ours, without a model": _ranked(world, hashed),
    }
    times["after_one_change_s"] = _one_change(world, pool, encoder)
    return found, times | _times(world, pool, words), cosines


def _read(world: World) -> tuple[Encoder, dict[str, float]]:
    """Let the model read every text once, as upkeep does; in use its vectors are stored."""
    model = minilm.load()
    told = list(
        dict.fromkeys(one for person in world.people for one in encodings.texts(person) if one)
    )
    began = time.perf_counter()
    known = dict(zip(told, model.encode(told), strict=True))
    each = (time.perf_counter() - began) / len(told) * 1_000
    background = dict(zip(text.BACKGROUND, model.encode(text.BACKGROUND), strict=True))
    return Remembering(model, known | background), {"encode_a_text_ms": each}


def _prepared(world: World, encoder: Encoder) -> tuple[Pool, float]:
    began = time.perf_counter()
    pool = ranking.prepare(world.people, encoder=encoder)
    return pool, time.perf_counter() - began


def _one_change(world: World, pool: Pool, encoder: Encoder) -> float:
    """Seconds until a pool is ready again when one person has rewritten what they told."""
    first, *others = world.people
    changed = first.model_copy(update={"about": f"{first.about} And one thing more."})
    began = time.perf_counter()
    ranking.prepare_after(pool, [changed, *others], encoder=encoder)
    return time.perf_counter() - began


def _ranked(world: World, pool: Pool) -> Rankings:
    return {
        person.id: [match.id for match in ranking.rank(person, pool, k=LOOKED_AT)]
        for person in world.people
    }


def _times(world: World, pool: Pool, words: Any) -> dict[str, float]:
    asked = list(range(min(TIMED_SEEKERS, len(world.people))))
    neighbours = NearestNeighbors(n_neighbors=min(DEPTH, len(world.people)), metric="cosine")
    neighbours.fit(words)
    people = pool.population.people
    return {
        "ours_rank_with_reasons_ms": _timed(lambda one: ranking.rank(people[one], pool), asked),
        "sklearn_neighbours_ms": _timed(lambda one: neighbours.kneighbors(words[one]), asked),
    }


def _timed(ask: Callable[[int], object], asked: list[int]) -> float:
    began = time.perf_counter()
    for one in asked:
        ask(one)
    return (time.perf_counter() - began) / len(asked) * 1_000


def quality(world: World, found: Rankings) -> dict[str, float]:
    """The figures of one method."""
    ids = world.ids()
    good: Good = {one: {two for two in ids if world.shares(one, two)} for one in ids}
    return {
        "P@5": evaluation.precision_at(found, good, k=5),
        "nDCG@10": evaluation.ndcg_at(found, good, k=10),
        "one good in 5": evaluation.share_with_a_good_one(found, good, k=5),
        "exposure Gini": evaluation.exposure_gini(found, ids, k=5),
    }


def shared_not_identical(
    world: World, found: Rankings, cosines: NDArray[np.float64], *, by_stage: bool
) -> dict[str, float]:
    """SNI@5 of those living it; with `by_stage`, only people further along are kept."""
    living = {
        who: [one for one in order if world.is_further(one) or not by_stage]
        for who, order in found.items()
        if world.is_living(who)
    }
    figures = evaluation.shared_not_identical(
        living,
        shared=world.shares,
        copied=lambda one, two: bool(cosines[int(one), int(two)] >= COPIED_COSINE),
        complement=lambda _who, one: world.is_further(one),
        k=5,
    )
    return asdict(figures)


def report(world: World, name: str) -> dict[str, Any]:
    """Measure everything on one world and print the tables."""
    found, times, cosines = rankings(world)
    figures: dict[str, Any] = {"data": name, "people": len(world.people), "times": times}
    figures["quality"] = {method: quality(world, order) for method, order in found.items()}
    for rule, by_stage in (("sni", False), ("sni, stage rule", True)):
        figures[rule] = {
            method: shared_not_identical(world, order, cosines, by_stage=by_stage)
            for method, order in found.items()
        }
    print(f"{name}: {len(world.people)} people")
    _table("P@5 and SNI@5", _at_a_glance(figures))
    for part in ("quality", "sni", "sni, stage rule"):
        _table(part, figures[part])
    for what, value in times.items():
        print(f"{what:28}{value:10.2f}")
    left_out = (*LEFT_OUT, *(() if name == "ESConv" else WITHOUT_DATA))
    print("left out: " + "; ".join(left_out))
    return figures | {"left_out": left_out}


def _at_a_glance(figures: dict[str, Any]) -> dict[str, dict[str, float]]:
    return {
        method: {
            "P@5": quality["P@5"],
            "SNI@5": figures["sni"][method]["sni"],
            "SNI@5 by stage": figures["sni, stage rule"][method]["sni"],
        }
        for method, quality in figures["quality"].items()
    }


def _table(title: str, rows: dict[str, dict[str, float]]) -> None:
    columns = list(next(iter(rows.values())))
    print(f"\n{title:24}" + "".join(f"{column:>15}" for column in columns))
    for method, figures in rows.items():
        print(f"{method:24}" + "".join(f"{figures[column]:15.3f}" for column in columns))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="the folder that holds esconv/")
    folder = parser.parse_args().data
    figures = report(esconv(folder), "ESConv") if folder else report(demo(), "demo")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
