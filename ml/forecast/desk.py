"""A desk's forecast: every series backtested, a model chosen, queues made to add up, intervals put around."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from ml.forecast.backtest import Backtest, backtest, is_sparse
from ml.forecast.calendars import Place, Vector
from ml.forecast.choose import Choice, choose
from ml.forecast.evaluate import Path, Score, origin_losses, origin_pinball, origin_sum_losses, path_of, scores
from ml.forecast.features import FEWEST_WEEKS, History, Refusal, Series, describe, read_history
from ml.forecast.identity import version
from ml.forecast.intervals import COVERAGES, Widths, stabilised, widths
from ml.forecast.metrics import noise_floor
from ml.forecast.models import FEW, MEDIAN, NAIVE, SEED, forecast_all
from ml.forecast.reconcile import UNIT, Hundredths, in_hundredths, scaled_to
from ml.forecast.regression import smooth_rate
from ml.forecast.situation import HORIZONS, Grain, by_period, period_starts, periods, season_of, situation
from ml.registry import Estimate, RegistryRow, hash_of

PUBLISHED = "published"
RULE = "rule: the median of a few, unless one is better by more than one standard error"


@dataclass(frozen=True)
class ForecastRow:
    """Tickets expected in one period: a day, or a week from its Monday on; `lead` counts periods from 1.

    Bounds are None where there were too few errors to know how wide an interval must be.
    """

    series: str
    scope: str
    queue: str | None
    grain: Grain
    period_start: date
    lead: int
    mean: Decimal
    lo80: Decimal | None
    hi80: Decimal | None
    lo95: Decimal | None
    hi95: Decimal | None
    model: str


@dataclass(frozen=True)
class ScoreRow:
    """A model's score on one series."""

    series: str
    scope: str
    queue: str | None
    grain: Grain
    score: Score


@dataclass(frozen=True)
class DeskForecast:
    """All that a desk's history says about the weeks to come."""

    runs: tuple[RegistryRow, ...]
    forecasts: tuple[ForecastRow, ...]
    scores: tuple[ScoreRow, ...]


def forecast_desk(counts: pl.DataFrame, coverage: pl.DataFrame, home: Place | None) -> DeskForecast:
    """Forecast every series of a desk per day and week; frames and `home` as `read_history` takes them.

    What cannot be forecast gives a registry row that says why, and no exception.
    """
    history = read_history(counts, coverage, home)
    if isinstance(history, Refusal):
        return DeskForecast((_refused("day", history.reason), _refused("week", history.reason)), (), ())
    # more threads of the linear algebra only fight for the cores
    with threadpool_limits(1):
        return _of_grains(history)


def _of_grains(history: History) -> DeskForecast:
    parts = [_forecast(history, "day")]
    if history.weeks < FEWEST_WEEKS:
        reason = f"only {history.weeks} full weeks, {FEWEST_WEEKS} are needed"
        parts.append(DeskForecast((_refused("week", reason),), (), ()))
    else:
        parts.append(_forecast(history, "week"))
    return DeskForecast(
        tuple(row for part in parts for row in part.runs),
        tuple(row for part in parts for row in part.forecasts),
        tuple(row for part in parts for row in part.scores),
    )


class _Judged:
    """One series with its backtest, every candidate's scores and the choice among them."""

    def __init__(self, history: History, series: Series, grain: Grain) -> None:
        self.history, self.series, self.grain = history, series, grain
        self.test: Backtest = backtest(history, series, grain)
        self.paths = {name: path_of(self.test, name, found) for name, found in self.test.forecasts.items()}

    @cached_property
    def floor(self) -> float:
        """The noise floor over the backtest's own origins."""
        rate = by_period(
            self.history, smooth_rate(self.history.first, self.series.counts, self._calendar()), self.grain
        )
        seasons = np.array([season_of(self.grain, int(origin)) for origin in self.test.origins])
        return noise_floor(rate, self.test.origins, seasons, HORIZONS[self.grain], SEED)

    @cached_property
    def choice(self) -> Choice:
        """By mean absolute error; a sparse series by its sums and its quantiles."""
        counts = by_period(self.history, self.series.counts, self.grain)
        losses: dict[str, tuple[Vector, ...]] = {}
        for name, path in self.paths.items():
            if is_sparse(counts):
                losses[name] = origin_sum_losses(self.test, path), origin_pinball(self.test, path)
            else:
                losses[name] = (origin_losses(self.test, path),)
        span = float(np.ptp(self.test.origins)) / HORIZONS[self.grain]
        return choose(losses, self.test.overlap, span)

    def ahead(self) -> tuple[str, Vector]:
        """The chosen model's forecast from the end of the history; the median's where it fails now."""
        origin = periods(self.history, self.grain)
        found = forecast_all(situation(self.history, self.series.counts, self.grain, origin), self.test.candidates)
        model = self.choice.model if np.isfinite(found[self.choice.model]).all() else MEDIAN
        return model, found[model]

    def _calendar(self) -> Vector:
        return self.history.calendar(self.history.days)


def _forecast(history: History, grain: Grain) -> DeskForecast:
    judged = [_Judged(history, series, grain) for series in history.series]
    published = _published(judged)
    models, ahead = zip(*(one.ahead() for one in judged), strict=True)
    total, queues = in_hundredths(ahead[0], np.stack(ahead[1:]))
    hundredths = np.concatenate([total[None], queues])
    runs, forecasts, rows = [], [], []
    for one, path, model, mean in zip(judged, published, models, hundredths, strict=True):
        spread = widths(stabilised(one.test.actual) - stabilised(path.forecast), grain)
        forecasts += _rows(one, model, mean, spread)
        found = [score for p in (*one.paths.values(), path) for score in scores(one.test, p, one.floor)]
        rows += [ScoreRow(one.series.key, one.series.scope, one.series.queue, grain, score) for score in found]
        runs.append(_run(one, model, next(s for s in found if s.model == PUBLISHED)))
    return DeskForecast(tuple(runs), tuple(forecasts), tuple(rows))


def _published(judged: Sequence[_Judged]) -> list[Path]:
    """What would have been published at each origin: the chosen models, the queues made to add up to the total."""
    chosen = [one.test.forecasts[one.choice.model] for one in judged]
    queues = scaled_to(chosen[0], np.stack(chosen[1:]))
    return [path_of(one.test, PUBLISHED, found) for one, found in zip(judged, [chosen[0], *queues], strict=True)]


def _rows(one: _Judged, model: str, hundredths: Hundredths, spread: Widths) -> list[ForecastRow]:
    origin = periods(one.history, one.grain)
    starts = period_starts(one.history, one.grain, origin, HORIZONS[one.grain])[origin:]
    mean = hundredths / UNIT
    (lo80, hi80), (lo95, hi95) = (spread.bounds(mean, share) for share in COVERAGES)
    # rounded outwards, so that a bound never cuts off the forecast itself
    low = [[_decimal(np.floor(value * UNIT + 1e-6)) for value in bound] for bound in (lo80, lo95)]
    high = [[_decimal(np.ceil(value * UNIT - 1e-6)) for value in bound] for bound in (hi80, hi95)]
    return [
        ForecastRow(
            one.series.key, one.series.scope, one.series.queue, one.grain, start, lead + 1,
            Decimal(int(hundredths[lead])) / UNIT, low[0][lead], high[0][lead], low[1][lead], high[1][lead], model,
        )
        for lead, start in enumerate(starts)
    ]  # fmt: skip


def _decimal(value: float) -> Decimal | None:
    return None if np.isnan(value) else Decimal(int(value)) / UNIT


def _run(one: _Judged, model: str, score: Score) -> RegistryRow:
    history, grain = one.history, one.grain
    origin, horizon = periods(history, grain), HORIZONS[grain]
    starts = period_starts(history, grain, origin, horizon)
    skill_error = score.rel_mae_se / (1 - score.floor) if score.floor < 1 else float("nan")
    return RegistryRow(
        one.series.key, one.series.scope, one.series.queue, grain, version(), None, model, one.choice.reason, RULE,
        hash_of([history.first.isoformat().encode(), one.series.counts.tobytes(), history.by_place.tobytes()]),
        history.first, history.last, starts[origin], starts[-1] + timedelta(days=0 if grain == "day" else 6),
        {**describe(history), "median_of": list(FEW), "benchmark": NAIVE, "origins": score.origins},
        {
            "rel_mae": Estimate.of(score.rel_mae, score.rel_mae_se, score.n),
            "skill_captured": Estimate.of(score.skill_captured, skill_error, score.n),
            "coverage80": Estimate.of(score.coverage80, score.coverage80_se, score.judged),
            "coverage95": Estimate.of(score.coverage95, score.coverage95_se, score.judged),
        },
    )  # fmt: skip


def _refused(grain: Grain, reason: str) -> RegistryRow:
    return RegistryRow("total", "total", None, grain, version(), refused=reason)
