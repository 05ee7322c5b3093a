"""Quarters, and the part of a quarter the data cover."""

import re
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Quarter:
    """A calendar quarter; `start` and `end` are half-open."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """`2016Q2`; raises ValueError for anything else."""
        match = re.fullmatch(r"(\d{4})[-_ ]?[Qq]([1-4])", text.strip())
        if not match:
            raise ValueError(f"{text!r} is no quarter; write it like 2016Q2")
        return cls(int(match[1]), int(match[2]))

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> date:
        """The day after its last."""
        return self.next.start

    @property
    def next(self) -> "Quarter":
        """The quarter after."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def previous(self) -> "Quarter":
        """The quarter before."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    @property
    def months(self) -> list[tuple[date, date]]:
        """Its three months, half-open."""
        first = [self.start.replace(month=self.start.month + n) for n in range(3)]
        return list(zip(first, [*first[1:], self.end], strict=True))

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


@dataclass(frozen=True)
class Period:
    """A span of days, half-open, within a quarter; partial when it is not the whole of it."""

    quarter: Quarter
    start: date
    end: date

    @property
    def is_partial(self) -> bool:
        """Whether days of the quarter are missing."""
        return (self.start, self.end) != (self.quarter.start, self.quarter.end)

    @property
    def last_day(self) -> date:
        """The last day inside."""
        return self.end - timedelta(days=1)


def covered(quarter: Quarter, first_day: date, last_day: date) -> Period | None:
    """The part of `quarter` within the coverage (both days inclusive); None when there is none."""
    start, end = max(quarter.start, first_day), min(quarter.end, last_day + timedelta(days=1))
    return Period(quarter, start, end) if start < end else None
