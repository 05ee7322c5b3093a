"""What is known of a day years ahead: holidays of a place, and the days around them."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import holidays
import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
# ISO 3166-1 code of the country and the subdivision's code without it, such as ("DE", "HH")
Place = tuple[str, str | None]
EFFECTS = ("holiday", "bridge_day", "day_after", "christmas", "patch_days")
ONE = timedelta(days=1)


def effects_of(place: Place | None, first: date, days: int) -> Vector:
    """Which of `EFFECTS` hold on each day at a place: 0 or 1, shape (days, effects).

    All but the patch days are working days (Monday to Friday) that are unlike others; weekends have none. Of a place
    that is unknown, or whose holidays nobody has written down, only the patch days are known.
    """
    last = first + timedelta(days=days)
    free = public_holidays(place, first.year - 1, last.year + 1)
    return np.array([_effects(first + timedelta(days=i), free) for i in range(days)], dtype=np.float64)


@cache
def public_holidays(place: Place | None, first_year: int, last_year: int) -> frozenset[date]:
    """Public holidays of the years, first and last included; empty where they are unknown."""
    if place is None:
        return frozenset()
    country, subdivision = place
    years = range(first_year, last_year + 1)
    for where in dict.fromkeys((subdivision, None)):
        try:
            return frozenset(holidays.country_holidays(country, subdiv=where, years=years))
        except NotImplementedError:
            continue
    return frozenset()


def _effects(day: date, free: frozenset[date]) -> Sequence[float]:
    holiday = day in free
    works = day.weekday() < 5 and not holiday
    monday_between = day.weekday() == 0 and day + ONE in free
    friday_between = day.weekday() == 4 and day - ONE in free
    bridge = works and (monday_between or friday_between)
    return (
        float(holiday and day.weekday() < 5),
        float(bridge),
        float(works and not bridge and _last_weekday_before(day) in free),
        float(works and day.month == 12 and day.day >= 24),
        float(is_patch_day(day)),
    )


def _last_weekday_before(day: date) -> date:
    return day - timedelta(days=3) if day.weekday() == 0 else day - ONE


def is_patch_day(day: date) -> bool:
    """Whether updates published on the month's second Tuesday reach the workplaces: the three days after it."""
    tuesday = day - timedelta(days=day.weekday() - 1)
    return 2 <= day.weekday() <= 4 and 8 <= tuesday.day <= 14


@cache
def country_of(timezone: str) -> Place | None:
    """The country an IANA time zone belongs to, without a subdivision; None for a zone of no country."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if not line.startswith("#") and line.split("\t")[2] == timezone:
            return line.split("\t")[0], None
    return None
