"""The candidates: each takes what is known at an origin and gives the tickets expected in the periods after it."""

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import product

import cmdstanpy
import numpy as np
import pandas as pd
from prophet import Prophet
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.seasonal import MSTL

from ml.forecast.calendars import Vector
from ml.forecast.situation import Situation

Candidate = Callable[[Situation], Vector]
NAIVE, MEDIAN = "seasonal_naive", "median"
# what the default is the median of
FEW = ("weekday_mean", "damped_ets", "count_regression", "prophet")
AVERAGED = 8  # weeks
SMOOTHED_DAYS = 728  # older days no longer move exponential smoothing, they only cost time
TSB_SMOOTHING = 0.1
SEED = 20_160_229


class CandidateError(RuntimeError):
    """A candidate cannot forecast this series."""


def seasonal_naive(now: Situation) -> Vector:
    """The value one season ago, repeated; where it is unknown, the one a season earlier (else the mean)."""
    known = now.counts.copy()
    for position in range(len(known)):
        if np.isnan(known[position]) and position >= now.season:
            known[position] = known[position - now.season]
    last = known[-now.season :]
    last = np.where(np.isnan(last), np.nanmean(now.counts), last)
    return np.resize(last, now.horizon)


def weekday_mean(now: Situation) -> Vector:
    """Mean of the same weekday in the last eight weeks, in weeks of the last eight, with the calendar put back."""
    if now.grain == "week":
        return np.full(now.horizon, now.adjusted[-AVERAGED:].mean()) * now.factor
    weeks = min(AVERAGED, len(now.adjusted) // 7)
    week = now.adjusted[-7 * weeks :].reshape(weeks, 7).mean(axis=0)
    return np.resize(week, now.horizon) * now.factor


def damped_ets(now: Situation) -> Vector:
    """ETS(A,Ad,A) on days, ETS(A,Ad,N) on weeks (Hyndman et al., Forecasting with Exponential Smoothing, 2008)."""
    season = 7 if now.grain == "day" else None
    return _ets(now.adjusted, now.horizon, "add", "add", "add" if season else None, season)[0] * now.factor


def auto_ets(now: Situation) -> Vector:
    """The ETS form with the least AICc: errors and seasons additive or multiplicative, trend damped or none."""
    positive = bool((now.adjusted[-SMOOTHED_DAYS:] > 0).all())
    if now.grain == "week":
        forms: list[tuple[str, str | None]] = [("add", None), ("mul", None)]
    else:
        # additive errors on a multiplicative season are numerically unstable
        forms = [("add", "add"), ("mul", "add"), ("mul", "mul")]
    found = [
        _ets(now.adjusted, now.horizon, error, trend, season, 7 if season else None)
        for (error, season), trend in product(forms if positive else forms[:1], (None, "add"))
    ]
    usable = [(aicc, forecast) for forecast, aicc in found if np.isfinite(aicc) and np.isfinite(forecast).all()]
    if not usable:
        raise CandidateError("no ETS form could be fitted")
    return min(usable, key=lambda one: one[0])[1] * now.factor


def mstl(now: Situation) -> Vector:
    """MSTL's season (Bandara et al. 2021) put on a damped ETS of the rest: a week in days, a year in weeks."""
    past = now.adjusted[-SMOOTHED_DAYS:] if now.grain == "day" else now.adjusted
    period = 7 if now.grain == "day" else 52
    if len(past) < 2 * period + 1:
        raise CandidateError(f"{len(past)} periods, MSTL needs more than {2 * period}")
    season = np.asarray(MSTL(past, periods=(period,), windows=(35,)).fit().seasonal)
    level, _ = _ets(past - season, now.horizon, "add", "add", None, None)
    return np.maximum(level + np.resize(season[-period:], now.horizon), 0) * now.factor


def count_regression(now: Situation) -> Vector:
    """The log-linear count regression on weekday, season and calendar (`regression.py`)."""
    return now.regression


def prophet(now: Situation) -> Vector:
    """Prophet (Taylor & Letham 2018), multiplicative, with the calendar as regressors; else as it comes."""
    origin = len(now.counts)
    frame = pd.DataFrame({"ds": pd.to_datetime(list(now.starts))})
    model = Prophet(seasonality_mode="multiplicative", daily_seasonality=False, uncertainty_samples=0)
    for position in range(now.regressors.shape[1]):
        if np.ptp(now.regressors[:origin, position]) > 0:
            frame[f"x{position}"] = now.regressors[:, position]
            model.add_regressor(f"x{position}")
    past = frame.iloc[:origin].assign(y=now.counts)
    model.fit(past, seed=SEED)
    return np.asarray(model.predict(frame.iloc[origin:])["yhat"], dtype=np.float64)


def tsb(now: Situation) -> Vector:
    """Probability of a ticket times its size, both smoothed (Teunter, Syntetos & Babai 2011): for sparse series."""
    probability, size = float((now.adjusted > 0).mean()), float(now.adjusted[now.adjusted > 0].mean())
    for value in now.adjusted:
        probability += TSB_SMOOTHING * (float(value > 0) - probability)
        if value > 0:
            size += TSB_SMOOTHING * (value - size)
    return np.full(now.horizon, probability * size) * now.factor


CANDIDATES: dict[str, Candidate] = {
    NAIVE: seasonal_naive,
    "weekday_mean": weekday_mean,
    "damped_ets": damped_ets,
    "auto_ets": auto_ets,
    "mstl": mstl,
    "count_regression": count_regression,
    "prophet": prophet,
}
SPARSE: dict[str, Candidate] = {**CANDIDATES, "tsb": tsb}


def forecast_all(now: Situation, candidates: Mapping[str, Candidate]) -> dict[str, Vector]:
    """Every candidate's forecast and their median, never below zero; one that fails is NaN and leaves the median."""
    found: dict[str, Vector] = {}
    with _quietly():
        for name, candidate in candidates.items():
            try:
                found[name] = np.maximum(candidate(now), 0)
            except (CandidateError, ValueError, RuntimeError, np.linalg.LinAlgError):
                found[name] = np.full(now.horizon, np.nan)
            if not np.isfinite(found[name]).all():
                found[name] = np.full(now.horizon, np.nan)
    few = [found[name] for name in FEW if np.isfinite(found[name]).all()]
    # where none of the few can say anything, what came a season ago still can
    found[MEDIAN] = np.asarray(np.median(np.stack(few), axis=0)) if few else found[NAIVE]
    return found


def _ets(
    past: Vector, horizon: int, error: str, trend: str | None, season: str | None, periods: int | None
) -> tuple[Vector, float]:
    """Forecast and AICc of one form; a trend is damped. First states by heuristic: estimating them costs 20 times."""
    model = ETSModel(
        past[-SMOOTHED_DAYS:], error=error, trend=trend, damped_trend=trend is not None, seasonal=season,
        seasonal_periods=periods, initialization_method="heuristic",
    )  # fmt: skip
    fitted = model.fit(disp=False)
    return np.maximum(np.asarray(fitted.forecast(horizon), dtype=np.float64), 0), float(fitted.aicc)


@contextmanager
def _quietly() -> Iterator[None]:
    """No chatter from the libraries."""
    prophets = logging.getLogger("prophet")
    level = prophets.level
    prophets.setLevel(logging.ERROR)
    try:
        with cmdstanpy.disable_logging(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        prophets.setLevel(level)
