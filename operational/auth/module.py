"""The auth service."""

from pathlib import Path

from fastapi import APIRouter

from operational.auth import models_factors, models_sso  # noqa: F401 - add their tables
from operational.auth.contracts import People
from operational.auth.events import IdentityProviderSaved, RoleSaved, UserSaved
from operational.auth.facade import PeopleFacade
from operational.auth.models import idempotency, inbox, metadata
from operational.auth.permissions import PERMISSIONS
from operational.auth.service import personal
from operational.auth.service.ending import HOUSEKEEPING
from operational.auth.service.history import LOADERS
from operational.core.housekeeping import housekeeping
from operational.core.module import ServiceModule
from operational.core.personal.declared import read_personal


def _routers() -> tuple[APIRouter, ...]:
    from operational.auth.api import ROUTERS

    return ROUTERS


module = ServiceModule(
    name="auth",
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    loaders=LOADERS,
    routers=_routers,
    permissions=PERMISSIONS,
    heard_by="auth.user.read",
    facades={People: PeopleFacade},
    events=(IdentityProviderSaved, RoleSaved, UserSaved),
    jobs=(HOUSEKEEPING, housekeeping("auth", idempotency, inbox)),
    personal=read_personal(
        Path(__file__).with_name("personal.yaml"), "auth", metadata, refuse=personal.refuse, close=personal.close
    ),
)
