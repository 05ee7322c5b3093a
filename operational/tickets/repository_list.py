"""SQL of the ticket list: filters, orders, counts, and what can be filtered by."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Text, and_, case, func, null, or_, select

from operational.core.db import UnitOfWork
from operational.core.pagination import PageRequest, PlaceShape, Sort, on_page, placed
from operational.core.statements import SHAPES, TENANT, Statement, among, begins, contains, given, like
from operational.tickets.models import ticket
from operational.tickets.models_sla import sla_clock
from operational.tickets.repository import LISTED
from operational.tickets.repository_reach import Reaching, condition, reaching

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

_due_at = case((sla_clock.c.state == "running", DUE_AT), else_=null())
_NEXT_DUE = Statement(
    select(
        sla_clock.c.ticket_id,
        sla_clock.c.clock,
        _due_at.label("due_at"),
        sla_clock.c.verdict.is_not_distinct_from("breached").label("breached"),
    )
    .where(
        sla_clock.c.tenant_id == TENANT,
        among(sla_clock.c.ticket_id, "tickets"),
        sla_clock.c.state.in_(("running", "paused")),
    )
    .distinct(sla_clock.c.ticket_id)
    .order_by(sla_clock.c.ticket_id, _due_at.nulls_last(), sla_clock.c.clock)
)


class Shape(NamedTuple):
    """What of a question makes its statement; its values are parameters."""

    reaching: Reaching
    # filters in force, sorted, each with whether its values are a list
    filters: tuple[tuple[str, bool], ...]


def _shape(work: UnitOfWork, filters: Mapping[str, Any]) -> tuple[Shape, dict[str, Any]]:
    """The shape of what somebody asks for, and the parameters of its conditions."""
    reach, values = reaching(work.principal, READ)
    used = {name: value for name, value in filters.items() if value is not None and value not in ([], "", False)}
    for name, value in used.items():
        if name == "text":
            values |= {"f_subject": contains(value.lower()), "f_number": begins(value.strip().lower())}
        elif name != "unassigned":
            values[f"f_{name}"] = value
    return Shape(reach, tuple(sorted((name, isinstance(value, list)) for name, value in used.items()))), values


def _where(shape: Shape) -> ColumnElement[bool]:
    conditions = [_condition(name, is_list=is_list) for name, is_list in shape.filters]
    return and_(ticket.c.tenant_id == TENANT, condition(shape.reaching), *conditions)


def _condition(name: str, *, is_list: bool) -> ColumnElement[bool]:
    if name == "text":
        subject, number = func.lower(ticket.c.subject), func.lower(ticket.c.number)
        return or_(like(subject, given("f_subject", Text)), like(number, given("f_number", Text)))
    if name == "unassigned":
        return ticket.c.assignee_id.is_(None)
    if name == "opened_from":
        return ticket.c.opened_at >= given("f_opened_from", ticket.c.opened_at.type)
    if name == "opened_before":
        return ticket.c.opened_at < given("f_opened_before", ticket.c.opened_at.type)
    column = ticket.c[name]
    return among(column, f"f_{name}") if is_list else column == given(f"f_{name}", column.type)


async def list_tickets(work: UnitOfWork, request: PageRequest) -> Sequence[Row[Any]]:
    """Tickets in order, one row more than a page; `sort_key` is what they are ordered by."""
    shape, values = _shape(work, request.filters)
    place = placed(request)
    query = _page(shape, request.sort, place.shape)
    return (await work.read(query, {**values, **place.values})).all()


@lru_cache(SHAPES)
def _page(shape: Shape, sort: Sort, place: PlaceShape) -> Statement:
    query = select(*LISTED, sort.key.label("sort_key"))
    if sort is SORTS["due_at"]:
        query = query.outerjoin(_due, (_due.c.ticket_id == ticket.c.id) & (_due.c.tenant_id == TENANT))
    return Statement(on_page(query.where(_where(shape)), sort, place))


async def count_tickets(work: UnitOfWork, filters: Mapping[str, Any]) -> int:
    """How many tickets there are."""
    shape, values = _shape(work, filters)
    return int((await work.read(_count(shape), values)).scalar_one())


@lru_cache(SHAPES)
def _count(shape: Shape) -> Statement:
    return Statement(select(func.count()).select_from(ticket).where(_where(shape)))


async def next_due(work: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Per ticket the clock that is due first, else one that is paused and is due at no time (clock, due_at, breached).

    Tickets whose clocks have all ended, or that have none, are missing.
    """
    return {row.ticket_id: row for row in await work.read(_NEXT_DUE, {"tickets": list(ids)})}


async def facets(work: UnitOfWork, column: str) -> Sequence[Row[Any]]:
    """The values of a column in use with how many open tickets have them, by value; unknown comes last."""
    shape, values = _shape(work, {})
    return (await work.read(_facets(shape, column), values)).all()


@lru_cache(SHAPES)
def _facets(shape: Shape, column: str) -> Statement:
    value = ticket.c[column]
    return Statement(
        select(value.label("value"), func.count().filter(ticket.c.status_category.in_(OPEN)).label("open_tickets"))
        .where(_where(shape))
        .group_by(value)
        .order_by(value.nulls_last())
    )
