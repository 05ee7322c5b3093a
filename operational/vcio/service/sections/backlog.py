"""What is still open."""

from datetime import timedelta
from typing import Any

from operational.vcio.domain.texts import written_day
from operational.vcio.service.sections.base import Page, shown

AGES = ((0, 2), (2, 8), (8, 31), (31, None))


class Backlog(Page):
    """The backlog before, what came and went, and its age at the end."""

    def build(self) -> dict[str, Any]:
        """The tables."""
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
