"""Conformal intervals: as wide as the errors of earlier origins say, on a scale on which counts spread evenly."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ml.forecast.calendars import Vector
from ml.forecast.situation import Grain

COVERAGES = (0.8, 0.95)
# periods ahead that share a width: first and one past the last, counted from 0
GROUPS: Mapping[Grain, Mapping[str, tuple[int, int]]] = {
    "day": {"1-7": (0, 7), "8-14": (7, 14), "15-28": (14, 28)},
    "week": {"1-4": (0, 4), "5-8": (4, 8), "9-12": (8, 12)},
}
ALL = "all"
FEWEST_ORIGINS = 8
SHIFT = 0.375


def stabilised(tickets: Vector) -> Vector:
    """sqrt(x + 3/8): the variance of a Poisson count becomes the same whatever its mean (Anscombe 1948)."""
    return np.asarray(np.sqrt(np.maximum(tickets, 0) + SHIFT))


def tickets_of(scaled: Vector) -> Vector:
    """The inverse; what would lie below zero tickets is zero."""
    return np.asarray(np.maximum(np.maximum(scaled, 0) ** 2 - SHIFT, 0))


def conformal_width(errors: Vector, share: float) -> float:
    """Half the width of an interval that holds at least `share` of errors like these; NaN when they are too few.

    The ceil((n + 1) share)-th smallest absolute error (Lei et al. 2018, split conformal prediction): 19 errors at
    least for 95 %.
    """
    known = np.sort(np.abs(errors[~np.isnan(errors)]))
    rank = int(np.ceil((len(known) + 1) * share - 1e-9))
    return float(known[rank - 1]) if 0 < rank <= len(known) else float("nan")


@dataclass(frozen=True)
class Widths:
    """Half widths on the stabilised scale by horizon group and share; NaN where there were too few errors."""

    grain: Grain
    by_group: Mapping[str, Mapping[float, float]]

    def bounds(self, forecast: Vector, share: float) -> tuple[Vector, Vector]:
        """Lower and upper bounds for `forecast`, shape (horizon,) in tickets; never below zero, NaN when unknown."""
        half = np.full(len(forecast), np.nan)
        for name, (begin, end) in GROUPS[self.grain].items():
            half[begin:end] = self.by_group[name][share]
        middle = stabilised(forecast)
        return tickets_of(middle - half), tickets_of(middle + half)


def widths(errors: Vector, grain: Grain) -> Widths:
    """Widths from errors on the stabilised scale, shape (origins, horizon), NaN where not known.

    A group with errors of too few origins takes those of all groups; where these are too few as well, none.
    """
    found = {}
    for name, (begin, end) in GROUPS[grain].items():
        own = errors[:, begin:end]
        used = own if _origins(own) >= FEWEST_ORIGINS else errors
        enough = _origins(used) >= FEWEST_ORIGINS
        found[name] = {share: conformal_width(used, share) if enough else float("nan") for share in COVERAGES}
    return Widths(grain, found)


def _origins(errors: Vector) -> int:
    return int((~np.isnan(errors)).any(axis=1).sum())


def prospective_quantiles(actual: Vector, forecast: Vector, origins: Vector, grain: Grain) -> Vector:
    """The quantiles 2.5, 10, 50, 90, 97.5 % each origin would have given, shape (5, origins, horizon).

    Each origin's widths come from the errors that were known by then: of earlier origins, for periods that had ended.
    NaN while those are too few. `actual` and `forecast` have the shape (origins, horizon), `origins` is in periods.
    """
    ends = origins[:, None] + np.arange(1, actual.shape[1] + 1)
    errors = stabilised(actual) - stabilised(forecast)
    found = np.full((5, *actual.shape), np.nan)
    found[2] = forecast
    for row, origin in enumerate(origins):
        known = widths(np.where(ends <= origin, errors, np.nan)[:row], grain)
        (found[1, row], found[3, row]), (found[0, row], found[4, row]) = (
            known.bounds(forecast[row], share) for share in COVERAGES
        )
    return found
