"""Volume and causes."""

from datetime import date
from typing import Any

from operational.vcio.service.sections.base import Page, shown

CATEGORIES_SHOWN = 8


class Volume(Page):
    """New tickets by month, category and channel."""

    def build(self) -> dict[str, Any]:
        """The tables."""
        t, book, where = self._t, self._book, self._where(self._subject.period)
        total = book.metric("opened", t["opened"], **where)
        months = [self._month(start, end) for start, end in self._subject.period.quarter.months]
        found = self._serving.values_of("tickets_opened", "category", where)
        categories = [
            self._share("opened_of_category", "category", value, value or t["no_category"])
            for value, _ in found[:CATEGORIES_SHOWN]
        ]
        channels = [
            self._share("opened_of_channel", "channel", value, t["channels"].get(value, value) or t["no_channel"])
            for value, _ in self._serving.values_of("tickets_opened", "channel", where)
        ]
        return {
            "total": shown(total),
            "months": [month for month in months if month],
            "categories": categories,
            "channels": channels if any(channel["known"] for channel in channels) else [],
            "reopenings": shown(book.metric("reopenings", t["reopenings"], **where)),
            "worked": shown(book.metric("worked_hours", t["worked"], **where)),
        }

    def _month(self, start: date, end: date) -> dict[str, Any] | None:
        period = self._subject.period
        begin, stop = max(start, period.start), min(end, period.end)
        if begin >= stop:
            return None
        name = f"{self._t['months'][start.month - 1]} {start.year}"
        where = {"customer_id": self._subject.customer_id, "start": begin, "end": stop}
        return {
            "name": name,
            "partial": (begin, stop) != (start, end),
            "opened": shown(self._book.metric("opened_in_month", f"{self._t['opened']}, {name}", **where)),
            "resolved": shown(self._book.metric("resolved_in_month", f"{self._t['resolved']}, {name}", **where)),
        }

    def _share(self, metric: str, column: str, value: str | None, name: str) -> dict[str, Any]:
        where = {**self._where(self._subject.period), column: value}
        number = self._book.metric(metric, f"{self._t['opened']}, {self._t[column]} {name}", **where)
        return {"name": name, "known": value is not None, "number": shown(number)}
