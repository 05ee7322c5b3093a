"""The crm service."""

from pathlib import Path

from operational.core.module import ServiceModule
from operational.crm.models import metadata
from operational.crm.service.history import LOADERS

module = ServiceModule(name="crm", metadata=metadata, migrations=Path(__file__).parent / "migrations", loaders=LOADERS)
