"""How good a forecast was. Errors are in tickets a period; arrays have the shape (origins, periods ahead)."""

import numpy as np
from scipy.stats import poisson

from ml.forecast.calendars import Vector

# quantiles of the 80 and the 95 % interval, and the forecast itself as the middle
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
DRAWS = 200


def relative_mae(actual: Vector, forecast: Vector, naive: Vector) -> float:
    """MAE of the forecast / MAE of the naive one over the same periods; NaN where the naive one is never wrong.

    Periods whose actual is NaN are left out (Hyndman & Koehler 2006, relative MAE).
    """
    below = _mean(np.abs(actual - naive))
    return _mean(np.abs(actual - forecast)) / below if below > 0 else float("nan")


def relative_sum_error(actual: Vector, forecast: Vector, naive: Vector) -> float:
    """The same of the sums over all periods ahead: what a sparse series is judged by."""
    known = ~np.isnan(actual)
    ours = np.abs(np.where(known, actual - forecast, 0).sum(axis=1)).mean()
    theirs = np.abs(np.where(known, actual - naive, 0).sum(axis=1)).mean()
    return float(ours / theirs) if theirs > 0 else float("nan")


def naive_scale(past: Vector, season: int) -> float:
    """Mean |y(t) − y(t − season)| of the past, what MASE divides by (Hyndman & Koehler 2006); NaN when unknown."""
    steps = np.abs(past[season:] - past[:-season])
    steps = steps[~np.isnan(steps)]
    return float(steps.mean()) if len(steps) and steps.mean() > 0 else float("nan")


def mase(actual: Vector, forecast: Vector, scales: Vector) -> float:
    """Mean absolute error, each origin's divided by its own `scales`, shape (origins,)."""
    return _mean(np.abs(actual - forecast) / scales[:, None])


def pinball(actual: Vector, quantiles: Vector) -> float:
    """Mean pinball loss over `LEVELS`, in tickets; `quantiles` has the shape (levels, origins, periods).

    (y − q) tau where y is above q, (q − y)(1 − tau) where it is below (Koenker & Bassett 1978).
    """
    return _mean(pinball_losses(actual, quantiles))


def pinball_losses(actual: Vector, quantiles: Vector) -> Vector:
    """Loss per origin and period, the mean over `LEVELS`; NaN where a quantile or the actual is unknown."""
    tau = np.array(LEVELS)[:, None, None]
    above = actual[None] - quantiles
    return np.asarray(np.maximum(tau * above, (tau - 1) * above).mean(axis=0))


def coverage(actual: Vector, low: Vector, high: Vector) -> tuple[float, int]:
    """Share of the periods inside [low, high], and how many could be judged; NaN and 0 when none could."""
    judged = ~np.isnan(actual) & ~np.isnan(low) & ~np.isnan(high)
    if not judged.any():
        return float("nan"), 0
    inside = (actual >= low) & (actual <= high)
    return float(inside[judged].mean()), int(judged.sum())


def noise_floor(rate: Vector, origins: Vector, seasons: Vector, horizon: int, seed: int) -> float:
    """What the relative MAE of somebody who knew the true rate would be: by simulation.

    `rate` is tickets a period, shape (periods,); counts are drawn from Poisson distributions, the knowing one says
    their medians, the naive one the counts a season ago, of which `seasons` gives the length for each of `origins`.
    On a constant rate of 1 or more this is about 0.705.
    """
    generator = np.random.default_rng(seed)
    counts = generator.poisson(rate, size=(DRAWS, len(rate))).astype(np.float64)
    best = np.asarray(poisson.median(rate), dtype=np.float64)
    ours, theirs = 0.0, 0.0
    for origin, season in zip(origins.astype(int), seasons.astype(int), strict=True):
        ahead = np.arange(origin, min(origin + horizon, len(rate)))
        last = origin - season + (ahead - origin) % season
        ours += float(np.abs(counts[:, ahead] - best[ahead]).sum())
        theirs += float(np.abs(counts[:, ahead] - counts[:, last]).sum())
    return ours / theirs if theirs > 0 else float("nan")


def skill_captured(relative: float, floor: float) -> float:
    """(1 − relMAE) / (1 − floor): 0 is the naive forecast, 1 what a knowing one reaches; NaN where nothing can be."""
    return (1 - relative) / (1 - floor) if floor < 1 else float("nan")


def _mean(values: Vector) -> float:
    """Mean of what is known; NaN where nothing is."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def standard_error(values: Vector, overlap: int) -> float:
    """Standard error of a mean over origins whose horizons overlap with those of `overlap` neighbours.

    Long-run variance with Bartlett weights (Newey & West 1987); `values` in order of the origins, shape (origins,).
    """
    n = len(values)
    if n < 2:
        return float("nan")
    centred = values - values.mean()
    variance = float((centred**2).sum())
    for lag in range(1, min(overlap, n - 1) + 1):
        variance += 2 * (1 - lag / (overlap + 1)) * float((centred[lag:] * centred[:-lag]).sum())
    return float(np.sqrt(max(variance, 0.0) / (n * (n - 1))))
