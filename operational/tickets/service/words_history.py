"""What people wrote and thought, in an imported history: messages with their events, answers on satisfaction."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from operational.core.bulk import MergeCount, merge
from operational.core.ids import source_id, source_id_or_none
from operational.tickets.contracts import EventRecord, TicketRecord
from operational.tickets.service.sla_history import tickets_worked_on

MESSAGE = ("id", "tenant_id", "ticket_id", "event_id", "author_id", "is_public", "body", "written_at")
SATISFACTION = ("id", "tenant_id", "ticket_id", "contact_id", "asked_at", "answered_at", "score", "comment")


def event_id(tenant_id: UUID, system: str, ticket_ref: str, event: EventRecord) -> UUID:
    """The id of an imported event."""
    return source_id(tenant_id, system, "ticket_event", f"{ticket_ref}\x1f{event.source_key}")


def write_messages(connection: Connection, tenant_id: UUID, system: str, records: Sequence[TicketRecord]) -> MergeCount:
    """Write the texts of events whose rows are there already."""
    return merge(connection, "tickets.message", MESSAGE, _message_rows(tenant_id, system, records))


def _message_rows(tenant_id: UUID, system: str, records: Sequence[TicketRecord]) -> Iterator[tuple[Any, ...]]:
    for record in records:
        ticket_id = source_id(tenant_id, system, "ticket", record.ref)
        for event in record.events:
            if event.body is None:
                continue
            yield (
                source_id(tenant_id, system, "message", f"{record.ref}\x1f{event.source_key}"),
                tenant_id,
                ticket_id,
                event_id(tenant_id, system, record.ref, event),
                source_id_or_none(tenant_id, system, "user", event.actor_ref) if event.actor_kind == "staff" else None,
                event.kind != "note" if event.is_public is None else event.is_public,
                event.body,
                event.occurred_at,
            )


def load_satisfaction(
    connection: Connection, tenant_id: UUID, system: str, records: Sequence[Mapping[str, Any]]
) -> dict[str, MergeCount]:
    """Write what people were asked and answered (`satisfaction.csv`).

    A ticket somebody has worked on since, or was asked about here, stays as it is.
    """
    rows = {
        source_id(tenant_id, system, "ticket", r["ticket_ref"]): (
            source_id(tenant_id, system, "satisfaction", r["ticket_ref"]),
            tenant_id,
            source_id(tenant_id, system, "ticket", r["ticket_ref"]),
            source_id_or_none(tenant_id, system, "contact", r["contact_ref"]),
            *(r[name] for name in SATISFACTION[4:]),
        )
        for r in records
    }
    kept = tickets_worked_on(connection, list(rows)) | _asked_here(connection, rows)
    written = merge(
        connection, "tickets.satisfaction", SATISFACTION, (row for id_, row in rows.items() if id_ not in kept)
    )
    return {"satisfaction": written + MergeCount(unchanged=len(kept))}


def _asked_here(connection: Connection, rows: Mapping[UUID, tuple[Any, ...]]) -> set[UUID]:
    """Those of the tickets with a question that did not come from the import."""
    found = connection.execute(
        "select ticket_id, id from tickets.satisfaction where ticket_id = any(%s)", (list(rows),)
    ).fetchall()
    return {ticket_id for ticket_id, id_ in found if rows[ticket_id][0] != id_}
