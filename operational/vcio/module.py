"""The vcio service."""

from pathlib import Path

from operational.core.module import ServiceModule
from operational.vcio.models import metadata

module = ServiceModule(name="vcio", metadata=metadata, migrations=Path(__file__).parent / "migrations")
