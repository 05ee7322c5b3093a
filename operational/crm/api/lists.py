"""What the lists of the crm service share."""

from typing import Any, TypeVar
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel
from sqlalchemy import Table

from operational.core.db import UnitOfWork
from operational.core.errors import not_found
from operational.core.etag import etag
from operational.core.pagination import Page, PageRequest, Sort, page_of
from operational.crm import repository

Out = TypeVar("Out", bound=BaseModel)


async def page_by_name(
    work: UnitOfWork, table: Table, out: type[Out], limit: int, cursor: str | None, **filters: Any
) -> Page[Out]:
    """A page of records by name, as German lists have it."""
    sort = Sort(table.c.sort_name, table.c.id, str)
    request = PageRequest(f"{table} by {sort.key.name}", sort, filters, limit, cursor)
    rows = await repository.list_records(work, table, request)
    shown, next_cursor = page_of(rows, request, lambda row: (row.sort_name, row.id))
    return Page[out](items=[out.model_validate(row) for row in shown], next_cursor=next_cursor)  # type: ignore[valid-type]


async def one(work: UnitOfWork, table: Table, out: type[Out], record_id: UUID, response: Response) -> Out:
    """A record by id, with its ETag where it has a version; raises 404."""
    row = await repository.find(work, table, record_id)
    if row is None:
        raise not_found(table.name)
    if "version" in table.c:
        response.headers["ETag"] = etag(row.version)
    return out.model_validate(row)
