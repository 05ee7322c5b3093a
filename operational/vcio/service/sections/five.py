"""The quarter in five numbers."""

from datetime import date
from typing import Any

from operational.vcio.service.sections.base import Page, card


class Five(Page):
    """Five numbers with what they were before."""

    def build(self, verdict: str) -> dict[str, Any]:
        """The cards; `verdict` says whose SLA verdict the period has."""
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
