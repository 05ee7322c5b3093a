"""Service levels by priority."""

from collections.abc import Mapping
from typing import Any

from operational.vcio.service.sections.base import Page, shown

PRIORITIES = ("p1", "p2", "p3", "p4")


class Sla(Page):
    """Attainment per clock and priority."""

    def verdict(self) -> str:
        """Whose SLA verdict the period has: `ours`, else the old `desk`'s, else `none`."""
        if self._rows("sla_verdicts", clock="resolution", priority=None):
            return "ours"
        return "desk" if self._rows("desk_verdicts", priority=None) else "none"

    def build(self, verdict: str) -> dict[str, Any]:
        """The tables; `verdict` is what `verdict` said."""
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
