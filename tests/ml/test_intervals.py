"""Conformal intervals: ranks by hand, coverage on counts whose distribution is known, and no look ahead."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.forecast.intervals import COVERAGES, conformal_width, prospective_quantiles, stabilised, tickets_of, widths


def test_the_width_is_the_ranked_error() -> None:
    errors = np.array([3.0, -1.0, 9.0, 2.0, -8.0, 4.0, 7.0, -5.0, 6.0])
    # nine errors: ceil(10 × 0.8) = the eighth smallest
    assert conformal_width(errors, 0.8) == 8
    assert np.isnan(conformal_width(np.arange(18.0), 0.95))
    assert conformal_width(np.arange(19.0), 0.95) == 18
    assert np.isnan(conformal_width(np.full(5, np.nan), 0.8))


@given(st.floats(0, 1e6))
def test_the_scale_goes_there_and_back(tickets: float) -> None:
    assert tickets_of(stabilised(np.array([tickets])))[0] == pytest.approx(tickets, rel=1e-6, abs=1e-6)


@given(st.lists(st.floats(0, 500), min_size=28, max_size=28), st.integers(0, 2**32 - 1))
def test_bounds_hold_the_forecast_lie_within_each_other_and_never_below_zero(mean: list[float], seed: int) -> None:
    spread = widths(np.random.default_rng(seed).normal(0, 1, (12, 28)), "day")
    forecast = np.array(mean)
    (lo80, hi80), (lo95, hi95) = (spread.bounds(forecast, share) for share in COVERAGES)
    assert (lo95 >= 0).all()
    assert (lo95 <= lo80).all()
    assert (lo80 <= forecast + 1e-6).all()
    assert (forecast <= hi80 + 1e-6).all()
    assert (hi80 <= hi95).all()


@pytest.mark.parametrize(("mean", "most"), [(4.0, 0.86), (30.0, 0.83), (300.0, 0.82)])
def test_intervals_cover_what_they_promise_on_poisson_counts(mean: float, most: float) -> None:
    generator = np.random.default_rng(5)
    forecast = mean * generator.uniform(0.5, 1.5, (120, 28))
    actual = generator.poisson(forecast).astype(float)
    quantiles = prospective_quantiles(actual, forecast, np.arange(120) * 28.0, "day")[:, 20:]
    inside = [
        ((actual[20:] >= low) & (actual[20:] <= high)).mean() for low, high in (quantiles[[1, 3]], quantiles[[0, 4]])
    ]
    # few tickets come in steps, and conformal intervals then hold a little more
    assert 0.78 < inside[0] < most
    assert 0.935 < inside[1] < 0.975


def test_an_origin_knows_only_errors_of_periods_that_had_ended() -> None:
    generator = np.random.default_rng(6)
    forecast = np.full((20, 28), 25.0)
    actual = generator.poisson(25, (20, 28)).astype(float)
    origins = 100 + 13 * np.arange(20.0)
    before = prospective_quantiles(actual, forecast, origins, "day")
    assert np.isnan(before[[0, 1, 3, 4], :8]).all()
    later = actual.copy()
    ends = origins[:, None] + np.arange(1, 29)
    later[ends > origins[15]] = 1_000
    after = prospective_quantiles(later, forecast, origins, "day")
    np.testing.assert_array_equal(before[:, :16], after[:, :16])
    assert (after[3, 18] > before[3, 18]).all()


def test_too_few_errors_give_no_interval() -> None:
    low, high = widths(np.ones((7, 28)), "day").bounds(np.full(28, 10.0), 0.8)
    assert np.isnan(low).all()
    assert np.isnan(high).all()
