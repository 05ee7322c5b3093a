"""Tickets: read, open, change, events."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from operational.core.etag import IfMatch, etag
from operational.core.idempotency import Answer, OnceOnly
from operational.core.kernel import Work
from operational.core.pagination import Limit
from operational.core.routes import ServiceRouter
from operational.core.security import require
from operational.tickets import repository, repository_sla
from operational.tickets.models_desk import idempotency
from operational.tickets.schemas import (
    ClockOut,
    EventOut,
    EventsOut,
    TicketChange,
    TicketDetail,
    TicketIn,
    TicketOut,
)
from operational.tickets.service import desk, listing

router = ServiceRouter(prefix="/api/tickets", tags=["tickets"])


@router.get("/{ticket_id}", dependencies=[require("tickets.ticket.read")])
async def get_ticket(ticket_id: UUID, work: Work, response: Response) -> TicketDetail:
    """One ticket with its service-level clocks."""
    row = await desk.get(work, ticket_id)
    clocks = await repository_sla.clocks(work, ticket_id)
    (named,) = await listing.with_names(work, [row])
    response.headers["ETag"] = etag(row.version)
    return TicketDetail.model_validate({**named, "clocks": [ClockOut.model_validate(clock) for clock in clocks]})


@router.get("/{ticket_id}/events", dependencies=[require("tickets.ticket.read")])
async def list_events(
    ticket_id: UUID, work: Work, limit: Limit = 100, after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0
) -> EventsOut:
    """A ticket's events from the first to the last; notes only for those who may read them."""
    await desk.get(work, ticket_id)
    with_notes = work.principal.may("tickets.note.read")
    rows = await repository.list_events(work, ticket_id, after, limit, with_notes=with_notes)
    items = [EventOut.model_validate(row) for row in await listing.with_actors(work, rows[:limit])]
    return EventsOut(items=items, next_after=items[-1].seq if len(rows) > limit else None)


@router.post("", status_code=201, response_model=TicketOut, dependencies=[require("tickets.ticket.create")])
async def create_ticket(body: TicketIn, work: Work, once: OnceOnly) -> Response:
    """Open a ticket."""

    async def make() -> Answer:
        row = await desk.create(work, body.model_dump(exclude={"description"}), body.description)
        return Answer(TicketOut.model_validate(row), row.version, f"/api/tickets/{row.id}")

    return await once.answer(work, idempotency, make)


@router.patch("/{ticket_id}", dependencies=[require("tickets.ticket.update")])
async def update_ticket(
    ticket_id: UUID, body: TicketChange, expected: IfMatch, work: Work, response: Response
) -> TicketOut:
    """Change values of a ticket."""
    row = await desk.change(work, ticket_id, expected, body.sent())
    response.headers["ETag"] = etag(row.version)
    return TicketOut.model_validate(row)
