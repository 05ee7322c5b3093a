"""The vcio service."""

from pathlib import Path

from operational.core.module import ServiceModule
from operational.core.personal.declared import read_personal
from operational.vcio.models import metadata

module = ServiceModule(
    name="vcio",
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    personal=read_personal(Path(__file__).with_name("personal.yaml"), "vcio", metadata),
)
