"""Count regression: how many tickets a day brings by weekday, season and calendar, and what is left of its level."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from ml.forecast.calendars import EFFECTS, Vector

# log effects expected before a desk has shown its own (holiday, bridge day, day after, Christmas, patch days), worth as
# much as PRIOR_TICKETS tickets: a desk's first holiday is not forecast as a working day
PRIOR_EFFECTS = (-1.5, -0.5, 0.0, -1.0, 0.0)
PRIOR_TICKETS = 3.0
SEASON_PRIOR = 2.0
# centres and precisions of normal distributions, one each per coefficient
Prior = tuple[Vector, Vector]
YEAR = 365.25
HALF_LIFE_DAYS = 365.0
# two years to learn the course of one: in less, growth passes for a season
SEASON_FROM_DAYS, SEASON_WAVES = 730, 6
# counts further out than this many standard deviations count as if they lay there
OUTLIER_SD = 3.0
LEVEL_DAYS, LEVEL_PRIOR_TICKETS = 42, 30.0
SMOOTHING_DAYS = 91
ROUNDS, STEPS, TOLERANCE = 3, 50, 1e-8


@dataclass(frozen=True)
class CountFit:
    """A fit as of an origin, per day up to the horizon's end: `expected` tickets, and the `factor` in them that
    calendar and time of year make.

    `cleaned` are the counts up to the origin with outliers drawn in and days that are not covered filled;
    `dispersion` is alpha in variance = mean + alpha mean².
    """

    expected: Vector
    factor: Vector
    cleaned: Vector
    dispersion: float


def fit_counts(first: date, counts: Vector, calendar: Vector, horizon: int) -> CountFit:
    """Fit the days of `counts` (NaN where unknown), shape (days,), and expect `horizon` more.

    `calendar` are shares per day and effect, shape (days + horizon or more, effects). Log-linear mean, variance of the
    negative binomial NB2 (Cameron & Trivedi, Regression Analysis of Count Data, 2013, section 3.3); old days weigh
    half for each year. The level of the last six weeks carries on from the origin.
    """
    origin, end = len(counts), len(counts) + horizon
    design, prior = _design(first, calendar[:end], origin)
    known = ~np.isnan(counts)
    weights = np.where(known, 0.5 ** (np.arange(origin, 0, -1) / HALF_LIFE_DAYS), 0.0)
    cleaned, dispersion = np.where(known, counts, 0.0), 0.0
    coefficients, mean = prior[0].copy(), np.zeros(end)
    coefficients[:7] = np.log(max(float((weights * cleaned).sum() / max(weights.sum(), 1e-9)), 0.05))
    for _ in range(ROUNDS):
        coefficients = solve_counts(design[:origin], cleaned, weights, prior, dispersion, coefficients)
        mean = np.exp(np.clip(design @ coefficients, -8, 12))
        past = mean[:origin]
        spread = OUTLIER_SD * np.sqrt(past + dispersion * past**2 + 0.25)
        cleaned = np.where(known, np.clip(counts, past - spread, past + spread), past)
        dispersion = overdispersion(cleaned[known], past[known])
    recent = slice(max(0, origin - LEVEL_DAYS), origin)
    level = (cleaned[recent].sum() + LEVEL_PRIOR_TICKETS) / (mean[recent].sum() + LEVEL_PRIOR_TICKETS)
    factor = np.exp(design[:, 7:] @ coefficients[7:])
    mean[origin:] *= level
    return CountFit(mean, factor, cleaned, dispersion)


def smooth_rate(first: date, counts: Vector, calendar: Vector) -> Vector:
    """The rate behind the counts as the fit sees it, shape (days,): its pattern times a slowly moving level.

    The level is what three months around a day brought, relative to the pattern; looks at the whole history.
    """
    fit = fit_counts(first, counts, calendar, 0)
    window = np.ones(min(SMOOTHING_DAYS, len(counts)))
    came, expected = (np.convolve(values, window, mode="same") for values in (fit.cleaned, fit.expected))
    return np.asarray(fit.expected * came / np.maximum(expected, 1e-9))


def solve_counts(
    design: Vector, counts: Vector, weights: Vector, prior: Prior, dispersion: float, start: Vector
) -> Vector:
    """Coefficients of a log-linear count model, by iteratively reweighted least squares with a normal prior.

    McCullagh & Nelder, Generalized Linear Models (1989), section 2.5, with working weights mean / (1 + alpha mean) of
    NB2 (Poisson for alpha = 0). `start` are the coefficients to begin with, one per column of `design`.
    """
    centre, precision = prior
    coefficients = start
    for _ in range(STEPS):
        linear = np.clip(design @ coefficients, -8, 12)
        mean = np.exp(linear)
        working = weights * mean / (1 + dispersion * mean)
        target = linear + (counts - mean) / mean
        weighted = (design * working[:, None]).T
        left = weighted @ design + np.diag(precision)
        right = weighted @ target + precision * centre
        found = np.asarray(np.linalg.solve(left, right), dtype=np.float64)
        moved = np.abs(found - coefficients).max()
        coefficients = found
        if moved < TOLERANCE:
            break
    return coefficients


def overdispersion(counts: Vector, mean: Vector) -> float:
    """Alpha in variance = mean + alpha mean², by moments (Cameron & Trivedi 2013, equation 3.17); never below 0."""
    return max(0.0, float(((counts - mean) ** 2 - mean).sum() / max(float((mean**2).sum()), 1e-9)))


def _design(first: date, calendar: Vector, origin: int) -> tuple[Vector, Prior]:
    """Columns weekdays, calendar, waves of the year; with their prior."""
    days = first.toordinal() + np.arange(len(calendar))
    # day 1 of the ordinal calendar was a Monday
    weekdays = ((days - 1) % 7)[:, None] == np.arange(7)
    columns: list[Vector] = [weekdays.astype(np.float64), calendar]
    centre, precision = [0.0] * 7 + list(PRIOR_EFFECTS), [1e-3] * 7 + [PRIOR_TICKETS] * len(EFFECTS)
    for wave in range(1, (SEASON_WAVES if origin >= SEASON_FROM_DAYS else 0) + 1):
        angle = 2 * np.pi * wave * days / YEAR
        columns.append(np.column_stack([np.sin(angle), np.cos(angle)]))
        centre += [0.0, 0.0]
        precision += [SEASON_PRIOR, SEASON_PRIOR]
    return np.column_stack(columns), (np.array(centre), np.array(precision))
