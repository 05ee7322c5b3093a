"""One running timer a person; stopping it enters the time."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from operational.core.db import UnitOfWork
from operational.core.errors import conflict, not_found
from operational.tickets import repository_timer
from operational.tickets.service import desk


async def start(work: UnitOfWork, ticket_id: UUID) -> Row[Any]:
    """Start the clock on a ticket; raises 404, and 409 while another runs (or the same)."""
    await desk.get_for(work, ticket_id, "tickets.time_entry.create")
    if not await repository_timer.start(work, ticket_id):
        running = await repository_timer.mine(work)
        number = "another ticket" if running is None else running.number
        raise conflict("timer_running", f"your timer runs on {number}; stop it first")
    found = await repository_timer.mine(work)
    assert found is not None
    return found


async def stop(work: UnitOfWork, values: Mapping[str, Any]) -> tuple[Row[Any], int]:
    """Enter what has passed, a started minute counted whole, or the given part of it.

    Returns the entry and its ticket's version. Raises 409 when none runs, 422 like `desk.add_time`: for more minutes
    than have passed, and for a timer that was forgotten for over a day (discard it and enter the time by hand).
    """
    taken = await repository_timer.take(work)
    if taken is None:
        raise conflict("no_timer", "no timer of yours is running")
    return await desk.add_time(work, taken.ticket_id, {**values, "started_at": taken.started_at, "ended_at": work.now})


async def discard(work: UnitOfWork) -> None:
    """Forget the running timer; raises 404 when none runs."""
    if await repository_timer.take(work) is None:
        raise not_found("timer")
