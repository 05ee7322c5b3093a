"""What a service says of itself: the one record the house is put together from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter
from sqlalchemy import MetaData, Table

from operational.core.access import Permission
from operational.core.bulk import Loader
from operational.core.bus import Subscription
from operational.core.db import Facade
from operational.core.jobs import Job
from operational.core.outbox import Event
from operational.core.personal.declared import PersonalData


@dataclass(frozen=True)
class ServiceModule:
    """A service: its name (which is its schema's), its tables, the folder of its migrations, and what it offers.

    A service that keeps nothing has neither tables nor migrations, and no schema.
    `loaders` write imported records of one kind each, by the kind's name in the import format. `permissions` maps
    each permission's name to what it is. `heard_by` is the permission that lets open pages
    hear of what happens in the service. `routers` loads its addresses, which only a process that answers HTTP needs.
    `facades` implement the Protocols of the service's contracts. `events` are all it tells of itself, `subscribers`
    what it listens to. `personal` says which of its tables people are in, and what becomes of that when they ask.
    """

    name: str
    metadata: MetaData = field(default_factory=MetaData)
    migrations: Path | None = None
    loaders: Mapping[str, Loader] = field(default_factory=dict)
    routers: Callable[[], tuple[APIRouter, ...]] = tuple
    permissions: Mapping[str, Permission] = field(default_factory=dict)
    heard_by: str | None = None
    facades: Mapping[type, Facade] = field(default_factory=dict)
    events: tuple[type[Event], ...] = ()
    subscribers: tuple[Subscription, ...] = ()
    jobs: tuple[Job, ...] = ()
    personal: PersonalData = field(default_factory=PersonalData)

    def table(self, name: str) -> Table | None:
        """The service's table of that name, if it has one."""
        return self.metadata.tables.get(f"{self.name}.{name}")
