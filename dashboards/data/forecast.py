"""The forecasts, and how good they were."""

from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from dashboards.data.warehouse import Row, Scope, snapshot
from dashboards.figures.periods import Grain

# so much of the past is drawn before a forecast
PAST = {"day": timedelta(days=56), "week": timedelta(weeks=26)}
LEADS: dict[Grain, tuple[int, ...]] = {"day": (1, 7, 14, 28), "week": (1, 4, 8, 12)}
_KEPT_SECONDS = 6 * 3600


@dataclass(frozen=True)
class Series:
    """What is forecast: the total, a queue, tickets without one, or all others."""

    key: str
    scope: str
    queue: str | None


@dataclass(frozen=True)
class Forecast:
    """A series' newest forecast, what came before it, and its scores."""

    series: Series
    ahead: list[Row]
    before: list[Row]
    run: Row | None
    backtests: list[Row]


@dataclass(frozen=True)
class Known:
    """The series there is a forecast for, and the register's newest entries."""

    series: tuple[Series, ...]
    runs: list[Row]


@st.cache_data(ttl=_KEPT_SECONDS, max_entries=100, show_spinner=False)
def known(scope: Scope, grain: Grain) -> Known:
    """What there is."""
    with snapshot(scope) as serving:
        found = serving.rows("forecast_series", {"grain": grain})
        runs = serving.rows("forecast_run", {"grain": grain})
    return Known(tuple(Series(row["series"], row["scope"], row["queue"]) for row in found), runs)


@st.cache_data(ttl=_KEPT_SECONDS, max_entries=200, show_spinner=False)
def forecast(scope: Scope, grain: Grain, series: Series) -> Forecast:
    """A series' forecast with what came before it."""
    which = {"grain": grain, "series": series.key}
    with snapshot(scope) as serving:
        ahead = serving.rows("forecast", which)
        others = serving.rows("forecast_series", which)
        named = [row["series"] for row in others if row["scope"] in ("queue", "unknown")]
        end: date = ahead[0]["period_start"]
        before = serving.rows(
            "forecast_before",
            {**which, "scope": series.scope, "named": named, "start": end - PAST[grain], "end": end},
        )
        runs = [row for row in serving.rows("forecast_run", which) if row["series"] == series.key]
        backtests = serving.rows("forecast_backtests", which)
    return Forecast(series, ahead, before, runs[0] if runs else None, backtests)


@st.cache_data(ttl=_KEPT_SECONDS, max_entries=200, show_spinner=False)
def actuals(scope: Scope, grain: Grain, series: str, lead: int) -> list[Row]:
    """Forecasts made so many periods ahead, beside what came."""
    with snapshot(scope) as serving:
        return serving.rows("forecast_actuals", {"grain": grain, "series": series, "lead": lead})
