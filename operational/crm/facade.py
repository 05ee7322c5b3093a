"""The crm service's answers to other services."""

from collections.abc import Collection, Mapping
from uuid import UUID

from operational.core.db import UnitOfWork
from operational.core.principal import Principal
from operational.crm import repository
from operational.crm.contracts import BelongingRef, CustomerRef


class CustomersFacade:
    """Implements `contracts.Customers` on the caller's transaction."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def customers(self, principal: Principal, ids: Collection[UUID]) -> Mapping[UUID, CustomerRef]:
        """Customers by id."""
        return {ref.id: ref for ref in await repository.customer_refs(self._of(principal), ids)}

    async def sites(self, principal: Principal, ids: Collection[UUID]) -> Mapping[UUID, BelongingRef]:
        """Sites by id."""
        return {ref.id: ref for ref in await repository.site_refs(self._of(principal), ids)}

    async def contacts(self, principal: Principal, ids: Collection[UUID]) -> Mapping[UUID, BelongingRef]:
        """Contacts by id."""
        return {ref.id: ref for ref in await repository.contact_refs(self._of(principal), ids)}

    async def contracts(self, principal: Principal, ids: Collection[UUID]) -> Mapping[UUID, BelongingRef]:
        """Contracts by id."""
        return {ref.id: ref for ref in await repository.contract_refs(self._of(principal), ids)}

    def _of(self, principal: Principal) -> UnitOfWork:
        assert principal.tenant_id == self._work.tenant_id
        return self._work
