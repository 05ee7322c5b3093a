"""A generated demo world as tests look at it: the files, and the truth beside them."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from operational.demo import Truth

UNTIL = date(2026, 11, 22)
BERLIN = ZoneInfo("Europe/Berlin")
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class World:
    """A generated folder with its truth."""

    path: Path
    truth: Truth

    def __hash__(self) -> int:
        return hash(self.path)

    @cache  # noqa: B019 - a test process makes a few worlds and keeps them
    def rows(self, name: str) -> Rows:
        with (self.path / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    @cache  # noqa: B019
    def histories(self) -> dict[str, Rows]:
        histories: dict[str, Rows] = defaultdict(list)
        for event in self.rows("ticket_events"):
            histories[event["ticket_ref"]].append(event)
        return histories


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def local_date(text: str) -> date:
    return instant(text).astimezone(BERLIN).date()
