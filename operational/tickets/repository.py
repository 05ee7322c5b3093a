"""All SQL of the tickets service's API."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, Uuid, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from operational.core.db import UnitOfWork
from operational.core.statements import TENANT, Statement, given
from operational.tickets.contracts import EventRecord
from operational.tickets.domain.change import Turn
from operational.tickets.models import ticket, ticket_event, time_entry
from operational.tickets.models_desk import message, ticket_counter

LISTED = (
    ticket.c.id,
    ticket.c.number,
    ticket.c.subject,
    ticket.c.customer_id,
    ticket.c.contact_id,
    ticket.c.status,
    ticket.c.status_category,
    ticket.c.priority,
    ticket.c.category,
    ticket.c.queue,
    ticket.c.assignee_id,
    ticket.c.opened_at,
    ticket.c.first_response_at,
    ticket.c.resolved_at,
    ticket.c.closed_at,
    ticket.c.reopen_count,
    ticket.c.version,
)
DETAIL = (
    *LISTED,
    ticket.c.site_id,
    ticket.c.contract_id,
    ticket.c.channel,
    ticket.c.impact,
    ticket.c.urgency,
    ticket.c.subcategory,
    ticket.c.source_system,
)
STATE = ("status", "priority", "impact", "urgency", "category", "subcategory", "queue", "pause_reason")


_ONE = select(*DETAIL).where(ticket.c.tenant_id == TENANT, ticket.c.id == given("of_ticket", Uuid))
_FIND, _LOCK = Statement(_ONE), Statement(_ONE.with_for_update())
_HISTORY = Statement(
    select(ticket_event)
    .where(ticket_event.c.tenant_id == TENANT, ticket_event.c.ticket_id == given("of_ticket", Uuid))
    .order_by(ticket_event.c.seq)
)
_NEXT_NUMBER = Statement(
    upsert(ticket_counter)
    .values(tenant_id=TENANT, last_number=1)
    .on_conflict_do_update(index_elements=["tenant_id"], set_={"last_number": ticket_counter.c.last_number + 1})
    .returning(ticket_counter.c.last_number)
)


async def find(work: UnitOfWork, ticket_id: UUID) -> Row[Any] | None:
    """A ticket."""
    return (await work.read(_FIND, {"of_ticket": ticket_id})).first()


async def lock(work: UnitOfWork, ticket_id: UUID) -> Row[Any] | None:
    """A ticket, locked until the end of the transaction: its events get their numbers one after the other."""
    return (await work.read(_LOCK, {"of_ticket": ticket_id})).first()


async def list_events(
    work: UnitOfWork, ticket_id: UUID, after: int, limit: int, *, with_notes: bool
) -> Sequence[Row[Any]]:
    """A ticket's events after a number, in order, with the words people wrote; one row more than `limit`."""
    columns = [c for c in ticket_event.c if c.name not in {"tenant_id", "ticket_id", "row_txid", "source_key"}]
    query = (
        select(*columns, message.c.body)
        .outerjoin(
            message,
            # by ticket first: that is what the messages are indexed by
            (message.c.tenant_id == work.tenant_id)
            & (message.c.ticket_id == ticket_id)
            & (message.c.event_id == ticket_event.c.id),
        )
        .where(
            ticket_event.c.tenant_id == work.tenant_id,
            ticket_event.c.ticket_id == ticket_id,
            ticket_event.c.seq > after,
        )
        .order_by(ticket_event.c.seq)
        .limit(limit + 1)
    )
    if not with_notes:
        query = query.where(ticket_event.c.kind != "note", ticket_event.c.is_public.is_not(False))
    return (await work.read(query)).all()


async def history(work: UnitOfWork, ticket_id: UUID) -> tuple[list[EventRecord], int]:
    """A ticket's events as the domain reads them, and the last one's number."""
    rows = (await work.read(_HISTORY, {"of_ticket": ticket_id})).all()
    return [_record(row) for row in rows], rows[-1].seq if rows else 0


def _record(row: Row[Any]) -> EventRecord:
    return EventRecord(
        source_key=row.source_key or "",
        occurred_at=row.occurred_at,
        kind=row.kind,
        assignee_ref=None if row.assignee_id is None else str(row.assignee_id),
        actor_kind=row.actor_kind,
        actor_ref=None if row.actor_id is None else str(row.actor_id),
        actor_name=row.actor_name,
        is_public=row.is_public,
        **{name: getattr(row, name) for name in STATE},
    )


async def next_number(work: UnitOfWork) -> str:
    """The tenant's next human number; others wait for it until this transaction ends."""
    return f"T{(await work.write(_NEXT_NUMBER)).scalar_one():06}"


async def add_ticket(work: UnitOfWork, values: Mapping[str, Any]) -> UUID:
    """Insert a ticket; returns its id."""
    ticket_id = uuid4()
    await work.add(ticket, {"id": ticket_id, **values})
    return ticket_id


async def change_ticket(work: UnitOfWork, ticket_id: UUID, values: Mapping[str, Any]) -> None:
    """Update a ticket."""
    await work.write(
        update(ticket).where(ticket.c.tenant_id == work.tenant_id, ticket.c.id == ticket_id).values(**values)
    )


async def add_event(work: UnitOfWork, ticket_id: UUID, seq: int, made: Turn, changed: Sequence[str]) -> UUID:
    """Insert an event; returns its id."""
    event = made.event
    event_id = uuid4()
    row = {
        "id": event_id,
        "ticket_id": ticket_id,
        "seq": seq,
        "occurred_at": event.occurred_at,
        "kind": event.kind,
        "actor_kind": event.actor_kind,
        "actor_id": None if event.actor_ref is None else UUID(event.actor_ref),
        "is_public": event.is_public,
        "status_category": made.step.status_category,
        "assignee_id": None if event.assignee_ref is None else UUID(event.assignee_ref),
        "changed": list(changed),
        "is_reopening": made.step.is_reopening,
        **{name: getattr(event, name) for name in STATE},
    }
    await work.add(ticket_event, row)
    return event_id


async def add_message(work: UnitOfWork, ticket_id: UUID, event_id: UUID, *, is_public: bool, body: str) -> None:
    """Insert what somebody wrote."""
    row = {
        "ticket_id": ticket_id,
        "event_id": event_id,
        "author_id": work.principal.user_id,
        "is_public": is_public,
        "body": body,
        "written_at": work.now,
    }
    await work.add(message, row)


async def add_time(work: UnitOfWork, ticket_id: UUID, values: Mapping[str, Any]) -> Row[Any]:
    """Insert time worked; returns the row."""
    shown = [c for c in time_entry.c if c.name not in {"tenant_id", "row_txid"}]
    return (await work.add(time_entry, {"ticket_id": ticket_id, "entered_at": work.now, **values}, *shown)).one()
