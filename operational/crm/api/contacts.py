"""Contacts."""

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
from operational.crm.models import contact
from operational.crm.schemas import ContactChange, ContactIn, ContactOut
from operational.crm.service import records

router = ServiceRouter(prefix="/api/crm/contacts", tags=["crm"])


@router.get("", dependencies=[require("crm.contact.read")])
async def list_contacts(
    work: Work,
    limit: Limit = 50,
    cursor: Cursor = None,
    text: Annotated[Words | None, Query()] = None,
    customer_id: UUID | None = None,
) -> Page[ContactOut]:
    """Contacts by name; `text` is a part of the name."""
    return await page_by_name(work, contact, ContactOut, limit, cursor, text=text, customer_id=customer_id)


@router.get("/{contact_id}", dependencies=[require("crm.contact.read")])
async def get_contact(contact_id: UUID, work: Work, response: Response) -> ContactOut:
    """One contact."""
    return await one(work, contact, ContactOut, contact_id, response)


@router.post("", status_code=201, dependencies=[require("crm.contact.write")])
async def create_contact(body: ContactIn, work: Work, response: Response) -> ContactOut:
    """Make a contact at a customer."""
    values = body.model_dump(exclude={"customer_id", "site_id"})
    row = await records.create_contact(work, body.customer_id, body.site_id, values)
    response.headers.update({"ETag": etag(row.version), "Location": f"/api/crm/contacts/{row.id}"})
    return ContactOut.model_validate(row)


@router.patch("/{contact_id}", dependencies=[require("crm.contact.write")])
async def update_contact(
    contact_id: UUID, body: ContactChange, expected: IfMatch, work: Work, response: Response
) -> ContactOut:
    """Change values of a contact."""
    row = await records.change(work, records.CONTACT, contact_id, expected, body.sent())
    response.headers["ETag"] = etag(row.version)
    return ContactOut.model_validate(row)
