"""The auth service."""

from pathlib import Path

from operational.auth.models import metadata
from operational.auth.service.history import LOADERS
from operational.core.module import ServiceModule

module = ServiceModule(name="auth", metadata=metadata, migrations=Path(__file__).parent / "migrations", loaders=LOADERS)
