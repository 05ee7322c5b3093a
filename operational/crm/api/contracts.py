"""What was agreed with customers."""

from uuid import UUID

from fastapi import Response

from operational.core.kernel import Work
from operational.core.pagination import Cursor, Limit, Page
from operational.core.routes import ServiceRouter
from operational.core.security import require
from operational.crm.api.lists import one, page_by_name
from operational.crm.models import contract
from operational.crm.schemas import ContractOut

router = ServiceRouter(prefix="/api/crm/contracts", tags=["crm"])


@router.get("", dependencies=[require("crm.contract.read")])
async def list_contracts(
    work: Work, limit: Limit = 50, cursor: Cursor = None, customer_id: UUID | None = None
) -> Page[ContractOut]:
    """Contracts by name."""
    return await page_by_name(work, contract, ContractOut, limit, cursor, customer_id=customer_id)


@router.get("/{contract_id}", dependencies=[require("crm.contract.read")])
async def get_contract(contract_id: UUID, work: Work, response: Response) -> ContractOut:
    """One contract."""
    return await one(work, contract, ContractOut, contract_id, response)
