"""SQL of running timers: at most one a person."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert

from operational.core.db import UnitOfWork
from operational.tickets.models import ticket
from operational.tickets.models_desk import timer


async def mine(work: UnitOfWork) -> Row[Any] | None:
    """The acting person's timer with its ticket's number and subject."""
    query = (
        select(timer.c.ticket_id, timer.c.started_at, ticket.c.number, ticket.c.subject)
        .join(ticket, (ticket.c.id == timer.c.ticket_id) & (ticket.c.tenant_id == work.tenant_id))
        .where(timer.c.tenant_id == work.tenant_id, timer.c.user_id == work.principal.user_id)
    )
    return (await work.read(query)).first()


async def start(work: UnitOfWork, ticket_id: UUID) -> bool:
    """Start the acting person's timer; False when one runs already."""
    statement = (
        insert(timer)
        .values(tenant_id=work.tenant_id, user_id=work.principal.user_id, ticket_id=ticket_id, started_at=work.now)
        .on_conflict_do_nothing(index_elements=["tenant_id", "user_id"])
        .returning(timer.c.id)
    )
    return (await work.write(statement)).first() is not None


async def take(work: UnitOfWork) -> Row[Any] | None:
    """Remove the acting person's timer and return it; None when none runs."""
    statement = (
        delete(timer)
        .where(timer.c.tenant_id == work.tenant_id, timer.c.user_id == work.principal.user_id)
        .returning(timer.c.ticket_id, timer.c.started_at)
    )
    return (await work.write(statement)).first()
