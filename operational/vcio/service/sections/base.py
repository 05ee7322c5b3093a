"""What every page of a pack is built from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from operational.vcio.domain.book import Number, NumberBook
from operational.vcio.domain.periods import Period
from operational.vcio.domain.texts import texts
from operational.vcio.repository import Coverage, Serving


@dataclass(frozen=True)
class Subject:
    """Whom and what a pack is about; `before` is the previous quarter where it is wholly covered."""

    customer_id: UUID
    customer: str
    period: Period
    before: Period | None
    coverage: Coverage
    language: str


class Page:
    """A page: measures what it prints, in reading order."""

    def __init__(self, subject: Subject, serving: Serving, book: NumberBook) -> None:
        self._subject = subject
        self._serving = serving
        self._book = book
        self._t = texts(subject.language)

    def _where(self, period: Period) -> dict[str, Any]:
        return {"customer_id": self._subject.customer_id, "start": period.start, "end": period.end}

    def _rows(self, key: str, **more: Any) -> int:
        return self._serving.measure(key, "count(*)", {**self._where(self._subject.period), **more})[1]

    def _earlier(self, label: str) -> str:
        assert self._subject.before is not None
        return str(self._t["in_quarter"]).format(label=label, quarter=self._subject.before.quarter)

    def _card(self, key: str, label: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        subject = self._subject
        now = self._book.metric(key, label, **self._where(subject.period), **parameters)
        if subject.before is None:
            return card(label, now)
        before = self._book.metric(key, self._earlier(label), **self._where(subject.before), **parameters)
        return self._compared(label, now, before)

    def _compared(self, label: str, now: Number, before: Number) -> dict[str, Any]:
        if now.value is None or before.value is None or (now.unit != "percent" and not before.value):
            return card(label, now, before)
        change = self._book.change(f"{self._t['change']}: {label}", now, before)
        return card(label, now, before, change)


def shown(number: Number | None) -> dict[str, Any] | None:
    """A number as the template takes it; `size` is its plain value for bars."""
    if number is None:
        return None
    return {"text": number.printed, "id": number.id, "size": float(number.value or 0)}


def card(label: str, now: Number, before: Number | None = None, change: Number | None = None) -> dict[str, Any]:
    """A number with what it was before."""
    return {"label": label, "now": shown(now), "before": shown(before), "change": shown(change)}
