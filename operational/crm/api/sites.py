"""Places of customers."""

from uuid import UUID

from fastapi import Response

from operational.core.kernel import Work
from operational.core.pagination import Cursor, Limit, Page
from operational.core.routes import ServiceRouter
from operational.core.security import require
from operational.crm.api.lists import one, page_by_name
from operational.crm.models import site
from operational.crm.schemas import SiteOut

router = ServiceRouter(prefix="/api/crm/sites", tags=["crm"])


@router.get("", dependencies=[require("crm.customer.read")])
async def list_sites(
    work: Work, limit: Limit = 50, cursor: Cursor = None, customer_id: UUID | None = None
) -> Page[SiteOut]:
    """Sites by name."""
    return await page_by_name(work, site, SiteOut, limit, cursor, customer_id=customer_id)


@router.get("/{site_id}", dependencies=[require("crm.customer.read")])
async def get_site(site_id: UUID, work: Work, response: Response) -> SiteOut:
    """One site."""
    return await one(work, site, SiteOut, site_id, response)
