"""What the reports service gives over HTTP."""

from datetime import date
from typing import Literal

from operational.core.payload import Shown

Grain = Literal["day", "week"]
ForecastStatus = Literal["available", "queue_not_forecast", "refused", "none_yet"]


class ForecastRunOut(Shown):
    """A forecast as the register has it; `as_of` is the last day it knew, `id` names batch, grain and series.

    `relative_error` is its backtested error divided by that of "as a week ago" (for weeks: a year ago).
    """

    id: str
    batch: int
    series: str
    as_of: date
    model: str
    chosen_because: str
    relative_error: float | None
    skill_captured: float | None
    coverage_80: float | None
    coverage_95: float | None
    code_version: str


class ForecastPeriodOut(Shown):
    """A day or week, last day inclusive; null is unknown.

    For a past period `expected` and the intervals are what had been forecast for it last, `lead` periods ahead, from
    `batch`; `actual` is the tickets opened in it. A queue's tickets are counted by the queue that holds them now.
    """

    first_day: date
    last_day: date
    is_past: bool
    expected: float | None
    low_80: float | None
    high_80: float | None
    low_95: float | None
    high_95: float | None
    actual: int | None
    lead: int | None
    batch: int | None
    model: str | None


class ForecastOut(Shown):
    """How many tickets are expected, beside what came; unless `available`, `explanation` says what is missing and why.

    A period is past when the forecast knew all of it: today, and the week that runs, are to come. `today` is the
    tenant's day, null before the warehouse knows the tenant. `queues` are those with a forecast of their own.
    """

    status: ForecastStatus
    explanation: str | None
    grain: Grain
    queue: str | None
    today: date | None
    queues: list[str]
    run: ForecastRunOut | None
    periods: list[ForecastPeriodOut]
