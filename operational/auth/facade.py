"""The auth service's answers to other services."""

from collections.abc import Collection, Mapping
from uuid import UUID

from operational.auth import repository
from operational.auth.contracts import Person
from operational.core.db import UnitOfWork
from operational.core.principal import Principal


class PeopleFacade:
    """Implements `contracts.People` on the caller's transaction."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def people(self, principal: Principal, ids: Collection[UUID]) -> Mapping[UUID, Person]:
        """Those of `ids` that are people of the principal's tenant."""
        assert principal.tenant_id == self._work.tenant_id
        return {person.id: person for person in await repository.people(self._work, ids)}
