"""The sentence encoder: its files are the ones chosen, it understands, and it is never in the way.

Loading it takes a second, so that only these tests do.
"""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from core.settings import EncoderName
from matching import encoders, evaluation, minilm, ranking, text
from matching.encoders import Remembering
from matching.minilm import MiniLM, NotUsable
from tests.matching.told_lives import LIVES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def model() -> MiniLM:
    return minilm.load()


@pytest.fixture
def chosen() -> Iterator[None]:
    encoders.choose(EncoderName.MINILM)
    yield
    encoders.choose(EncoderName.HASHED)


def test_rows_are_unit_vectors_and_nothing_is_said_by_nothing(model: MiniLM) -> None:
    made = model.encode(["Voices at night.", "", " \n", "Beans. " * 3_000])
    assert made.shape == (4, model.dims)
    assert made.dtype == np.float32
    assert np.linalg.norm(made, axis=1) == pytest.approx([1, 0, 0, 1], abs=1e-3)


def test_no_text_moves_another_and_what_is_stored_is_what_is_used(model: MiniLM) -> None:
    together = model.encode(["Voices at night.", "My mother died."])
    assert np.array_equal(together[1], model.encode(["My mother died."])[0])
    assert np.array_equal(together, together.astype(np.float16).astype(np.float32))


def test_the_end_of_a_long_story_counts_too(model: MiniLM) -> None:
    long = "We kept beans and onions on the allotment. " * 60
    ends = model.encode([long, long + "Then I began to hear voices at night. " * 10])
    voices = model.encode(["I hear voices at night."])[0]
    assert ends[1] @ voices > ends[0] @ voices + 0.1


def test_it_understands_other_words_for_the_same_and_the_fallback_does_not(model: MiniLM) -> None:
    said = ["My husband passed away in spring.", "I am a widow.", "I sell beans on Saturdays."]
    assert _lead(said, model) > 0.2
    assert _lead(said, text.HASHED) < 0.05


def _lead(said: list[str], encoder: text.Encoder) -> float:
    cosines = text.compare(said, encoder=encoder).cosines(0)
    return float(cosines[1] - cosines[2])


def test_on_authored_lives_it_finds_more_of_what_is_shared_than_the_fallback(
    model: MiniLM,
) -> None:
    found = {encoder.name: _precision(encoder) for encoder in (text.HASHED, model)}
    assert found[model.name] > found[text.HASHED.name] + 0.1, found


def _precision(encoder: text.Encoder) -> float:
    pool = ranking.prepare([life.person for life in LIVES], encoder=encoder)
    subject = {life.person.id: life.subject for life in LIVES}
    good = {
        one: {two for two in subject if two != one and subject[two] == subject[one]}
        for one in subject
    }
    ranked = {
        life.person.id: [match.id for match in ranking.rank(life.person, pool, k=3)]
        for life in LIVES
    }
    return evaluation.precision_at(ranked, good, k=3)


def test_contributions_still_sum_to_the_score(model: MiniLM) -> None:
    pool = ranking.prepare([life.person for life in LIVES], encoder=model)
    for match in ranking.rank(LIVES[0].person, pool, k=40):
        assert sum(match.contributions.values()) == pytest.approx(match.score, abs=1e-9)


def test_a_copied_story_is_worth_nothing_and_a_story_like_it_much(model: MiniLM) -> None:
    story = "I hear voices at night. They began after my brother moved away, and music helps."
    told = [story, story + "!", "At night there are voices. It started when my brother left us."]
    shares = text.compare(told, encoder=model).shares(0)
    assert shares[1] == 0
    assert shares[2] > 1


def test_files_that_are_not_the_chosen_ones_are_not_read() -> None:
    package, file, sha256 = minilm.TOKENIZER
    held = minilm.checked(package, file, sha256)
    assert hashlib.sha256(held).hexdigest() == sha256
    for wrong in ((package, file, "0" * 64), (package, "gone.json", sha256), ("gone", file, "")):
        with pytest.raises(NotUsable):
            minilm.checked(*wrong)


@pytest.mark.usefixtures("chosen")
def test_without_its_files_the_fallback_stands_in_and_why_is_known() -> None:
    altered = (*minilm.MODEL[:2], "0" * 64)
    assert encoders.load(lambda: minilm.load(altered)) is text.HASHED
    assert "not the file that was chosen" in encoders.fault()
    assert encoders.current() is text.HASHED


@pytest.mark.usefixtures("chosen")
def test_choosing_loads_nothing_and_loading_happens_once() -> None:
    assert encoders.current() is text.HASHED
    loaded = encoders.load()
    assert loaded.name == MiniLM.name
    assert encoders.load() is loaded is encoders.current()


def test_what_was_read_before_is_not_read_again() -> None:
    class Counting:
        name, dims, ordinary_cosine, copied_cosine = "counting-1", 2, 0.2, 0.9
        read: ClassVar[list[str]] = []

        def encode(self, said: list[str]) -> np.ndarray:
            self.read += said
            return np.ones((len(said), 2), dtype=np.float32)

    counting = Counting()
    remembering = Remembering(counting, {"known": np.array([1, 0], dtype=np.float16)})
    for _ in range(2):
        assert remembering.encode(["known", "new"]).tolist() == [[1, 0], [1, 1]]
    assert counting.read == ["new"]


def test_starting_the_program_loads_no_model_library() -> None:
    code = (
        "import sys; from beenthere.app import create_app; create_app();"
        "print([n for n in ('onnxruntime', 'tokenizers', 'sklearn', 'scipy') if n in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, cwd=ROOT, env={"BEEN_THERE_ENCODER": "minilm"},
    )  # fmt: skip
    assert ran.stdout.strip() == "[]"
