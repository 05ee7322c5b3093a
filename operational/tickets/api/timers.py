"""The caller's running timer."""

from uuid import UUID

from fastapi import Response

from operational.core.idempotency import Answer, OnceOnly
from operational.core.kernel import Work
from operational.core.routes import ServiceRouter
from operational.core.security import require
from operational.tickets import repository_timer
from operational.tickets.models_desk import idempotency
from operational.tickets.schemas import TimeOut, TimerEnd, TimerOut, TimerState
from operational.tickets.service import timers

router = ServiceRouter(prefix="/api/tickets", tags=["tickets"])


@router.get("/timer", dependencies=[require("tickets.time_entry.create")])
async def get_timer(work: Work) -> TimerState:
    """The caller's timer; it runs on the server, so it survives a closed browser."""
    found = await repository_timer.mine(work)
    return TimerState(timer=None if found is None else TimerOut.model_validate(found))


@router.post("/{ticket_id}/timer", status_code=201, dependencies=[require("tickets.time_entry.create")])
async def create_timer(ticket_id: UUID, work: Work) -> TimerOut:
    """Start the timer on a ticket; 409 while one runs."""
    return TimerOut.model_validate(await timers.start(work, ticket_id))


@router.post("/timer/end", status_code=201, response_model=TimeOut, dependencies=[require("tickets.time_entry.create")])
async def end_timer(body: TimerEnd, work: Work, once: OnceOnly) -> Response:
    """Stop the timer and enter the time on its ticket."""

    async def make() -> Answer:
        entry, version = await timers.stop(work, body.model_dump())
        return Answer(TimeOut.model_validate(entry), version)

    return await once.answer(work, idempotency, make)


@router.delete("/timer", status_code=204, dependencies=[require("tickets.time_entry.create")])
async def remove_timer(work: Work) -> None:
    """Forget the timer without entering anything."""
    await timers.discard(work)
