"""The rule that chooses, and queues that add up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ml.forecast.choose import choose
from ml.forecast.reconcile import in_hundredths, scaled_to

MEDIAN = np.array([10.0, 12.0, 9.0, 11.0, 10.0, 12.0, 9.0, 11.0])


def test_a_model_that_wins_by_less_than_one_standard_error_does_not_replace_the_median() -> None:
    # gains of 1 and −0.8 in turn: their mean is 0.1, their standard error 0.34
    better = MEDIAN - np.tile([1.0, -0.8], 4)
    assert choose({"median": (MEDIAN,), "one": (better,)}, 0, 10).model == "median"


def test_a_model_that_wins_by_more_does_and_the_best_of_several_is_taken() -> None:
    chosen = choose({"median": (MEDIAN,), "one": (MEDIAN - 1,), "two": (MEDIAN - 2,), "three": (MEDIAN + 1,)}, 0, 10)
    assert chosen.model == "two"
    assert "better than the median by 19.0%" in chosen.reason


def test_overlapping_horizons_make_the_same_gain_less_sure() -> None:
    gains = np.array([0.7, 0.7, 0.7, 0.7, -0.3, -0.3, -0.3, -0.3])
    losses = {"median": (MEDIAN,), "one": (MEDIAN - gains,)}
    # 0.2 ± 0.19 as if the origins were independent, ± 0.29 with runs
    assert choose(losses, 0, 10).model == "one"
    assert choose(losses, 3, 10).model == "median"


@pytest.mark.parametrize(("origins", "horizons"), [(7, 10.0), (8, 3.9)])
def test_too_little_evidence_leaves_the_median(origins: int, horizons: float) -> None:
    losses = {"median": (MEDIAN[:origins],), "one": (MEDIAN[:origins] - 5,)}
    assert choose(losses, 0, horizons).model == "median"


def test_a_sparse_series_wants_a_win_on_sums_and_on_quantiles() -> None:
    both, one = (MEDIAN - 1, MEDIAN - 1), (MEDIAN - 3, MEDIAN + 1)
    assert choose({"median": (MEDIAN, MEDIAN), "both": both, "one": one}, 0, 10).model == "both"


def test_a_model_that_once_failed_is_out() -> None:
    failed = np.where(np.arange(8) == 3, np.nan, MEDIAN - 5)
    assert choose({"median": (MEDIAN,), "one": (failed,)}, 0, 10).model == "median"


def test_queues_are_scaled_in_proportion() -> None:
    found = scaled_to(np.array([12.0, 9.0]), np.array([[4.0, 0.0], [2.0, 0.0], [2.0, 0.0]]))
    np.testing.assert_allclose(found, [[6, 3], [3, 3], [3, 3]])


def test_what_rounding_leaves_goes_to_who_lost_most() -> None:
    total, queues = in_hundredths(np.array([1.0]), np.array([[1.0], [1.0], [1.0]]))
    assert total.tolist() == [100]
    assert queues[:, 0].tolist() == [34, 33, 33]


@given(
    arrays(np.float64, (5, 28), elements=st.floats(0, 400)),
    arrays(np.float64, 28, elements=st.floats(0, 2000)),
)
def test_queues_add_up_exactly_and_stay_counts(queues: np.ndarray, total: np.ndarray) -> None:
    wanted, whole = in_hundredths(total, queues)
    np.testing.assert_array_equal(whole.sum(axis=0), wanted)
    assert (whole >= 0).all()
    np.testing.assert_array_equal(wanted, np.rint(total * 100))
    assert (np.abs(whole - scaled_to(wanted.astype(float), queues)) <= 1).all()
