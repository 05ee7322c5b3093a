"""Which candidate a series is forecast by: the median of a few, unless one is better beyond doubt."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ml.forecast.calendars import Vector
from ml.forecast.metrics import standard_error
from ml.forecast.models import MEDIAN

FEWEST_ORIGINS = 8
# origins over a time shorter than this many horizons have all seen the same weather
FEWEST_HORIZONS = 4


@dataclass(frozen=True)
class Choice:
    """The model a series is forecast by, and why."""

    model: str
    reason: str


def choose(losses: Mapping[str, tuple[Vector, ...]], overlap: int, horizons: float) -> Choice:
    """The median, unless one candidate's loss is lower by more than one standard error of the difference.

    `losses` gives each candidate one or more losses an origin, shape (origins,) each; a candidate has to win on every
    one, and the best of those that do (on the first) is taken. Candidates without a value at some origin are out.
    `overlap` is the number of neighbours an origin shares periods with, `horizons` the time the origins span.
    """
    default = losses[MEDIAN]
    origins = len(default[0])
    if origins < FEWEST_ORIGINS or horizons < FEWEST_HORIZONS:
        return Choice(MEDIAN, f"{origins} origins over {horizons:.1f} horizons are too few to prefer another")
    winners = {
        name: float(theirs[0].mean())
        for name, theirs in losses.items()
        if name != MEDIAN and all(_wins(own, other, overlap) for own, other in zip(theirs, default, strict=True))
    }
    if not winners:
        return Choice(MEDIAN, "no candidate is better by more than one standard error")
    best = min(winners, key=lambda name: (winners[name], name))
    gain = 1 - winners[best] / float(default[0].mean())
    return Choice(best, f"better than the median by {gain:.1%}, more than one standard error")


def _wins(own: Vector, default: Vector, overlap: int) -> bool:
    gains = default - own
    if np.isnan(gains).any():
        return False
    return float(gains.mean()) > margin(gains, overlap)


def margin(gains: Vector, overlap: int) -> float:
    """One standard error of the mean gain, the larger of those with and without regard to overlapping horizons."""
    return max(standard_error(gains, 0), standard_error(gains, overlap))
