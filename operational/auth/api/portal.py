"""A portal user who belongs to several customers acts for one of them at a time."""

from operational.auth.schemas_people import PortalCustomersOut, SwitchIn
from operational.auth.service import portal
from operational.core.kernel import TheKernel, Work
from operational.core.routes import ServiceRouter
from operational.core.security import CurrentPrincipal, require

router = ServiceRouter(prefix="/api/auth/portal", tags=["auth"])


@router.get("/customers", dependencies=[require("auth.account.use")])
async def list_portal_customers(principal: CurrentPrincipal, kernel: TheKernel) -> PortalCustomersOut:
    """The customers the caller can act for; none for staff."""
    return PortalCustomersOut.model_validate({"items": await portal.my_customers(kernel.database, principal)})


@router.put("/customer", status_code=204, dependencies=[require("auth.account.use")])
async def set_portal_customer(body: SwitchIn, work: Work, kernel: TheKernel) -> None:
    """Act for another customer from now on, in this session."""
    await portal.switch(work, kernel.parties, body.customer_id)
