"""The pages of a pack as data: which numbers stand where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from operational.vcio.domain.book import Number, NumberBook
from operational.vcio.domain.periods import Period
from operational.vcio.domain.texts import texts, written_day
from operational.vcio.repository import Coverage, Serving

PRIORITIES = ("p1", "p2", "p3", "p4")
AGES = ((0, 2), (2, 8), (8, 31), (31, None))
CATEGORIES_SHOWN = 8


@dataclass(frozen=True)
class Subject:
    """Whom and what a pack is about; `before` is the previous quarter where it is wholly covered."""

    customer_id: UUID
    customer: str
    period: Period
    before: Period | None
    coverage: Coverage
    language: str


class Sections:
    """Builds the pages one after another; numbers get their ids in reading order."""

    def __init__(self, subject: Subject, serving: Serving, book: NumberBook) -> None:
        self._subject = subject
        self._serving = serving
        self._book = book
        self._t = texts(subject.language)

    def build(self) -> dict[str, Any]:
        """All sections by name, in reading order."""
        verdict = self._verdict()
        return {
            "five": self._five(verdict),
            "sla": self._sla(verdict),
            "volume": self._volume(),
            "backlog": self._backlog(),
        }

    def _where(self, period: Period) -> dict[str, Any]:
        return {"customer_id": self._subject.customer_id, "start": period.start, "end": period.end}

    def _rows(self, key: str, **more: Any) -> int:
        return self._serving.measure(key, "count(*)", {**self._where(self._subject.period), **more})[1]

    def _verdict(self) -> str:
        """Whose SLA verdict the period has: `ours`, else the old `desk`'s, else `none`."""
        if self._rows("sla_verdicts", clock="resolution", priority=None):
            return "ours"
        return "desk" if self._rows("desk_verdicts", priority=None) else "none"

    def _five(self, verdict: str) -> dict[str, Any]:
        t, period = self._t, self._subject.period
        business = bool(self._rows("first_responses", business=True))
        basis = t["business"] if business else t["calendar"]
        cards = [
            self._card("opened", t["opened"], {}),
            self._card("resolved", t["resolved"], {}),
            self._attainment_card(verdict),
            self._card("first_response", t["first_response"].format(basis=basis), {"business": business}),
            self._backlog_card(period.last_day),
        ]
        return {"cards": cards, "note": self._comparison_note(), "verdict": t[f"verdict_{verdict}"]}

    def _card(self, key: str, label: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        subject = self._subject
        now = self._book.metric(key, label, **self._where(subject.period), **parameters)
        if subject.before is None:
            return card(label, now)
        before = self._book.metric(
            key, self._earlier(label), **self._where(subject.before), **parameters
        )  # fmt: skip
        return self._compared(label, now, before)

    def _earlier(self, label: str) -> str:
        assert self._subject.before is not None
        return str(self._t["in_quarter"]).format(label=label, quarter=self._subject.before.quarter)

    def _compared(self, label: str, now: Number, before: Number) -> dict[str, Any]:
        if now.value is None or before.value is None or (now.unit != "percent" and not before.value):
            return card(label, now, before)
        change = self._book.change(f"{self._t['change']}: {label}", now, before)
        return card(label, now, before, change)

    def _attainment_card(self, verdict: str) -> dict[str, Any]:
        if verdict == "desk":
            return self._card("desk_attainment", self._t["sla"], {"priority": None})
        return self._card("sla_attainment", self._t["sla"], {"clock": "resolution", "priority": None})

    def _backlog_card(self, day: date) -> dict[str, Any]:
        subject, label = self._subject, self._t["backlog"]
        now = self._book.metric("backlog", label, customer_id=subject.customer_id, day=day)
        if subject.before is None:
            return card(label, now)
        before = self._book.metric(
            "backlog", self._earlier(label), customer_id=subject.customer_id, day=subject.before.last_day
        )
        return self._compared(label, now, before)

    def _comparison_note(self) -> str:
        subject = self._subject
        if subject.before is not None:
            return ""
        if subject.period.is_partial:
            return str(self._t["no_change_partial"])
        return str(self._t["no_change"]).format(quarter=subject.period.quarter.previous)

    def _sla(self, verdict: str) -> dict[str, Any]:
        t = self._t
        clocks = ("first_response", "resolution") if verdict == "ours" else ("resolution",)
        prefix = "sla" if verdict == "ours" else "desk"
        tables = []
        for clock in clocks if verdict != "none" else ():
            more = {"clock": clock} if verdict == "ours" else {}
            rows = [self._sla_row(prefix, clock, priority, more) for priority in (*PRIORITIES, None)]
            tables.append({"clock": t[f"clock_{clock}"], "rows": [row for row in rows if row is not None]})
        without = None
        if verdict == "ours":
            without = self._book.metric("without_sla", t["without_sla"], **self._where(self._subject.period))
        last = tables[-1]["rows"][-1]["attainment"] if tables else None
        return {"verdict": t[f"verdict_{verdict}"], "tables": tables, "finding": last, "without": shown(without)}

    def _sla_row(self, prefix: str, clock: str, priority: str | None, more: Mapping[str, Any]) -> dict[str, Any] | None:
        query = "sla_verdicts" if prefix == "sla" else "desk_verdicts"
        if priority is not None and not self._rows(query, priority=priority, **more):
            return None
        name = priority.upper() if priority else self._t["all_priorities"]
        label = f"{self._t[f'clock_{clock}']} {name}"
        where = {**self._where(self._subject.period), **more, "priority": priority}
        measured = {
            part: shown(self._book.metric(f"{prefix}_{part}", f"{label}: {self._t[part]}", **where))
            for part in ("judged", "met", "breached", "attainment")
        }
        return {"priority": name, **measured}

    def _volume(self) -> dict[str, Any]:
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

    def _backlog(self) -> dict[str, Any]:
        t, book, subject = self._t, self._book, self._subject
        period, customer = subject.period, {"customer_id": subject.customer_id}
        start = None
        if period.start > subject.coverage.first_day:
            start = book.metric("backlog", t["backlog_start"], **customer, day=period.start - timedelta(days=1))
        entered = book.metric("spans_started", t["backlog_in"], **self._where(period))
        left = book.metric("spans_ended", t["backlog_out"], **self._where(period))
        end = book.metric("backlog", t["backlog_end"], **customer, day=period.last_day)
        ages = [
            {
                "name": name,
                "number": shown(
                    book.metric(
                        "backlog_of_age",
                        f"{t['backlog_end']}, {name}",
                        **customer,
                        day=period.last_day,
                        age_from=low,
                        age_to=high,
                    )
                ),
            }
            for name, (low, high) in zip(t["ages"], AGES, strict=True)
        ]
        return {
            "day": written_day(period.last_day, subject.language),
            "start": shown(start), "entered": shown(entered), "left": shown(left), "end": shown(end), "ages": ages,
        }  # fmt: skip


def shown(number: Number | None) -> dict[str, Any] | None:
    """A number as the template takes it; `size` is its plain value for bars."""
    if number is None:
        return None
    return {"text": number.printed, "id": number.id, "size": float(number.value or 0)}


def card(label: str, now: Number, before: Number | None = None, change: Number | None = None) -> dict[str, Any]:
    """One of the five numbers with what it was before."""
    return {"label": label, "now": shown(now), "before": shown(before), "change": shown(change)}
