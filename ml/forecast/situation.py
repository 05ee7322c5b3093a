"""All that may be known at an origin, prepared once for every candidate: nothing after it is looked at."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from ml.forecast.calendars import Vector
from ml.forecast.features import DAYS_AHEAD, WEEKS_AHEAD, History
from ml.forecast.regression import fit_counts

Grain = Literal["day", "week"]
GRAINS: tuple[Grain, ...] = ("day", "week")
HORIZONS: dict[Grain, int] = {"day": DAYS_AHEAD, "week": WEEKS_AHEAD}


@dataclass(frozen=True)
class Situation:
    """One series as of an origin; past arrays have a value a period, future ones `horizon` values.

    `counts` are the past as it was (NaN where unknown); `adjusted` the same without outliers and without the effect of
    calendar and time of year, which `factor` gives for the future: an adjusted forecast times factor is a forecast.
    `season` is the number of periods after which the naive forecast repeats. `starts` are the first days of past and
    future periods, `regressors` their calendar, shape (past + horizon, effects).
    """

    grain: Grain
    counts: Vector
    season: int
    adjusted: Vector
    factor: Vector
    regression: Vector
    starts: tuple[date, ...]
    regressors: Vector

    @property
    def horizon(self) -> int:
        """How many periods ahead."""
        return len(self.factor)


def periods(history: History, grain: Grain) -> int:
    """How many full periods the history has."""
    return history.days if grain == "day" else history.weeks


def by_period(history: History, counts: Vector, grain: Grain) -> Vector:
    """Counts per full period; one with a day that is not covered is NaN."""
    return counts if grain == "day" else _weekly(history, counts, history.weeks)


def situation(history: History, counts: Vector, grain: Grain, origin: int) -> Situation:
    """The series as of the first `origin` periods of the history; `counts` are per day."""
    return _of_days(history, counts, origin) if grain == "day" else _of_weeks(history, counts, origin)


def period_starts(history: History, grain: Grain, origin: int, horizon: int) -> tuple[date, ...]:
    """First days of the `origin` periods before and the `horizon` periods after the origin."""
    start = history.first + timedelta(days=0 if grain == "day" else history.first_monday)
    return tuple(start + timedelta(days=n * (1 if grain == "day" else 7)) for n in range(origin + horizon))


def season_of(grain: Grain, known: int) -> int:
    """Periods after which the naive forecast repeats: a week; in weeks a year, or one week while there is no year."""
    if grain == "day":
        return 7
    return 52 if known >= 52 else 1


def _of_days(history: History, counts: Vector, origin: int) -> Situation:
    calendar = history.calendar(origin)[: origin + DAYS_AHEAD]
    fit = fit_counts(history.first, counts[:origin], calendar, DAYS_AHEAD)
    return Situation(
        "day", counts[:origin], 7, fit.cleaned / fit.factor[:origin], fit.factor[origin:], fit.expected[origin:],
        period_starts(history, "day", origin, DAYS_AHEAD), calendar,
    )  # fmt: skip


def _of_weeks(history: History, counts: Vector, origin: int) -> Situation:
    """Weeks are summed from the days' fit, so that a holiday costs a week what it costs a day."""
    end = history.first_monday + 7 * origin
    fit = fit_counts(history.first, counts[:end], history.calendar(end), 7 * WEEKS_AHEAD)
    expected = _weekly(history, fit.expected, origin + WEEKS_AHEAD)
    factor = expected / _weekly(history, fit.expected / fit.factor, origin + WEEKS_AHEAD)
    cleaned = _weekly(history, fit.cleaned, origin)
    return Situation(
        "week", _weekly(history, counts, origin), season_of("week", origin), cleaned / factor[:origin], factor[origin:],
        expected[origin:], period_starts(history, "week", origin, WEEKS_AHEAD), factor[:, None] - 1,
    )  # fmt: skip


def _weekly(history: History, daily: Vector, weeks: int) -> Vector:
    start = history.first_monday
    return np.asarray(daily[start : start + 7 * weeks].reshape(weeks, 7).sum(axis=1))
