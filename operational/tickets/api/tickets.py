"""Tickets: list, read, open, change, events."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from operational.core.etag import IfMatch, etag
from operational.core.idempotency import Answer, OnceOnly
from operational.core.kernel import Work
from operational.core.pagination import Cursor, Limit, Page, PageRequest, Sort, page_of
from operational.core.payload import Words
from operational.core.security import require
from operational.tickets import repository, repository_sla
from operational.tickets.models import ticket
from operational.tickets.models_desk import idempotency
from operational.tickets.schemas import (
    ClockOut,
    EventOut,
    EventsOut,
    Priority,
    StatusCategory,
    TicketChange,
    TicketDetail,
    TicketIn,
    TicketOut,
    TicketRow,
    TicketSort,
)
from operational.tickets.service import desk

router = APIRouter(prefix="/api/tickets", tags=["tickets"])

# ties go against the key's direction where an index is built so
SORTS = {
    TicketSort.NEWEST: Sort(ticket.c.opened_at, ticket.c.id, datetime, key_descends=True),
    TicketSort.OLDEST: Sort(ticket.c.opened_at, ticket.c.id, datetime, tie_descends=True),
    TicketSort.PRIORITY: Sort(repository.PRIORITY_KEY, ticket.c.id, str),
}


@router.get("", dependencies=[require("tickets.read")])
async def list_tickets(
    work: Work,
    limit: Limit = 50,
    cursor: Cursor = None,
    sort: TicketSort = TicketSort.NEWEST,
    status_category: Annotated[list[StatusCategory] | None, Query()] = None,
    priority: Annotated[list[Priority] | None, Query()] = None,
    customer_id: UUID | None = None,
    assignee_id: UUID | None = None,
    queue: Annotated[Words | None, Query()] = None,
    text: Annotated[Words | None, Query(description="A part of the subject")] = None,
) -> Page[TicketRow]:
    """Tickets, the newest first; filters of one name are alternatives, those of several names all hold."""
    filters = {
        "status_category": status_category,
        "priority": priority,
        "customer_id": customer_id,
        "assignee_id": assignee_id,
        "queue": queue,
        "text": text,
    }
    request = PageRequest(f"tickets {sort}", SORTS[sort], filters, limit, cursor)
    rows = await repository.list_tickets(work, request)
    by_priority = sort is TicketSort.PRIORITY
    shown, next_cursor = page_of(
        rows, request, lambda row: (row.priority_key if by_priority else row.opened_at, row.id)
    )
    return Page[TicketRow](items=[TicketRow.model_validate(row) for row in shown], next_cursor=next_cursor)


@router.get("/{ticket_id}", dependencies=[require("tickets.read")])
async def get_ticket(ticket_id: UUID, work: Work, response: Response) -> TicketDetail:
    """One ticket with its service-level clocks."""
    row = await desk.get(work, ticket_id)
    clocks = await repository_sla.clocks(work, ticket_id)
    response.headers["ETag"] = etag(row.version)
    return TicketDetail.model_validate({**row._mapping, "clocks": [ClockOut.model_validate(clock) for clock in clocks]})


@router.get("/{ticket_id}/events", dependencies=[require("tickets.read")])
async def list_events(
    ticket_id: UUID, work: Work, limit: Limit = 100, after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0
) -> EventsOut:
    """A ticket's events from the first to the last."""
    await desk.get(work, ticket_id)
    rows = await repository.list_events(work, ticket_id, after, limit)
    items = [EventOut.model_validate(row) for row in rows[:limit]]
    return EventsOut(items=items, next_after=items[-1].seq if len(rows) > limit else None)


@router.post("", status_code=201, response_model=TicketOut, dependencies=[require("tickets.create")])
async def create_ticket(body: TicketIn, work: Work, once: OnceOnly) -> Response:
    """Open a ticket."""

    async def make() -> Answer:
        row = await desk.create(work, body.model_dump(exclude={"description"}), body.description)
        return Answer(TicketOut.model_validate(row), row.version, f"/api/tickets/{row.id}")

    return await once.answer(work, idempotency, make)


@router.patch("/{ticket_id}", dependencies=[require("tickets.update")])
async def update_ticket(
    ticket_id: UUID, body: TicketChange, expected: IfMatch, work: Work, response: Response
) -> TicketOut:
    """Change values of a ticket."""
    row = await desk.change(work, ticket_id, expected, body.sent())
    response.headers["ETag"] = etag(row.version)
    return TicketOut.model_validate(row)
