"""Rolling origins: what every candidate would have said, from what was known then, beside what came."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np

from ml.forecast.calendars import Vector
from ml.forecast.features import History, Series
from ml.forecast.metrics import naive_scale
from ml.forecast.models import CANDIDATES, SPARSE, Candidate, forecast_all
from ml.forecast.situation import HORIZONS, Grain, by_period, periods, situation

MOST_ORIGINS = 26
# 13 days: origins fall on every weekday in turn
WIDEST_STEP: dict[Grain, int] = {"day": 13, "week": 3}
LEAST_TRAINING: dict[Grain, int] = {"day": 28, "week": 13}
# the last origins see only this many periods, so that short histories are tested at all
SHORTEST_TEST: dict[Grain, int] = {"day": 7, "week": 4}
SPARSE_BELOW = 1.0  # tickets a period


@dataclass(frozen=True)
class Backtest:
    """One series and grain; `origins` are numbers of known periods, `step` the periods between two of them.

    `forecasts` and `actual` have the shape (origins, horizon), NaN where a candidate failed or nothing has come yet;
    `scales` are MASE's, one an origin.
    """

    series: Series
    grain: Grain
    origins: Vector
    step: int
    actual: Vector
    forecasts: Mapping[str, Vector]
    scales: Vector
    candidates: Mapping[str, Candidate]

    @property
    def overlap(self) -> int:
        """With how many neighbours an origin shares periods ahead."""
        return ceil(int(self.actual.shape[1]) / self.step) - 1


def choose_origins(known: int, grain: Grain) -> tuple[list[int], int]:
    """Origins in order and the step between them, for a history of `known` periods; empty when it is too short.

    Half of the history is for learning before the first one, less where it is short.
    """
    last, step = known - HORIZONS[grain], WIDEST_STEP[grain]
    first = max(LEAST_TRAINING[grain], known // 2)
    if (last - first) // step < MOST_ORIGINS - 1:
        last, first = known - SHORTEST_TEST[grain], max(LEAST_TRAINING[grain], min(first, last))
        step = max(1, min(step, (last - first) // (MOST_ORIGINS - 1)))
    return list(range(last, first - 1, -step))[:MOST_ORIGINS][::-1], step


def is_sparse(counts: Vector) -> bool:
    """Whether a series is judged on sums and quantiles, because most of its periods are nearly empty."""
    return float(np.nanmean(counts)) < SPARSE_BELOW


def backtest(history: History, series: Series, grain: Grain) -> Backtest:
    """Forecast one series from every origin; the candidates see nothing that came later."""
    counts = by_period(history, series.counts, grain)
    candidates = SPARSE if is_sparse(counts) else CANDIDATES
    origins, step = choose_origins(periods(history, grain), grain)
    actual = np.full((len(origins), HORIZONS[grain]), np.nan)
    paths: dict[str, list[Vector]] = {}
    scales = []
    for row, origin in enumerate(origins):
        came = counts[origin : origin + HORIZONS[grain]]
        actual[row, : len(came)] = came
        now = situation(history, series.counts, grain, origin)
        for name, path in forecast_all(now, candidates).items():
            paths.setdefault(name, []).append(path)
        scales.append(naive_scale(counts[:origin], now.season))
    forecasts = {name: np.stack(found) for name, found in paths.items()}
    return Backtest(
        series, grain, np.array(origins, dtype=np.float64), step, actual, forecasts, np.array(scales), candidates
    )
