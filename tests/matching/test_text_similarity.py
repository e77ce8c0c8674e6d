"""Own words as vectors: stable, centred, saturated; copied and empty texts set aside."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import ngrams, text
from matching.vectors import Dense

ROOT = Path(__file__).parents[2]
VOICES = "I hear voices at night, mostly when I lie awake"
ALSO_VOICES = "The voices come at night and keep me awake"
GARDEN = "My garden is full of beans and I sell them on Saturdays"
STORY = VOICES + ". They began after my brother moved away, and music makes them quieter."
texts = st.lists(st.text(max_size=40) | st.sampled_from((VOICES, ALSO_VOICES, GARDEN)), max_size=8)


def test_words_about_the_same_are_closer_than_words_about_something_else() -> None:
    compared = text.compare([VOICES, ALSO_VOICES, GARDEN])
    cosines = compared.cosines(0)
    assert cosines[1] > 2 * max(0.0, cosines[2])
    worth = text.worth(compared.shares(0))
    assert worth[1] > worth[2]


@pytest.mark.parametrize("empty", ["", "  \n", "😀 💚", "…!?"])
def test_a_text_without_letters_is_close_to_nothing(empty: str) -> None:
    compared = text.compare([empty, VOICES, empty])
    assert not compared.cosines(0).any()
    assert not compared.shares(0).any()
    assert compared.cosines(1)[0] == 0


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("أسمع أصواتا في الليل", "أصوات في الليل توقظني"),
        ("रात में आवाज़ें सुनाई देती हैं", "मुझे रात में आवाज़ें आती हैं"),
        ("Rwy'n clywed lleisiau yn y nos", "lleisiau yn y nos yn fy neffro"),
        ("я слышу голоса ночью", "голоса будят меня ночью"),
    ],
)
def test_other_scripts_and_languages_are_compared_too(one: str, two: str) -> None:
    assert text.compare([one, two, GARDEN]).cosines(0)[1] > 0.1


def test_a_copied_story_is_worth_nothing_and_a_copied_phrase_is_just_a_phrase() -> None:
    copied = text.compare([STORY, STORY + "!", ALSO_VOICES])
    assert copied.shares(0)[1] == 0
    assert copied.shares(0)[2] > 0
    assert text.compare(["hearing voices", "Hearing voices"]).shares(0)[1] > 1


def test_saturation_keeps_the_order_and_leaves_little_above_the_ordinary() -> None:
    shares = np.linspace(0, 50, 1_001)
    worth = text.worth(shares)
    assert (np.diff(worth) >= 0).all()
    assert worth[0] == 0
    assert worth[shares <= 1].max() == pytest.approx(text.KNEE)
    assert worth.max() <= 1


def test_as_alike_as_possible_goes_on_growing_above_the_ordinary() -> None:
    alike = text.worth_alike(np.array([0.0, 1.0, 3.0, 4.0, 9.0]))
    assert alike.tolist() == [0.0, 0.25, 0.75, 1.0, 1.0]


def test_the_ordinary_is_about_the_95th_percentile_of_a_population() -> None:
    words = ["bus", "garden", "night", "mother", "work", "voice", "river", "school", "dog"]
    random = np.random.default_rng(7)
    said = [" ".join(random.choice(words, 5)) for _ in range(300)]
    compared = text.compare(said)
    cosines = np.concatenate([np.delete(compared.cosines(row), row) for row in range(300)])
    assert 0.93 < (cosines < compared.ordinary).mean() < 0.97


@given(texts)
def test_cosines_are_finite_symmetric_and_at_most_one(said: list[str]) -> None:
    compared = text.compare(said)
    table = np.array([compared.cosines(row) for row in range(len(said))]).reshape(
        len(said), len(said)
    )
    assert np.isfinite(table).all()
    assert np.allclose(table, table.T, atol=1e-12)
    assert (np.abs(table) <= 1 + 1e-9).all()


@given(texts)
def test_the_sparse_form_agrees_with_the_dense_vectors(said: list[str]) -> None:
    rows = text.compare(said).rows
    dense = Dense(text.HASHED.encode([*said, *text.BACKGROUND]))
    assert np.allclose(rows.mean_dots(), dense.mean_dots(), atol=1e-5)
    assert np.array_equal(rows.is_said(), dense.is_said())
    for row in range(len(said)):
        assert np.allclose(rows.dots(row), dense.dots(row), atol=1e-5)


def test_a_vector_does_not_depend_on_the_texts_beside_it() -> None:
    alone, beside = text.HASHED.encode([VOICES]), text.HASHED.encode([GARDEN, VOICES])
    assert np.array_equal(alone[0], beside[1])
    assert alone.shape == (1, text.HASHED.dims)
    assert alone.dtype == np.float32
    assert np.linalg.norm(alone[0]) == pytest.approx(1)


def test_big_batches_are_the_same_as_small_ones() -> None:
    said = [f"{STORY} number {number} " * 50 for number in range(150)]
    together, parts = ngrams.count(said), [ngrams.count([one]) for one in said]
    assert np.array_equal(together.column, np.concatenate([part.column for part in parts]))
    assert np.allclose(together.weight, np.concatenate([part.weight for part in parts]))


def test_another_process_makes_the_same_vectors() -> None:
    code = f"from matching import ngrams; print(ngrams.count([{VOICES!r}]).column.tolist())"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert ran.stdout.strip() == str(ngrams.count([VOICES]).column.tolist())


def test_any_other_encoder_takes_the_place_of_the_hashed_one() -> None:
    class Lengths:
        name, dims = "lengths-1", 2
        ordinary_cosine, copied_cosine = 0.2, 0.9

        def encode(self, said: list[str]) -> np.ndarray:
            return np.array([[1, 0] if len(one) % 2 else [0, 1] for one in said], dtype=np.float32)

    cosines = text.compare(["a", "ccc", "bb"], encoder=Lengths()).cosines(0)
    assert cosines[1] == pytest.approx(1)
    assert cosines[2] < 0
