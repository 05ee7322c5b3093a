"""PUBLIC: customers and what belongs to them, as other services see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from operational.core.principal import Principal


@dataclass(frozen=True, slots=True)
class CustomerRef:
    """A customer."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class BelongingRef:
    """A site, contact or contract with the customers it belongs to."""

    id: UUID
    name: str
    customer_ids: frozenset[UUID]


class Customers(Protocol):
    """Looks up customers; unknown ids are missing in the answer."""

    async def customers(self, principal: Principal, ids: Collection[UUID]) -> Mapping[UUID, CustomerRef]:
        """Customers by id."""

    async def sites(self, principal: Principal, ids: Collection[UUID]) -> Mapping[UUID, BelongingRef]:
        """Sites by id."""

    async def contacts(self, principal: Principal, ids: Collection[UUID]) -> Mapping[UUID, BelongingRef]:
        """Contacts by id."""

    async def contracts(self, principal: Principal, ids: Collection[UUID]) -> Mapping[UUID, BelongingRef]:
        """Contracts by id."""
