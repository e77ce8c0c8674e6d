"""The figures, on examples small enough to work out by hand."""

import math

import pytest

from matching import evaluation

RANKINGS = {"a": ["b", "c", "d"], "b": ["a", "c", "d"], "c": ["a"]}
GOOD: dict[str, set[str]] = {"a": {"b", "d"}, "b": {"d"}, "c": set()}


def test_precision_counts_a_short_list_as_a_full_one() -> None:
    assert evaluation.precision_at(RANKINGS, GOOD, k=3) == pytest.approx((2 / 3 + 1 / 3 + 0) / 3)
    assert evaluation.precision_at(RANKINGS, GOOD, k=1) == pytest.approx(1 / 3)


def test_discounted_gain_leaves_out_those_for_whom_nobody_is_good() -> None:
    second, third = 1 / math.log2(3), 1 / math.log2(4)
    one, two = (1 + third) / (1 + second), third / 1
    assert evaluation.ndcg_at(RANKINGS, GOOD, k=3) == pytest.approx((one + two) / 2)
    assert evaluation.ndcg_at({"a": ["b", "d"]}, GOOD, k=10) == pytest.approx(1)


def test_the_share_with_a_good_one_counts_people() -> None:
    assert evaluation.share_with_a_good_one(RANKINGS, GOOD, k=1) == pytest.approx(1 / 3)
    assert evaluation.share_with_a_good_one(RANKINGS, GOOD, k=3) == pytest.approx(2 / 3)


def test_exposure_is_even_when_all_are_shown_alike_and_uneven_when_one_is() -> None:
    even = {"a": ["b"], "b": ["c"], "c": ["a"]}
    assert evaluation.exposure_gini(even, "abc", k=1) == pytest.approx(0)
    assert evaluation.exposure_gini({"a": ["c"], "b": ["c"]}, "abc", k=1) == pytest.approx(2 / 3)
    assert evaluation.exposure_gini({}, "abc", k=1) == 0


def test_shared_not_identical_is_a_product_pair_by_pair_with_its_factors() -> None:
    found = evaluation.shared_not_identical(
        {"a": ["b", "c"], "b": ["a", "c"]},
        shared=lambda one, two: {one, two} != {"b", "c"},
        copied=lambda one, two: {one, two} == {"a", "b"},
        complement=lambda _one, two: two == "c",
        k=2,
    )
    assert (found.shared, found.not_copied, found.complement) == (0.75, 0.5, 0.5)
    assert found.sni == 0.25


def test_figures_of_nobody_are_zero() -> None:
    assert evaluation.precision_at({}, {}, k=5) == evaluation.ndcg_at({}, {}, k=5) == 0
    never = lambda _one, _two: True  # noqa: E731 - three of the same, said once
    found = evaluation.shared_not_identical({}, shared=never, copied=never, complement=never, k=5)
    assert found.sni == 0
