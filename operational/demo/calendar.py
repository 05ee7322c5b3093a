"""Days, instants and business time of the simulation. Instants are whole seconds since 1970 in UTC."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Europe/Berlin")
MINUTE, HOUR, DAY = 60, 3600, 86_400
Window = tuple[int, int]  # minutes since local midnight
# first and last day (month, day) of the summer holidays, by place; the rest of the table follows NI
SUMMER = {
    "DE-HH": ((7, 15), (8, 26)), "DE-SH": ((7, 10), (8, 22)), "DE-BE": ((7, 12), (8, 24)), "DE-BY": ((8, 1), (9, 12)),
    "DE-BW": ((7, 28), (9, 10)), "DE-NW": ((7, 8), (8, 20)), "DE-HE": ((7, 4), (8, 15)), "DE-SN": ((6, 28), (8, 9)),
    "DE-NI": ((7, 3), (8, 14)), "AT": ((7, 3), (9, 5)), "CH": ((7, 12), (8, 16)),
}  # fmt: skip


@dataclass(frozen=True)
class Horizon:
    """The days that are simulated, first and last included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def end(self) -> int:
        """The first instant after the last day."""
        return int(datetime.combine(self.last + timedelta(days=1), time(), ZONE).timestamp())

    def day(self, index: int) -> date:
        """The day at a position."""
        return self.first + timedelta(days=index)

    def index(self, day: date) -> int:
        """The position of a day; outside the horizon it is negative or too large."""
        return (day - self.first).days

    def at(self, fraction: float) -> date:
        """The day after this share of the horizon."""
        return self.day(int(self.days * fraction))


def horizon(until: date, years: int) -> Horizon:
    """The years that end with `until`."""
    before = date(until.year - years, 2, 28) if (until.month, until.day) == (2, 29) else until.replace(
        year=until.year - years
    )  # fmt: skip
    return Horizon(before + timedelta(days=1), until)


@cache
def midnight(day: date) -> int:
    """The instant from which a day's minutes count (on days of a clock change as if noon ruled the morning)."""
    return int(datetime.combine(day, time(12), ZONE).timestamp()) - DAY // 2


def local_day(instant: int) -> date:
    """The day in Berlin."""
    return datetime.fromtimestamp(instant, ZONE).date()


def written(instant: int) -> str:
    """The instant as the import format writes it."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def public_holidays(country: str, subdivision: str, first_year: int, last_year: int) -> Mapping[date, str]:
    """Public holidays of a place by day, with their German names."""
    found = holidays.country_holidays(
        country, subdiv=subdivision, years=range(first_year, last_year + 1), language="de"
    )
    return dict(sorted(found.items()))


def bridge_days(free: Collection[date]) -> set[date]:
    """The Mondays before and Fridays after a holiday that many take off."""
    monday_or_friday = {day - timedelta(days=1) for day in free if day.weekday() == 1} | {
        day + timedelta(days=1) for day in free if day.weekday() == 3
    }
    return monday_or_friday - set(free)


def between_the_years(day: date) -> bool:
    """Christmas Eve to New Year's Eve, when few are at work."""
    return day.month == 12 and day.day >= 24


def school_holidays(day: date, country: str, subdivision: str) -> bool:
    """Whether schools are closed (rounded to what is alike in most years)."""
    place = country if country != "DE" else f"DE-{subdivision}"
    begins, ends = SUMMER.get(place, SUMMER["DE-NI"])
    spans = (begins, ends), ((12, 22), (12, 31)), ((1, 1), (1, 5)), ((3, 28), (4, 10)), ((10, 14), (10, 27))
    return any(first <= (day.month, day.day) <= last for first, last in spans)


class Clock:
    """Business time: windows per weekday without the holidays."""

    def __init__(self, windows: Sequence[Sequence[Window]], free: Collection[date], first: date, last: date) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = [0]
        for index in range((last - first).days + 1):
            day = first + timedelta(days=index)
            if day in free:
                continue
            for start, end in windows[day.weekday()]:
                self._starts.append(midnight(day) + start * MINUTE)
                self._ends.append(midnight(day) + end * MINUTE)
                self._before.append(self._before[-1] + (end - start) * MINUTE)

    def _until(self, instant: int) -> int:
        position = bisect_right(self._starts, instant) - 1
        if position < 0:
            return 0
        return self._before[position] + min(instant, self._ends[position]) - self._starts[position]

    def seconds(self, begin: int, end: int) -> int:
        """Business seconds between two instants."""
        return self._until(end) - self._until(begin)

    def add(self, instant: int, minutes: float) -> int:
        """The instant when so many business minutes have passed (the clock's end when it does not reach so far)."""
        target = self._until(instant) + max(1, int(minutes * MINUTE))
        position = bisect_left(self._before, target) - 1
        if position >= len(self._starts):
            return self._ends[-1]
        return self._starts[position] + target - self._before[position]
