"""Wall-clock times without a zone, as exports write them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from operational.imports.records import InvalidValueError

_TIME = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A wall-clock time and the instant it means."""

    local: datetime
    utc: datetime


class LocalTimes:
    """Parses `d/m/Y H:M` and places it in one zone.

    The order of wall-clock times is kept: a time the zone skipped (clocks going forward) means the instant of the
    change, a time it had twice means the first.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._seen: dict[str, LocalTime] = {}

    def parse(self, name: str, value: str) -> LocalTime:
        """Raises InvalidValueError naming the field when `value` is no such time."""
        found = self._seen.get(value)
        if found is None:
            local = _wall_clock(value)
            if local is None:
                raise InvalidValueError(f"{name}: {value!r} is no time like 29/2/2016 01:16")
            found = self._seen[value] = LocalTime(local, self.place(local))
        return found

    def place(self, local: datetime) -> datetime:
        """The UTC instant of a naive wall-clock time."""
        instant = local.replace(tzinfo=self._zone).astimezone(UTC)
        if instant.astimezone(self._zone).replace(tzinfo=None) == local:
            return instant
        before = (local - timedelta(days=1)).replace(tzinfo=self._zone).utcoffset()
        after = (local + timedelta(days=1)).replace(tzinfo=self._zone).utcoffset()
        assert before is not None
        assert after is not None
        return _change(self._zone, (local - after).replace(tzinfo=UTC), (local - before).replace(tzinfo=UTC))


def _wall_clock(value: str) -> datetime | None:
    match = _TIME.fullmatch(value)
    if match is None:
        return None
    day, month, year, hour, minute = map(int, match.groups())
    try:
        return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - the zone comes next
    except ValueError:
        return None


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first instant in (low, high] with the offset of `high`, to the minute."""
    offset = high.astimezone(zone).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        middle = middle.replace(second=0, microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high
