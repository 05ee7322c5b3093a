"""Small desks for tests: counts as the pipeline reads them."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl

SCHEMA = {"day": pl.Date, "queue": pl.String, "country": pl.String, "subdivision": pl.String, "tickets": pl.Int64}
Row = tuple[date, str | None, str | None, str | None, int]


def covered(first: date, days: int) -> pl.DataFrame:
    return pl.DataFrame({"first_day": [first], "last_day": [first + timedelta(days=days - 1)]})


def frame(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def poisson_desk(
    first: date,
    days: int,
    queues: Mapping[str | None, Callable[[date], float]],
    seed: int = 1,
    place: tuple[str | None, str | None] = ("DE", "HH"),
) -> pl.DataFrame:
    """Counts drawn from each queue's rate of the day."""
    generator = np.random.default_rng(seed)
    rows: list[Row] = []
    for n in range(days):
        day = first + timedelta(days=n)
        for queue, rate in queues.items():
            tickets = int(generator.poisson(rate(day)))
            if tickets:
                rows.append((day, queue, *place, tickets))
    return frame(rows)


def office(per_day: float) -> Callable[[date], float]:
    """Busy Monday to Friday, nearly nothing at weekends."""
    return lambda day: per_day * (1.0 if day.weekday() < 5 else 0.2)
