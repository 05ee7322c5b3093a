"""What a service says of itself: the one record the house is put together from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import MetaData

from operational.core.bulk import Loader


@dataclass(frozen=True)
class ServiceModule:
    """A service: its name (which is its schema's), its tables, the folder of its migrations.

    `loaders` write imported records of one kind each, by the kind's name in the import format.
    """

    name: str
    metadata: MetaData
    migrations: Path
    loaders: Mapping[str, Loader] = field(default_factory=dict)
