"""What people do with a ticket: reply, note, assign, set the status, enter time."""

from uuid import UUID

from fastapi import Response

from operational.core.etag import IfMatch, etag
from operational.core.idempotency import Answer, OnceOnly
from operational.core.kernel import Work
from operational.core.routes import ServiceRouter
from operational.core.security import require
from operational.tickets.models_desk import idempotency
from operational.tickets.schemas import AssignIn, NoteIn, ReplyIn, StatusIn, TicketOut, TimeIn, TimeOut
from operational.tickets.service import desk

router = ServiceRouter(prefix="/api/tickets/{ticket_id}", tags=["tickets"])


@router.post("/reply", status_code=201, response_model=TicketOut, dependencies=[require("tickets.ticket.reply")])
async def add_reply(ticket_id: UUID, body: ReplyIn, work: Work, once: OnceOnly) -> Response:
    """Write to the customer; the first time is the first response."""

    async def make() -> Answer:
        row = await desk.write_message(work, ticket_id, is_public=True, body=body.body, status=body.status)
        return Answer(TicketOut.model_validate(row), row.version)

    return await once.answer(work, idempotency, make)


@router.post("/note", status_code=201, dependencies=[require("tickets.note.create")])
async def add_note(ticket_id: UUID, body: NoteIn, work: Work, response: Response) -> TicketOut:
    """Leave a note for colleagues."""
    row = await desk.write_message(work, ticket_id, is_public=False, body=body.body)
    response.headers["ETag"] = etag(row.version)
    return TicketOut.model_validate(row)


@router.post("/assign", dependencies=[require("tickets.ticket.assign")])
async def assign_ticket(
    ticket_id: UUID, body: AssignIn, expected: IfMatch, work: Work, response: Response
) -> TicketOut:
    """Give the ticket to somebody, or back to the queue."""
    row = await desk.change(work, ticket_id, expected, body.model_dump())
    response.headers["ETag"] = etag(row.version)
    return TicketOut.model_validate(row)


@router.post("/status", dependencies=[require("tickets.ticket.update")])
async def set_status(ticket_id: UUID, body: StatusIn, expected: IfMatch, work: Work, response: Response) -> TicketOut:
    """Set the status."""
    row = await desk.change(work, ticket_id, expected, body.sent())
    response.headers["ETag"] = etag(row.version)
    return TicketOut.model_validate(row)


@router.post("/time", status_code=201, response_model=TimeOut, dependencies=[require("tickets.time_entry.create")])
async def add_time(ticket_id: UUID, body: TimeIn, work: Work, once: OnceOnly) -> Response:
    """Enter one's own work on the ticket."""

    async def make() -> Answer:
        entry, version = await desk.add_time(work, ticket_id, body.model_dump())
        return Answer(TimeOut.model_validate(entry), version)

    return await once.answer(work, idempotency, make)
