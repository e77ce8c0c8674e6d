"""How good and how quick ranking is, beside plain TF-IDF and scikit-learn's neighbours.

    python -m benchmarks.matching [--data DIR]

DIR holds esconv/train.jsonl (ESConv, Liu et al., ACL 2021; for evaluation only, nothing is
learned from it). Without it, people are the demo's, and likeness is a topic they confirmed that
the ranking isn't told. A table is printed, and the figures as JSON on the last line.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import NearestNeighbors

from beenthere.demo import stories
from matching import documents, evaluation, ranking
from matching.documents import Person, Where
from matching.evaluation import Good, Rankings
from matching.ranking import Pool
from matching.scores import Turns

DEPTH: Final = 10
# Copied texts are told apart by words, not by our own n-grams, so that the judge is another.
COPIED_COSINE: Final = 0.9
TIMED_SEEKERS: Final = 100
LEFT_OUT: Final = (
    "logistic-regression head (learning)",
    "speed dating (learning)",
    "MiniLM and wordllama encoders",
    "Mutual-SNI@5",
    "exact top-10 of 100 000 and more",
    "groups and deferred acceptance",
)


@dataclass(frozen=True)
class World:
    """People whose topics the ranking doesn't see, and what each really lives with."""

    people: tuple[Person, ...]
    subject: dict[str, frozenset[str]]

    def texts(self) -> list[str]:
        """Own words, in the order of people."""
        return [person.own_words for person in self.people]

    def ids(self) -> list[str]:
        """Ids, in the order of people."""
        return [person.id for person in self.people]

    def shares(self, one: str, two: str) -> bool:
        """True when both live with one thing in common."""
        return one != two and not self.subject[one].isdisjoint(self.subject[two])

    def is_living(self, who: str) -> bool:
        """True when all someone lives with is now."""
        return self._where(who) == {Where.LIVING_IT}

    def is_further(self, who: str) -> bool:
        """True when someone is further along with something."""
        return Where.FURTHER_ALONG in self._where(who)

    def _where(self, who: str) -> set[Where]:
        person = self.people[int(who)]
        return {experience.where for experience in person.experiences}


def esconv(folder: Path) -> World:
    """One person a dialogue: what they wrote of their situation, without any topic."""
    lines = (folder / "esconv" / "train.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    told = [
        {
            "id": f"{number:04}",
            "experiences": [{"words": row["situation"][:2_000], "where": _where(row)}],
        }
        for number, row in enumerate(rows)
    ]
    subject = {
        one["id"]: frozenset((row["problem_type"],)) for one, row in zip(told, rows, strict=True)
    }
    return World(tuple(map(documents.parse, told)), subject)


def _where(row: dict[str, Any]) -> str:
    return "living_it" if row["experience_type"].startswith("Current") else "further_along"


def demo() -> World:
    """The demo's people without their topics, hard rules' fields and staff."""
    people, subject = [], {}
    for told in (one.document for one in stories.people().values()):
        if not told.experiences:
            continue
        person = told.model_copy(update={"id": f"{len(people):04}"})
        lived = tuple(
            one.model_copy(update={"topic": "", "weight": documents.Weight.NICE})
            for one in person.experiences
        )
        topics = (one.topic for one in person.experiences)
        subject[person.id] = frozenset(filter(None, topics))
        people.append(person.model_copy(update={"experiences": lived, "languages": ("en",)}))
    return World(tuple(people), subject)


def ordered(world: World, scores: NDArray[np.float64]) -> Rankings:
    """Best first by a matrix (n, n), oneself left out."""
    ids, table = world.ids(), scores.copy()
    np.fill_diagonal(table, -np.inf)
    order = np.argsort(-table, axis=1, kind="stable")[:, :-1]
    return {
        one: [ids[other] for other in row] for one, row in zip(ids, order.tolist(), strict=True)
    }


def rankings(world: World) -> tuple[dict[str, Rankings], dict[str, float], NDArray[np.float64]]:
    """Every method's full order, milliseconds a seeker, and word cosines (n, n)."""
    words = TfidfVectorizer().fit_transform(world.texts())
    cosines = np.asarray((words @ words.T).toarray())
    began = time.perf_counter()
    pool = ranking.prepare(world.people)
    prepared = time.perf_counter() - began
    own = pool.population.own
    ours = np.stack([own.cosines(row) for row in range(len(world.people))])
    random = np.random.default_rng(11).random(cosines.shape)
    found = {
        "random": ordered(world, random),
        "TF-IDF (scikit-learn)": ordered(world, cosines),
        "ours, text only": ordered(world, ours),
        "ours, whole score": _ranked(world, replace(pool, turns=Turns(0 * pool.fair_turns))),
        "ours, fair turns": _ranked(world, pool),
    }
    changed = {"prepare_s": prepared, "after_one_change_s": _one_change(world, pool)}
    return found, _times(world, pool, words) | changed, cosines


def _one_change(world: World, pool: Pool) -> float:
    """Seconds until a pool is ready again when one person has rewritten what they told."""
    first, *others = world.people
    changed = first.model_copy(update={"about": f"{first.about} And one thing more."})
    began = time.perf_counter()
    ranking.prepare_after(pool, [changed, *others])
    return time.perf_counter() - began


def _ranked(world: World, pool: Pool) -> Rankings:
    size = len(world.people)
    return {
        person.id: [match.id for match in ranking.rank(person, pool, k=size)]
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
    for part in ("quality", "sni", "sni, stage rule"):
        _table(part, figures[part])
    for what, value in times.items():
        print(f"{what:28}{value:10.2f}")
    print("left out: " + "; ".join(LEFT_OUT))
    return figures | {"left_out": LEFT_OUT}


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
