"""Metrics against numbers worked out by hand, and the noise floor against what is known of Poisson counts."""

import numpy as np
import pytest

from ml.forecast import metrics

ACTUAL = np.array([[10.0, 20.0], [30.0, np.nan]])
FORECAST = np.array([[12.0, 19.0], [27.0, 5.0]])
NAIVE = np.array([[14.0, 16.0], [26.0, 99.0]])


def test_relative_mae_is_a_ratio_over_the_known_periods() -> None:
    # |2| |1| |3| against |4| |4| |4|
    assert metrics.relative_mae(ACTUAL, FORECAST, NAIVE) == pytest.approx(6 / 12)
    assert np.isnan(metrics.relative_mae(ACTUAL, FORECAST, ACTUAL))


def test_relative_sum_error_lets_errors_cancel_within_an_origin() -> None:
    # sums off by |10 + 20 − 31| = 1 and 3, against 0 and 4
    assert metrics.relative_sum_error(ACTUAL, FORECAST, NAIVE) == pytest.approx(4 / 4)


def test_mase_divides_each_origin_by_its_own_scale() -> None:
    assert metrics.naive_scale(np.array([1.0, 2.0, 4.0, 8.0]), 1) == pytest.approx((1 + 2 + 4) / 3)
    assert metrics.naive_scale(np.array([1.0, np.nan, 4.0, 8.0]), 2) == pytest.approx(3.0)
    assert metrics.mase(ACTUAL, FORECAST, np.array([2.0, 3.0])) == pytest.approx((2 / 2 + 1 / 2 + 3 / 3) / 3)


def test_pinball_weighs_what_lies_above_by_tau_and_what_lies_below_by_the_rest() -> None:
    quantiles = np.array([2.0, 4.0, 8.0, 12.0, 20.0]).reshape(5, 1, 1)
    by_hand = (0.025 * 8 + 0.1 * 6 + 0.5 * 2 + 0.1 * 2 + 0.025 * 10) / 5
    assert metrics.pinball(np.array([[10.0]]), quantiles) == pytest.approx(by_hand)


def test_coverage_counts_bounds_as_inside_and_leaves_out_what_is_unknown() -> None:
    actual = np.array([[1.0, 2.0, 3.0, 4.0, np.nan]])
    low, high = np.array([[1.0, 3.0, 0.0, np.nan, 0.0]]), np.array([[2.0, 4.0, 3.0, 9.0, 9.0]])
    assert metrics.coverage(actual, low, high) == (pytest.approx(2 / 3), 3)
    share, judged = metrics.coverage(np.full((1, 2), np.nan), np.zeros((1, 2)), np.ones((1, 2)))
    assert (np.isnan(share), judged) == (True, 0)


@pytest.mark.parametrize("mean", [1.0, 3.0, 20.0, 200.0])
def test_even_the_truth_reaches_only_seven_tenths_of_the_naive_error(mean: float) -> None:
    origins = np.arange(28, 300, 13.0)
    floor = metrics.noise_floor(np.full(350, mean), origins, np.full(len(origins), 7), 28, seed=1)
    assert floor == pytest.approx(0.705, abs=0.02)


def test_on_a_sparse_series_a_constant_zero_beats_the_naive_forecast() -> None:
    origins = np.arange(28, 300, 13.0)
    floor = metrics.noise_floor(np.full(350, 0.14), origins, np.full(len(origins), 7), 28, seed=1)
    # E|X| / E|X − X'| is little more than a half
    assert 0.5 < floor < 0.6


def test_a_pattern_the_naive_forecast_misses_lowers_the_floor() -> None:
    rate = np.where(np.arange(350) % 14 < 7, 10.0, 100.0)
    origins = np.arange(28, 300, 13.0)
    assert metrics.noise_floor(rate, origins, np.full(len(origins), 7), 28, seed=1) < 0.2


def test_skill_is_nothing_for_the_naive_forecast_and_all_at_the_floor() -> None:
    assert metrics.skill_captured(1.0, 0.7) == 0
    assert metrics.skill_captured(0.7, 0.7) == pytest.approx(1)
    assert metrics.skill_captured(0.85, 0.7) == pytest.approx(0.5)
    assert np.isnan(metrics.skill_captured(0.9, 1.0))


def test_standard_error_of_a_mean_with_and_without_overlap() -> None:
    values = np.array([1.0, 2.0, 4.0, 5.0])
    # deviations −2 −1 1 2: squares sum to 10, neighbours' products to 2 − 1 + 2 = 3
    assert metrics.standard_error(values, 0) == pytest.approx(np.sqrt(10 / 12))
    assert metrics.standard_error(values, 1) == pytest.approx(np.sqrt((10 + 2 * 0.5 * 3) / 12))
    assert np.isnan(metrics.standard_error(np.array([3.0]), 0))
