"""A ticket's service level and clocks as rows; the same ticket always gives the same ids."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from operational.core.calendars import Calendar
from operational.tickets.domain.sla import Clock, due_at
from operational.tickets.domain.sla_choice import Choice
from operational.tickets.domain.sla_replay import Clocks

# table -> its columns, the id first
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "tickets.ticket_sla": ("id", "tenant_id", "ticket_id", "policy_id", "calendar_id", "chosen_by", "path"),
    "tickets.sla_clock": (
        "id", "tenant_id", "ticket_id", "clock", "policy_id", "calendar_id", "target_seconds", "started_at", "due_at",
        "state", "consumed_seconds", "verdict", "judged_at", "stopped_at",
    ),
    "tickets.sla_clock_interval": (
        "id", "tenant_id", "clock_id", "position", "kind", "started_at", "ended_at", "business_seconds",
        "pause_reason",
    ),
    "tickets.sla_clock_change": (
        "id", "tenant_id", "clock_id", "position", "occurred_at", "old_target_seconds", "new_target_seconds",
    ),
}  # fmt: skip


@dataclass
class SlaRows:
    """Rows by table, in an order that keeps every reference to an earlier one."""

    tenant_id: UUID
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {table: [] for table in COLUMNS})

    def add(self, ticket_id: UUID, choice: Choice, clocks: Clocks | None, calendar: Calendar | None) -> None:
        """Enter one ticket; without clocks it has no SLA."""
        path = [{"level": level, "found": found} for level, found in choice.path]
        self.rows["tickets.ticket_sla"].append(
            (uuid5(ticket_id, "sla"), self.tenant_id, ticket_id, choice.policy_id, choice.calendar_id,
             choice.chosen_by, path)
        )  # fmt: skip
        if clocks is None or calendar is None:
            return
        for clock in clocks.promised():
            self._add_clock(ticket_id, choice, clock, calendar)

    def _add_clock(self, ticket_id: UUID, choice: Choice, clock: Clock, calendar: Calendar) -> None:
        clock_id = uuid5(ticket_id, f"sla_clock\x1f{clock.name}")
        self.rows["tickets.sla_clock"].append(
            (clock_id, self.tenant_id, ticket_id, clock.name, choice.policy_id, choice.calendar_id,
             clock.target_seconds, clock.started_at, due_at(clock, calendar), clock.state, clock.consumed_seconds,
             clock.verdict, clock.judged_at, clock.stopped_at)
        )  # fmt: skip
        self.rows["tickets.sla_clock_interval"].extend(self._intervals(clock_id, clock))
        self.rows["tickets.sla_clock_change"].extend(
            (uuid5(clock_id, f"change\x1f{n}"), self.tenant_id, clock_id, n, c.occurred_at, c.old, c.new)
            for n, c in enumerate(clock.changes, start=1)
        )

    def _intervals(self, clock_id: UUID, clock: Clock) -> Iterator[tuple[Any, ...]]:
        for n, interval in enumerate(clock.intervals, start=1):
            yield (
                uuid5(clock_id, f"interval\x1f{n}"), self.tenant_id, clock_id, n, interval.kind, interval.started_at,
                interval.ended_at, interval.business_seconds, interval.reason,
            )  # fmt: skip
