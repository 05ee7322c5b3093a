"""The crm service."""

from pathlib import Path

from fastapi import APIRouter

from operational.core.housekeeping import housekeeping
from operational.core.module import ServiceModule
from operational.core.personal.declared import read_personal
from operational.crm.contracts import Customers
from operational.crm.events import ContactSaved, CustomerSaved
from operational.crm.facade import CustomersFacade
from operational.crm.models import idempotency, inbox, metadata
from operational.crm.permissions import PERMISSIONS
from operational.crm.service import personal
from operational.crm.service.history import LOADERS


def _routers() -> tuple[APIRouter, ...]:
    from operational.crm.api import ROUTERS

    return ROUTERS


module = ServiceModule(
    name="crm",
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    loaders=LOADERS,
    routers=_routers,
    permissions=PERMISSIONS,
    heard_by="crm.customer.read",
    events=(ContactSaved, CustomerSaved),
    jobs=(housekeeping("crm", idempotency, inbox),),
    facades={Customers: CustomersFacade},
    personal=read_personal(Path(__file__).with_name("personal.yaml"), "crm", metadata, close=personal.close),
)
