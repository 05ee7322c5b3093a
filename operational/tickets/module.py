"""The tickets service."""

from pathlib import Path

from fastapi import APIRouter

from operational.core.housekeeping import housekeeping
from operational.core.module import ServiceModule
from operational.core.personal.declared import read_personal
from operational.tickets.events import MessageWritten, TicketChanged, TicketCreated, TimeAdded
from operational.tickets.models import metadata
from operational.tickets.models_desk import idempotency, inbox
from operational.tickets.permissions import PERMISSIONS
from operational.tickets.service.clocks import JUDGE_DUE
from operational.tickets.service.history import LOADERS


def _routers() -> tuple[APIRouter, ...]:
    from operational.tickets.api import ROUTERS

    return ROUTERS


module = ServiceModule(
    name="tickets",
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    loaders=LOADERS,
    routers=_routers,
    permissions=PERMISSIONS,
    heard_by="tickets.ticket.read",
    events=(MessageWritten, TicketChanged, TicketCreated, TimeAdded),
    jobs=(housekeeping("tickets", idempotency, inbox), JUDGE_DUE),
    personal=read_personal(Path(__file__).with_name("personal.yaml"), "tickets", metadata),
)
