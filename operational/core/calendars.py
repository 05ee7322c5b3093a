"""Service calendars: windows of wall-clock time in a zone, holidays, and business seconds between instants."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
# how far the compiled windows reach beyond what was asked for, so that they are rarely compiled again
MARGIN = timedelta(days=400)
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


class ClosedCalendarError(ValueError):
    """A calendar without a single opening cannot say when something is due."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """An opening in minutes after midnight, half-open; 1440 is the day's end."""

    start: int
    end: int


Week = Mapping[int, tuple[Window, ...]]


def parse_windows(text: str) -> Week:
    """`mon 08:00-12:00 13:00-17:00; tue 08:00-17:00` as windows by weekday (0 = Monday).

    Raises ValueError for unknown days, days named twice, and windows that are empty, out of order or overlap.
    """
    week: dict[int, tuple[Window, ...]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, *spans = part.split()
        if name not in DAYS:
            raise ValueError(f"{name!r} is no day; use {', '.join(DAYS)}")
        day = DAYS.index(name)
        if day in week:
            raise ValueError(f"{name} is named twice; write its windows one after the other")
        windows = tuple(_window(span) for span in spans)
        if any(before.end > after.start for before, after in pairwise(windows)):
            raise ValueError(f"the windows of {name} overlap or are out of order")
        week[day] = windows
    return week


def _window(text: str) -> Window:
    match = _TIME.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no window; write it like 08:00-17:00")
    hours, minutes, end_hours, end_minutes = map(int, match.groups())
    window = Window(60 * hours + minutes, 60 * end_hours + end_minutes)
    if not window.start < window.end <= DAY_MINUTES:
        raise ValueError(f"{text!r} does not end after it starts, within the day")
    return window


def format_windows(week: Week) -> str:
    """The text `parse_windows` reads."""
    parts = []
    for day in sorted(week):
        spans = (f"{w.start // 60:02d}:{w.start % 60:02d}-{w.end // 60:02d}:{w.end % 60:02d}" for w in week[day])
        parts.append(" ".join((DAYS[day], *spans)))
    return "; ".join(parts)


class Calendar:
    """Business time of one calendar.

    Windows are wall-clock time in `timezone` (an IANA name): a night whose clock goes back has an hour more.
    On the days of `holidays` it is closed. Instants are timezone-aware; results are UTC.
    """

    def __init__(self, timezone: str, week: Week, holidays: Iterable[date] = ()) -> None:
        self._zone = ZoneInfo(timezone)
        self._week = {day: windows for day, windows in week.items() if windows}
        self._holidays = frozenset(holidays)
        self._first = self._last = date.min
        self._openings: list[float] = []
        self._closings: list[float] = []
        # business seconds until the end of each window, since the first compiled day
        self._until_end: list[float] = []

    def elapsed_seconds(self, start: datetime, end: datetime) -> int:
        """Business seconds in [start, end); 0 where `end` is not after `start`."""
        if end <= start:
            return 0
        self._reach(start, end)
        return round(self._before(end.timestamp()) - self._before(start.timestamp()))

    def add_seconds(self, start: datetime, seconds: int) -> datetime:
        """The instant at which `seconds` of business time have passed since `start`.

        A budget that ends at closing time is due at closing, not at the next opening; nothing to add is `start`.
        Raises ClosedCalendarError for a calendar that never opens.
        """
        if seconds <= 0:
            return start.astimezone(UTC)
        if not self._week:
            raise ClosedCalendarError("the calendar has no opening hours; give it at least one window")
        self._reach(start, start)
        if not self._until_end:
            raise ClosedCalendarError("the calendar is closed for more than a year; look at its holidays")
        wanted = self._before(start.timestamp()) + seconds
        while self._until_end[-1] < wanted:
            self._compile(self._first, self._last + MARGIN)
            wanted = self._before(start.timestamp()) + seconds
        index = bisect_left(self._until_end, wanted)
        return datetime.fromtimestamp(self._closings[index] - (self._until_end[index] - wanted), UTC)

    def is_open(self, instant: datetime) -> bool:
        """Whether `instant` lies in a window or at its end."""
        self._reach(instant, instant)
        moment = instant.timestamp()
        index = bisect_right(self._openings, moment) - 1
        return index >= 0 and moment <= self._closings[index]

    def _before(self, moment: float) -> float:
        """Business seconds from the first compiled day until `moment`."""
        index = bisect_right(self._openings, moment) - 1
        if index < 0:
            return 0.0
        return self._until_end[index] - max(0.0, self._closings[index] - moment)

    def _reach(self, start: datetime, end: datetime) -> None:
        first, last = start.date() - timedelta(days=2), end.date() + timedelta(days=2)
        if not self._openings or first < self._first or last > self._last:
            known = bool(self._openings)
            self._compile(
                min(self._first, first - MARGIN) if known else first - MARGIN,
                max(self._last, last + MARGIN) if known else last + MARGIN,
            )

    def _compile(self, first: date, last: date) -> None:
        self._first, self._last = first, last
        spans = [
            (self._instant(day, window.start), self._instant(day, window.end))
            for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
            if day not in self._holidays
            for window in self._week.get(day.weekday(), ())
        ]
        # a window inside the hour a zone skips has no length
        spans = [(opening, closing) for opening, closing in spans if closing > opening]
        self._openings = [opening for opening, _ in spans]
        self._closings = [closing for _, closing in spans]
        self._until_end = list(accumulate(closing - opening for opening, closing in spans))

    def _instant(self, day: date, minute: int) -> float:
        whole, rest = divmod(minute, DAY_MINUTES)
        local = datetime.combine(day + timedelta(days=whole), time(rest // 60, rest % 60), self._zone)
        return local.timestamp()
