"""PUBLIC: the people of a tenant, as other services see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from operational.core.principal import Principal


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the staff."""

    id: UUID
    name: str
    email: str | None
    is_active: bool


class People(Protocol):
    """Looks up staff."""

    async def people(self, principal: Principal, ids: Collection[UUID]) -> Mapping[UUID, Person]:
        """Those of `ids` that are people of the principal's tenant."""
