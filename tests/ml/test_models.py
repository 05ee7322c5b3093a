"""The candidates: by hand where that can be done, and none of them sees what comes after its origin."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from ml.forecast import models
from ml.forecast.backtest import choose_origins
from ml.forecast.calendars import Vector, public_holidays
from ml.forecast.features import History, read_history
from ml.forecast.regression import fit_counts, overdispersion, smooth_rate
from ml.forecast.situation import Situation, situation
from tests.ml.desks import covered, office, poisson_desk

FIRST = date(2025, 1, 6)


def known(counts: list[float], *, horizon: int, season: int, grain: str = "day", factor: float = 1.0) -> Situation:
    past = np.array(counts)
    return Situation(
        grain,
        past,
        season,
        np.nan_to_num(past),
        np.full(horizon, factor),
        np.full(horizon, 7.0),
        (),
        np.zeros((0, 0)),  # type: ignore[arg-type]
    )


def test_seasonal_naive_repeats_the_last_season() -> None:
    now = known([0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7], horizon=10, season=7)
    assert models.seasonal_naive(now).tolist() == [1, 2, 3, 4, 5, 6, 7, 1, 2, 3]
    # a day that is unknown says what its weekday brought before
    gap = known([10, 20, 30, 40, 50, 60, 70, 1, np.nan, 3, 4, 5, 6, 7], horizon=3, season=7)
    assert models.seasonal_naive(gap).tolist() == [1, 20, 3]


def test_weeks_repeat_the_week_a_year_ago_or_the_last_one_while_there_is_none() -> None:
    weeks = [float(n) for n in range(60)]
    assert models.seasonal_naive(known(weeks, horizon=3, season=52, grain="week")).tolist() == [8, 9, 10]
    assert models.seasonal_naive(known(weeks[:30], horizon=3, season=1, grain="week")).tolist() == [29, 29, 29]


def test_weekday_mean_averages_eight_weeks_and_puts_the_calendar_back() -> None:
    weeks = np.concatenate([np.full((1, 7), 99.0), np.arange(56.0).reshape(8, 7)])
    found = models.weekday_mean(known(weeks.ravel().tolist(), horizon=8, season=7, factor=0.5))
    # Mondays 0, 7, … 49 average 24.5
    np.testing.assert_allclose(found, [12.25, 12.75, 13.25, 13.75, 14.25, 14.75, 15.25, 12.25])
    found = models.weekday_mean(known([99.0, *range(8)], horizon=2, season=1, grain="week", factor=2.0))
    np.testing.assert_allclose(found, [7, 7])


def test_tsb_expects_a_rare_ticket_at_its_rate() -> None:
    found = models.tsb(known([0.0, 0, 0, 0, 2] * 60, horizon=28, season=7))
    assert found[0] == pytest.approx(0.4, rel=0.35)
    assert np.ptp(found) == 0


def test_the_median_is_of_those_that_did_not_fail_and_of_none_the_naive_forecast() -> None:
    def says(value: float) -> models.Candidate:
        return lambda now: np.full(now.horizon, value)

    now = known([float(n % 7) for n in range(70)], horizon=28, season=7)
    few = dict(zip(models.FEW, map(says, (1.0, 3.0, np.nan, 9.0)), strict=True))
    assert models.forecast_all(now, few)["median"].tolist() == [3] * 28
    none = {models.NAIVE: models.seasonal_naive, **dict.fromkeys(models.FEW, says(np.nan))}
    np.testing.assert_array_equal(models.forecast_all(now, none)["median"], models.seasonal_naive(now))


def test_a_failing_candidate_is_unknown_and_no_exception() -> None:
    def fails(now: Situation) -> Vector:
        raise np.linalg.LinAlgError

    now = known([float(n % 7) for n in range(70)], horizon=28, season=7)
    few = dict.fromkeys(models.FEW, models.seasonal_naive)
    found = models.forecast_all(now, {**few, "prophet": fails})
    assert np.isnan(found["prophet"]).all()
    np.testing.assert_array_equal(found["median"], models.seasonal_naive(now))


@pytest.fixture(scope="module")
def history() -> History:
    free = public_holidays(("DE", "HH"), 2025, 2026)
    rate = {"a": lambda day: 6.0 if day in free else office(60)(day), "b": office(3)}
    found = read_history(poisson_desk(FIRST, 300, rate), covered(FIRST, 300), None)
    assert isinstance(found, History)
    return found


def test_regression_finds_weekdays_and_holidays_and_ignores_an_outage(history: History) -> None:
    counts = history.series[1].counts.copy()
    counts[200] = 900
    fit = fit_counts(history.first, counts, history.calendar(history.days), 84)
    labour_day, monday, christmas = (
        (day - FIRST).days for day in (date(2025, 5, 1), date(2025, 11, 17), date(2025, 12, 25))
    )
    assert fit.expected[monday] == pytest.approx(60, rel=0.1)
    assert fit.expected[monday + 5] == pytest.approx(12, rel=0.2)
    assert fit.expected[labour_day] == pytest.approx(6, abs=3)
    assert fit.expected[christmas] == pytest.approx(6, abs=3)
    assert fit.cleaned[200] < 120
    assert fit.dispersion < 0.02


def test_unknown_days_are_filled_with_what_is_expected(history: History) -> None:
    counts = history.series[1].counts.copy()
    counts[140:147] = np.nan
    fit = fit_counts(history.first, counts, history.calendar(history.days), 0)
    np.testing.assert_array_equal(fit.cleaned[140:147], fit.expected[140:147])
    assert np.isfinite(smooth_rate(history.first, counts, history.calendar(history.days))).all()


def test_overdispersion_by_moments() -> None:
    # squared errors 16 + 4, means 4 + 4: (20 − 8) / (16 + 16)
    assert overdispersion(np.array([8.0, 2.0]), np.array([4.0, 4.0])) == pytest.approx(12 / 32)
    assert overdispersion(np.array([4.0]), np.array([4.0])) == 0


@pytest.mark.parametrize(("grain", "origin"), [("day", 200), ("week", 28)])
def test_nothing_after_the_origin_changes_a_forecast_made_at_it(history: History, grain: str, origin: int) -> None:
    days = origin if grain == "day" else history.first_monday + 7 * origin
    generator = np.random.default_rng(3)
    later = [one.counts.copy() for one in history.series]
    for counts in later:
        counts[days:] = generator.poisson(500, history.days - days)
    places = history.by_place.copy()
    places[:, days:] = 10_000
    changed = replace(
        history,
        series=tuple(replace(one, counts=counts) for one, counts in zip(history.series, later, strict=True)),
        by_place=places,
    )
    found = [
        models.forecast_all(situation(one, one.series[1].counts, grain, origin), models.SPARSE)  # type: ignore[arg-type]
        for one in (history, changed)
    ]
    assert found[0].keys() == {*models.SPARSE, "median"}
    for name, before in found[0].items():
        np.testing.assert_array_equal(before, found[1][name], err_msg=name)


@pytest.mark.parametrize(
    ("known_periods", "grain", "first", "last", "count"),
    [(1096, "day", 743, 1068, 26), (365, "day", 183, 358, 26), (70, "day", 38, 63, 26), (56, "day", 28, 49, 22),
     (156, "week", 102, 152, 26), (26, "week", 13, 22, 10)],
)  # fmt: skip
def test_origins_leave_time_to_learn_and_to_judge(
    known_periods: int, grain: str, first: int, last: int, count: int
) -> None:
    origins, step = choose_origins(known_periods, grain)  # type: ignore[arg-type]
    assert (origins[0], origins[-1], len(origins)) == (first, last, count)
    assert set(np.diff(origins)) == {step}
