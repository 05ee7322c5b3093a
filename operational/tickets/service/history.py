"""Takes in a desk's history: tickets with their events, time, and the service levels they ran under."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from operational.core.bulk import Loader, MergeCount, merge
from operational.core.ids import source_id, source_id_or_none
from operational.tickets.contracts import TicketRecord
from operational.tickets.domain.history import Outcome, follow
from operational.tickets.service.sla_history import tickets_worked_on, write_clocks
from operational.tickets.service.words_history import event_id, load_satisfaction, write_messages

Records = Sequence[Mapping[str, Any]]

TICKET = [
    "id",
    "tenant_id",
    "number",
    "customer_id",
    "site_id",
    "contact_id",
    "contract_id",
    "subject",
    "channel",
    "status",
    "status_category",
    "priority",
    "impact",
    "urgency",
    "category",
    "subcategory",
    "queue",
    "assignee_id",
    "opened_at",
    "first_response_at",
    "resolved_at",
    "closed_at",
    "reopen_count",
    "desk_sla_met",
    "source_system",
    "source_fields",
]
EVENT = [
    "id",
    "tenant_id",
    "ticket_id",
    "seq",
    "occurred_at",
    "kind",
    "actor_kind",
    "actor_id",
    "actor_name",
    "is_public",
    "status",
    "status_category",
    "priority",
    "impact",
    "urgency",
    "category",
    "subcategory",
    "queue",
    "assignee_id",
    "pause_reason",
    "changed",
    "is_reopening",
    "source_key",
]


def load_tickets(
    connection: Connection, tenant_id: UUID, system: str, records: Sequence[TicketRecord]
) -> dict[str, MergeCount]:
    """Write tickets, their events with what was written in them, and their service-level clocks.

    History enters without an outbox row per event. A ticket somebody has worked on since stays as it is.
    """
    ids = [source_id(tenant_id, system, "ticket", record.ref) for record in records]
    worked_on = tickets_worked_on(connection, ids)
    untouched = [record for record, id_ in zip(records, ids, strict=True) if id_ not in worked_on]
    kept = [record for record, id_ in zip(records, ids, strict=True) if id_ in worked_on]
    counts = _write(connection, tenant_id, system, untouched)
    write_clocks(connection, tenant_id, system, untouched)
    counts["tickets"] += MergeCount(unchanged=len(kept))
    kept_events = [event for record in kept for event in record.events]
    counts["ticket_events"] += MergeCount(unchanged=len(kept_events))
    counts["messages"] += MergeCount(unchanged=sum(event.body is not None for event in kept_events))
    return counts


def _write(
    connection: Connection, tenant_id: UUID, system: str, records: Sequence[TicketRecord]
) -> dict[str, MergeCount]:
    outcomes = [follow(record.events) for record in records]
    tickets = (
        _ticket_row(tenant_id, system, record, outcome) for record, outcome in zip(records, outcomes, strict=True)
    )
    written = merge(connection, "tickets.ticket", TICKET, tickets)
    events = (
        row
        for record, outcome in zip(records, outcomes, strict=True)
        for row in _event_rows(tenant_id, system, record, outcome)
    )
    return {
        "tickets": written,
        "ticket_events": merge(connection, "tickets.ticket_event", EVENT, events),
        "messages": write_messages(connection, tenant_id, system, records),
    }


def _ticket_row(tenant_id: UUID, system: str, record: TicketRecord, outcome: Outcome) -> tuple[Any, ...]:
    last = record.events[-1]
    return (
        source_id(tenant_id, system, "ticket", record.ref),
        tenant_id,
        record.ref,
        source_id(tenant_id, system, "customer", record.customer_ref),
        source_id_or_none(tenant_id, system, "site", record.site_ref),
        source_id_or_none(tenant_id, system, "contact", record.contact_ref),
        source_id_or_none(tenant_id, system, "contract", record.contract_ref),
        record.subject,
        record.channel,
        last.status,
        outcome.steps[-1].status_category,
        last.priority,
        last.impact,
        last.urgency,
        last.category,
        last.subcategory,
        last.queue,
        source_id_or_none(tenant_id, system, "user", last.assignee_ref),
        record.opened_at,
        outcome.first_response_at,
        outcome.resolved_at,
        outcome.closed_at,
        outcome.reopen_count,
        record.desk_sla_met,
        system,
        Jsonb(dict(record.source_fields)) if record.source_fields else None,
    )


def _event_rows(tenant_id: UUID, system: str, record: TicketRecord, outcome: Outcome) -> Iterator[tuple[Any, ...]]:
    ticket_id = source_id(tenant_id, system, "ticket", record.ref)
    for seq, (event, step) in enumerate(zip(record.events, outcome.steps, strict=True), start=1):
        actor = "contact" if event.actor_kind == "contact" else "user"
        yield (
            event_id(tenant_id, system, record.ref, event),
            tenant_id,
            ticket_id,
            seq,
            event.occurred_at,
            event.kind,
            event.actor_kind,
            source_id_or_none(tenant_id, system, actor, event.actor_ref),
            event.actor_name,
            event.is_public,
            event.status,
            step.status_category,
            event.priority,
            event.impact,
            event.urgency,
            event.category,
            event.subcategory,
            event.queue,
            source_id_or_none(tenant_id, system, "user", event.assignee_ref),
            event.pause_reason,
            # as PostgreSQL writes an array of plain words: the driver's own way costs as much as the rest of the row
            "{" + ",".join(step.changed) + "}",
            step.is_reopening,
            event.source_key,
        )


def load_desk_source(connection: Connection, tenant_id: UUID, system: str, records: Records) -> dict[str, MergeCount]:
    """Write where the history comes from and which days it covers."""
    rows = [
        (
            source_id(tenant_id, system, "desk_source", system),
            tenant_id,
            system,
            r["timezone"],
            r["covers_from"],
            r["covers_to"],
        )
        for r in records
    ]
    columns = ("id", "tenant_id", "system", "timezone", "covers_from", "covers_to")
    return {"desk_source": merge(connection, "tickets.desk_source", columns, rows)}


def load_calendars(connection: Connection, tenant_id: UUID, system: str, records: Records) -> dict[str, MergeCount]:
    """Write service calendars (`calendars.csv`)."""
    rows = [
        (
            source_id(tenant_id, system, "calendar", r["ref"]),
            tenant_id,
            r["name"],
            r["timezone"],
            r["windows"],
        )
        for r in records
    ]
    return {
        "calendars": merge(connection, "tickets.calendar", ("id", "tenant_id", "name", "timezone", "windows"), rows)
    }


def load_holidays(connection: Connection, tenant_id: UUID, system: str, records: Records) -> dict[str, MergeCount]:
    """Write the frozen holidays of calendars (`calendar_holidays.csv`)."""
    rows = [
        (
            source_id(tenant_id, system, "calendar_holiday", f"{r['calendar_ref']}\x1f{r['day']}"),
            tenant_id,
            source_id(tenant_id, system, "calendar", r["calendar_ref"]),
            r["day"],
            r["name"],
        )
        for r in records
    ]
    return {
        "calendar_holidays": merge(
            connection, "tickets.calendar_holiday", ("id", "tenant_id", "calendar_id", "day", "name"), rows
        )
    }


def load_policies(connection: Connection, tenant_id: UUID, system: str, records: Records) -> dict[str, MergeCount]:
    """Write service-level policies and their targets (`sla_policies.csv`, one line a target)."""
    policies = {r["ref"]: r["name"] for r in records}
    merge(
        connection,
        "tickets.sla_policy",
        ("id", "tenant_id", "name"),
        [(source_id(tenant_id, system, "sla_policy", ref), tenant_id, name) for ref, name in policies.items()],
    )
    rows = [
        (
            source_id(tenant_id, system, "sla_target", "\x1f".join((r["ref"], r["priority"], r["clock"]))),
            tenant_id,
            source_id(tenant_id, system, "sla_policy", r["ref"]),
            r["priority"],
            r["clock"],
            r["target_minutes"],
        )
        for r in records
    ]
    columns = ("id", "tenant_id", "policy_id", "priority", "clock", "target_minutes")
    return {"sla_policies": merge(connection, "tickets.sla_target", columns, rows)}


def load_contract_slas(connection: Connection, tenant_id: UUID, system: str, records: Records) -> dict[str, MergeCount]:
    """Write which service level a contract buys (the last two columns of `contracts.csv`)."""
    rows = [
        (
            source_id(tenant_id, system, "contract_sla", r["ref"]),
            tenant_id,
            source_id(tenant_id, system, "contract", r["ref"]),
            source_id(tenant_id, system, "sla_policy", r["sla_policy_ref"]),
            source_id(tenant_id, system, "calendar", r["calendar_ref"]),
        )
        for r in records
        if r["sla_policy_ref"] is not None and r["calendar_ref"] is not None
    ]
    columns = ("id", "tenant_id", "contract_id", "policy_id", "calendar_id")
    return {"contract_slas": merge(connection, "tickets.contract_sla", columns, rows)}


def load_time_entries(connection: Connection, tenant_id: UUID, system: str, records: Records) -> dict[str, MergeCount]:
    """Write time worked on tickets (`time_entries.csv`)."""
    rows = [
        (
            source_id(tenant_id, system, "time_entry", r["ref"]),
            tenant_id,
            source_id(tenant_id, system, "ticket", r["ticket_ref"]),
            source_id(tenant_id, system, "user", r["user_ref"]),
            *(r[name] for name in TIME),
        )
        for r in records
    ]
    return {
        "time_entries": merge(
            connection, "tickets.time_entry", ("id", "tenant_id", "ticket_id", "user_id", *TIME), rows
        )
    }


TIME = ("started_at", "ended_at", "minutes", "work_type", "billable", "entered_at")

LOADERS: dict[str, Loader] = {
    "desk_source": load_desk_source,
    "calendars": load_calendars,
    "calendar_holidays": load_holidays,
    "sla_policies": load_policies,
    "contract_slas": load_contract_slas,
    "tickets": load_tickets,
    "time_entries": load_time_entries,
    "satisfaction": load_satisfaction,
}
