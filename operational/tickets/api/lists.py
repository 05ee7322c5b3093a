"""The ticket list, its size, and what it can be filtered by."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from operational.core.kernel import Work
from operational.core.pagination import Cursor, Limit, Offset, Page, PageRequest, page_of
from operational.core.payload import Instant, Words
from operational.core.security import require
from operational.tickets import repository_list
from operational.tickets.schemas import (
    CountOut,
    FacetOut,
    FacetsOut,
    Priority,
    Status,
    StatusCategory,
    TicketRow,
    TicketSort,
)
from operational.tickets.service import listing

router = APIRouter(prefix="/api/tickets", tags=["tickets"])


def _filters(
    status_category: Annotated[list[StatusCategory] | None, Query()] = None,
    status: Annotated[list[Status] | None, Query()] = None,
    priority: Annotated[list[Priority] | None, Query()] = None,
    queue: Annotated[list[Words] | None, Query()] = None,
    category: Annotated[list[Words] | None, Query()] = None,
    customer_id: UUID | None = None,
    contact_id: UUID | None = None,
    assignee_id: UUID | None = None,
    unassigned: Annotated[bool, Query(description="Only tickets nobody has taken")] = False,
    opened_from: Annotated[Instant | None, Query(description="Opened then or later")] = None,
    opened_before: Annotated[Instant | None, Query(description="Opened before then")] = None,
    text: Annotated[Words | None, Query(description="A part of the subject, or the number's beginning")] = None,
) -> dict[str, Any]:
    return {name: value for name, value in locals().items() if value is not None}


Filters = Annotated[dict[str, Any], Depends(_filters)]


@router.get("", dependencies=[require("tickets.ticket.read")])
async def list_tickets(
    work: Work, filters: Filters, limit: Limit = 50, cursor: Cursor = None, offset: Offset = 0,
    sort: TicketSort = TicketSort.NEWEST,
) -> Page[TicketRow]:  # fmt: skip
    """Tickets, the newest first; filters of one name are alternatives, those of several names all hold."""
    request = PageRequest(f"tickets {sort}", repository_list.SORTS[sort.value], filters, limit, cursor, offset)
    rows = await repository_list.list_tickets(work, request)
    shown, next_cursor = page_of(rows, request, lambda row: (row.sort_key, row.id))
    named = await listing.with_names(work, shown)
    return Page[TicketRow](items=[TicketRow.model_validate(row) for row in named], next_cursor=next_cursor)


@router.get("/count", dependencies=[require("tickets.ticket.read")])
async def get_ticket_count(work: Work, filters: Filters) -> CountOut:
    """How many tickets the same filters leave."""
    return CountOut(count=await repository_list.count_tickets(work, filters))


@router.get("/facets", dependencies=[require("tickets.ticket.read")])
async def list_facets(work: Work) -> FacetsOut:
    """Queues and categories in use."""
    queues, categories = [
        [FacetOut.model_validate(row) for row in await repository_list.facets(work, column)]
        for column in ("queue", "category")
    ]
    return FacetsOut(queues=queues, categories=categories)
