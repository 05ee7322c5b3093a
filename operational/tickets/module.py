"""The tickets service."""

from pathlib import Path

from operational.core.module import ServiceModule
from operational.tickets.models import metadata
from operational.tickets.service.history import LOADERS

module = ServiceModule(
    name="tickets", metadata=metadata, migrations=Path(__file__).parent / "migrations", loaders=LOADERS
)
