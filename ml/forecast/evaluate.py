"""Scores of a forecast path over rolling origins, for all periods ahead and by horizon group."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ml.forecast import metrics
from ml.forecast.backtest import Backtest
from ml.forecast.calendars import Vector
from ml.forecast.intervals import ALL, GROUPS, prospective_quantiles
from ml.forecast.models import MEDIAN, NAIVE


@dataclass(frozen=True)
class Path:
    """What one model said at each origin, with the quantiles it would have given, shape (levels, origins, horizon)."""

    model: str
    forecast: Vector
    quantiles: Vector


@dataclass(frozen=True)
class Score:
    """How good a model was; errors are relative to the naive forecast's, `pinball` is in tickets a period.

    `gain_on_median` is the median's `rel_mae` less the model's, over the periods both forecast: above 0 is better.

    `n` counts pairs of origin and period, `judged` those with an interval, out of `origins`. Standard errors (`_se`)
    regard that horizons overlap. NaN is unknown.
    """

    model: str
    horizon_group: str
    rel_mae: float
    rel_mae_se: float
    gain_on_median: float
    gain_on_median_se: float
    mase: float
    rel_sum_error: float
    pinball: float
    coverage80: float
    coverage80_se: float
    coverage95: float
    coverage95_se: float
    n: int
    judged: int
    origins: int
    floor: float
    skill_captured: float


def path_of(test: Backtest, model: str, forecast: Vector) -> Path:
    """A model's forecasts with the quantiles that the origins before would have given."""
    return Path(model, forecast, prospective_quantiles(test.actual, forecast, test.origins, test.grain))


def scores(test: Backtest, path: Path, floor: float) -> Iterator[Score]:
    """Scores over all periods ahead, then by horizon group; `floor` is the series' noise floor."""
    yield _score(test, path, floor, ALL, 0, test.actual.shape[1])
    for name, (begin, end) in GROUPS[test.grain].items():
        yield _score(test, path, floor, name, begin, end)


def origin_losses(test: Backtest, path: Path) -> Vector:
    """Mean absolute error of each origin, in tickets, shape (origins,); NaN where the model failed."""
    return _row_means(np.abs(test.actual - path.forecast))


def origin_sum_losses(test: Backtest, path: Path) -> Vector:
    """Absolute error of the sum over the known periods of each origin, in tickets."""
    return np.asarray(np.abs(np.where(np.isnan(test.actual), 0, test.actual - path.forecast).sum(axis=1)))


def origin_pinball(test: Backtest, path: Path) -> Vector:
    """Mean pinball loss of each origin that has intervals, in tickets, shape (origins with intervals,)."""
    found = _row_means(metrics.pinball_losses(test.actual, path.quantiles))
    return found[~np.isnan(found)]


def _score(test: Backtest, path: Path, floor: float, group: str, begin: int, end: int) -> Score:
    forecast, naive = path.forecast[:, begin:end], test.forecasts[NAIVE][:, begin:end]
    actual = np.where(np.isnan(forecast), np.nan, test.actual[:, begin:end])
    rows = (~np.isnan(actual)).any(axis=1)
    actual, forecast, naive, scales = actual[rows], forecast[rows], naive[rows], test.scales[rows]
    quantiles = path.quantiles[:, rows, begin:end]
    if not rows.any():
        nan = float("nan")
        return Score(path.model, group, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, 0, 0, 0, floor, nan)
    relative = metrics.relative_mae(actual, forecast, naive)
    inside80, judged = metrics.coverage(actual, quantiles[1], quantiles[3])
    inside95, _ = metrics.coverage(actual, quantiles[0], quantiles[4])
    gain, gain_error = _gain(actual, forecast, test.forecasts[MEDIAN][rows, begin:end], naive, test.overlap)
    return Score(
        path.model, group, relative, _ratio_error(actual, forecast, naive, relative, test.overlap), gain, gain_error,
        metrics.mase(actual, forecast, scales), metrics.relative_sum_error(actual, forecast, naive),
        metrics.pinball(actual, quantiles),
        inside80, _share_error(actual, quantiles[1], quantiles[3], inside80, test.overlap),
        inside95, _share_error(actual, quantiles[0], quantiles[4], inside95, test.overlap),
        int((~np.isnan(actual)).sum()), judged, int(rows.sum()), floor, metrics.skill_captured(relative, floor),
    )  # fmt: skip


def _ratio_error(actual: Vector, forecast: Vector, naive: Vector, ratio: float, overlap: int) -> float:
    """Standard error of a ratio of sums, by its linearisation (delta method), over origins."""
    below = np.nansum(np.abs(actual - naive), axis=1)
    residual = np.nansum(np.abs(actual - forecast), axis=1) - ratio * below
    return _cautious(residual, overlap) / float(below.mean()) if below.mean() > 0 else float("nan")


def _gain(actual: Vector, forecast: Vector, median: Vector, naive: Vector, overlap: int) -> tuple[float, float]:
    """Gain on the median in units of the naive forecast's error, and its standard error over origins."""
    gains = np.nansum(np.abs(actual - median) - np.abs(actual - forecast), axis=1)
    below = float(np.nansum(np.abs(actual - naive), axis=1).mean())
    if below == 0:
        return float("nan"), float("nan")
    return float(gains.mean()) / below, _cautious(gains, overlap) / below


def _share_error(actual: Vector, low: Vector, high: Vector, share: float, overlap: int) -> float:
    judged = ~np.isnan(actual) & ~np.isnan(low)
    rows = judged.any(axis=1)
    if rows.sum() < 2:
        return float("nan")
    counts = judged[rows].sum(axis=1)
    residual = ((actual >= low) & (actual <= high) & judged)[rows].sum(axis=1) - share * counts
    return _cautious(residual, overlap) / float(counts.mean())


def _cautious(values: Vector, overlap: int) -> float:
    """The larger standard error, with or without regard to overlapping horizons."""
    return max(metrics.standard_error(values, 0), metrics.standard_error(values, overlap))


def _row_means(values: Vector) -> Vector:
    known = ~np.isnan(values)
    counts = known.sum(axis=1)
    sums = np.where(known, values, 0).sum(axis=1)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
