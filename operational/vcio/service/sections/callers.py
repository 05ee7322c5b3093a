"""Who reports again and again."""

from typing import Any
from uuid import UUID

from operational.vcio.service.sections.base import Page, shown

SHOWN = 6
REPEATED = 2  # tickets from which somebody is a repeat caller


class Callers(Page):
    """The people with the most tickets, their share of all, and what most of theirs are about."""

    def build(self) -> dict[str, Any]:
        """The table, or a sentence where nobody is known or nobody called twice."""
        t, where = self._t, self._where(self._subject.period)
        found = self._serving.values_of("tickets_with_caller", "contact_id", where)
        if not found:
            return {"missing": t["callers_unknown"], "head": t["callers_unknown_head"]}
        most = [(contact_id, count) for contact_id, count in found[:SHOWN] if count >= REPEATED]
        if not most:
            return {"missing": t["callers_none"], "head": t["callers_none_head"]}
        known = self._book.metric("with_caller", t["callers_known"], **where)
        people = self._serving.people([contact_id for contact_id, _ in most])
        rows = [self._row(contact_id, *people.get(contact_id, (t["unknown"], None))) for contact_id, _ in most]
        return {
            "missing": "", "known": shown(known), "rows": rows, "finding": rows[0]["share"],
            "compared": self._subject.before is not None,
        }  # fmt: skip

    def _row(self, contact_id: UUID, name: str, role: str | None) -> dict[str, Any]:
        t, book = self._t, self._book
        where = {**self._where(self._subject.period), "contact_id": contact_id}
        tickets = book.metric("of_caller", f"{t['opened']}: {name}", **where)
        share = book.metric("share_of_caller", f"{t['callers_share']}: {name}", **where)
        category = self._serving.values_of("tickets_of_caller", "category", where)[0][0]
        label = category or t["no_category"]
        of_category = book.metric(
            "of_caller_in_category", f"{t['opened']}: {name}, {label}", **where, category=category
        )
        before = None
        if self._subject.before is not None:
            earlier = {**self._where(self._subject.before), "contact_id": contact_id}
            before = book.metric("of_caller", self._earlier(f"{t['opened']}: {name}"), **earlier)
        return {
            "name": name, "role": role or "", "tickets": shown(tickets), "share": shown(share), "category": label,
            "of_category": shown(of_category), "before": shown(before),
        }  # fmt: skip
