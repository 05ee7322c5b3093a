"""The ticket list, its size, and what it can be filtered by."""

from typing import Annotated, Any

from fastapi import Depends, Query

from operational.core.kernel import Work
from operational.core.pagination import Cursor, Limit, Offset, Page, PageRequest, page_of
from operational.core.routes import ServiceRouter
from operational.core.security import require
from operational.tickets import repository_list
from operational.tickets.schemas import (
    CountOut,
    FacetOut,
    FacetsOut,
    TicketFilters,
    TicketRow,
    TicketSort,
)
from operational.tickets.service import listing

router = ServiceRouter(prefix="/api/tickets", tags=["tickets"])


async def _filters(asked: Annotated[TicketFilters, Query()]) -> dict[str, Any]:
    return asked.model_dump(exclude_none=True)


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
