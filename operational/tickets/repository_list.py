"""SQL of the ticket list: filters, orders, counts, and what can be filtered by."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, null, or_, select

from operational.core.db import UnitOfWork
from operational.core.pagination import PageRequest, Sort, paged
from operational.tickets.models import ticket
from operational.tickets.models_sla import sla_clock
from operational.tickets.repository import LISTED
from operational.tickets.repository_reach import reached

READ = "tickets.ticket.read"
OPEN = ("new", "open", "paused")
# a ticket without priority comes last, and so does one without a running clock
PRIORITY_KEY = func.coalesce(ticket.c.priority, "~")
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
# while a clock runs: when its budget is used up, or when that was
DUE_AT = case((sla_clock.c.verdict == "breached", sla_clock.c.judged_at), else_=sla_clock.c.due_at)
_due = (
    select(sla_clock.c.tenant_id, sla_clock.c.ticket_id, func.min(DUE_AT).label("due_at"))
    .where(sla_clock.c.state == "running")
    .group_by(sla_clock.c.tenant_id, sla_clock.c.ticket_id)
    .subquery("due")
)
DUE_KEY = func.coalesce(_due.c.due_at, NEVER)

# ties go against the key's direction where an index is built so
SORTS = {
    "-opened_at": Sort(ticket.c.opened_at, ticket.c.id, datetime, key_descends=True),
    "opened_at": Sort(ticket.c.opened_at, ticket.c.id, datetime, tie_descends=True),
    "priority": Sort(PRIORITY_KEY, ticket.c.id, str),
    "due_at": Sort(DUE_KEY, ticket.c.id, datetime),
}


async def list_tickets(work: UnitOfWork, request: PageRequest) -> Sequence[Row[Any]]:
    """Tickets in order, one row more than a page; `sort_key` is what they are ordered by."""
    query = select(*LISTED, request.sort.key.label("sort_key"))
    if request.sort is SORTS["due_at"]:
        query = query.outerjoin(_due, (_due.c.ticket_id == ticket.c.id) & (_due.c.tenant_id == work.tenant_id))
    query = query.where(_readable(work), *_conditions(request.filters))
    return (await work.read(paged(query, request))).all()


async def count_tickets(work: UnitOfWork, filters: Mapping[str, Any]) -> int:
    """How many tickets there are."""
    query = select(func.count()).select_from(ticket).where(_readable(work), *_conditions(filters))
    return int((await work.read(query)).scalar_one())


def _readable(work: UnitOfWork) -> ColumnElement[bool]:
    return and_(ticket.c.tenant_id == work.tenant_id, reached(work.principal, READ))


def _conditions(filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name, value in filters.items():
        if value is None or value in ([], "", False):
            continue
        if name == "text":
            found.append(
                or_(
                    func.lower(ticket.c.subject).contains(value.lower(), autoescape=True),
                    func.lower(ticket.c.number).startswith(value.strip().lower(), autoescape=True),
                )
            )
        elif name == "unassigned":
            found.append(ticket.c.assignee_id.is_(None))
        elif name == "opened_from":
            found.append(ticket.c.opened_at >= value)
        elif name == "opened_before":
            found.append(ticket.c.opened_at < value)
        elif isinstance(value, list):
            found.append(ticket.c[name].in_(value))
        else:
            found.append(ticket.c[name] == value)
    return found


async def next_due(work: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Per ticket the clock that is due first, else one that is paused and is due at no time (clock, due_at, breached).

    Tickets whose clocks have all ended, or that have none, are missing.
    """
    going = sla_clock.c.state.in_(("running", "paused"))
    due_at = case((sla_clock.c.state == "running", DUE_AT), else_=null())
    query: Select[Any] = (
        select(
            sla_clock.c.ticket_id,
            sla_clock.c.clock,
            due_at.label("due_at"),
            sla_clock.c.verdict.is_not_distinct_from("breached").label("breached"),
        )
        .where(sla_clock.c.tenant_id == work.tenant_id, sla_clock.c.ticket_id.in_(ids), going)
        .distinct(sla_clock.c.ticket_id)
        .order_by(sla_clock.c.ticket_id, due_at.nulls_last(), sla_clock.c.clock)
    )
    return {row.ticket_id: row for row in await work.read(query)}


async def facets(work: UnitOfWork, column: str) -> Sequence[Row[Any]]:
    """The values of a column in use with how many open tickets have them, by value; unknown comes last."""
    value = ticket.c[column]
    query = (
        select(value.label("value"), func.count().filter(ticket.c.status_category.in_(OPEN)).label("open_tickets"))
        .where(_readable(work))
        .group_by(value)
        .order_by(value.nulls_last())
    )
    return (await work.read(query)).all()
