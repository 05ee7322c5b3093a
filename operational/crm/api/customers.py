"""Customers."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from operational.core.etag import IfMatch, etag
from operational.core.kernel import Work
from operational.core.pagination import Cursor, Limit, Page
from operational.core.payload import Words
from operational.core.routes import ServiceRouter
from operational.core.security import require
from operational.crm.api.lists import one, page_by_name
from operational.crm.models import customer
from operational.crm.schemas import CustomerChange, CustomerIn, CustomerOut
from operational.crm.service import records

router = ServiceRouter(prefix="/api/crm/customers", tags=["crm"])


@router.get("", dependencies=[require("crm.customer.read")])
async def list_customers(
    work: Work, limit: Limit = 50, cursor: Cursor = None, text: Annotated[Words | None, Query()] = None
) -> Page[CustomerOut]:
    """Customers by name; `text` is a part of the name."""
    return await page_by_name(work, customer, CustomerOut, limit, cursor, text=text)


@router.get("/{customer_id}", dependencies=[require("crm.customer.read")])
async def get_customer(customer_id: UUID, work: Work, response: Response) -> CustomerOut:
    """One customer."""
    return await one(work, customer, CustomerOut, customer_id, response)


@router.post("", status_code=201, dependencies=[require("crm.customer.write")])
async def create_customer(body: CustomerIn, work: Work, response: Response) -> CustomerOut:
    """Make a customer."""
    row = await records.create_customer(work, body.model_dump())
    response.headers.update({"ETag": etag(row.version), "Location": f"/api/crm/customers/{row.id}"})
    return CustomerOut.model_validate(row)


@router.patch("/{customer_id}", dependencies=[require("crm.customer.write")])
async def update_customer(
    customer_id: UUID, body: CustomerChange, expected: IfMatch, work: Work, response: Response
) -> CustomerOut:
    """Change values of a customer."""
    row = await records.change(work, records.CUSTOMER, customer_id, expected, body.sent())
    response.headers["ETag"] = etag(row.version)
    return CustomerOut.model_validate(row)
