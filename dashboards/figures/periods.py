"""Periods of days, half-open, and the ones before them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Grain = Literal["day", "week", "month"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month")
PRESETS = (
    "last_30_days", "last_90_days", "last_12_months", "this_month", "last_month", "this_quarter", "last_quarter",
    "this_year", "last_year", "custom",
)  # fmt: skip
DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Span:
    """Days from `start` to before `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """Its last day, which belongs to it."""
        return self.end - DAY

    def within(self, other: "Span") -> "Span":
        """The part of it that lies in another; empty (start = end) when there is none."""
        start = max(self.start, other.start)
        return Span(start, max(start, min(self.end, other.end)))


@dataclass(frozen=True)
class Period:
    """A period as it was asked for, the part of it that is covered, and the one before if that is covered wholly."""

    asked: Span
    span: Span
    before: Span | None

    @property
    def is_partial(self) -> bool:
        """Whether data are missing for a part of it."""
        return self.span != self.asked


def shifted(day: date, months: int) -> date:
    """The first of a month, so many months on."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def preset(name: str, covered: Span) -> tuple[Span, Span]:
    """A named period, counted from the last covered day, and the one before; raises KeyError for an unknown name."""
    if name in ("last_30_days", "last_90_days"):
        return same_length_before(Span(covered.end - timedelta(days=int(name.split("_")[1])), covered.end))
    if name == "last_12_months":
        start = _year_before(covered.end)
        return Span(start, covered.end), Span(_year_before(start), start)
    which, _, unit = name.partition("_")
    months = _MONTHS[unit]
    first = _first(covered.last, months)
    if which == "last":
        first = shifted(first, -months)
        return Span(first, shifted(first, months)), Span(shifted(first, -months), first)
    # it has not ended: as many days before it, or a week is compared with a month
    return same_length_before(Span(first, covered.end))


def same_length_before(span: Span) -> tuple[Span, Span]:
    """A period, and as many days right before it."""
    return span, Span(span.start - timedelta(days=span.days), span.start)


def period(asked: Span, before: Span, covered: Span) -> Period:
    """What may be claimed of a period: only covered days, and a comparison only of whole ones."""
    span = asked.within(covered)
    comparable = span == asked and before.within(covered) == before and before.days > 0
    return Period(asked, span, before if comparable else None)


def usual_grain(span: Span) -> Grain:
    """The grain that shows a period best."""
    return "day" if span.days <= 45 else "week" if span.days <= 200 else "month"


def bucket(day: date, grain: Grain) -> date:
    """First day of the day's bucket; weeks begin on Monday."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def after(start: date, grain: Grain) -> date:
    """The bucket after one."""
    return shifted(start, 1) if grain == "month" else start + timedelta(days=7 if grain == "week" else 1)


def buckets(span: Span, grain: Grain) -> list[date]:
    """The buckets a period touches, by their first day."""
    found = []
    start = bucket(span.start, grain)
    while start < span.end:
        found.append(start)
        start = after(start, grain)
    return found


def is_whole(start: date, grain: Grain, span: Span) -> bool:
    """Whether a bucket lies in a period from end to end."""
    return span.start <= start and after(start, grain) <= span.end


def _first(day: date, months: int) -> date:
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28) if leap else day.replace(year=day.year - 1)
