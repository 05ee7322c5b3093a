"""Portal users: contacts of customers who log in themselves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from operational.auth import repository_roles, repository_sessions, repository_users
from operational.auth.repository import PORTAL
from operational.auth.service.users import Users
from operational.core.access import Reach
from operational.core.db import Database, UnitOfWork
from operational.core.errors import conflict, not_found, unprocessable
from operational.core.parties import Parties
from operational.core.principal import Principal
from operational.core.roles import PORTAL_USER, SHIPPED
from operational.crm.contracts import Customers


@dataclass(frozen=True)
class PortalUsers:
    """Administrators let contacts into the portal."""

    users: Users

    async def add(self, contact_id: UUID, email: str, customer_ids: Collection[UUID]) -> Row[Any]:
        """Let a contact log in for customers they belong to, and mail them an invitation; raises 409 and 422."""
        work = self.users.work
        contact = (await work.peer(Customers).contacts(work.principal, [contact_id])).get(contact_id)
        if contact is None:
            raise unprocessable("unknown_contact", "there is no such contact", "contact_id")
        if not customer_ids or not contact.customer_ids >= set(customer_ids):
            raise unprocessable("unknown_customer", "the contact belongs to no such customer", "customer_ids")
        await repository_roles.ensure_roles(work, SHIPPED)
        role = (await repository_roles.roles_named(work, [PORTAL_USER]))[PORTAL_USER]
        values = {"name": contact.name, "email": email}
        user_id = await self.users.add_account({**values, "kind": PORTAL})
        await repository_users.set_roles(work, user_id, [role.id])
        await repository_users.add_memberships(work, user_id, contact_id, list(dict.fromkeys(customer_ids)))
        told = {**values, "contact_id": contact_id, "customer_ids": sorted(customer_ids)}
        return await self.users.tell(user_id, 1, None, told, invite=True)


async def my_customers(database: Database, principal: Principal) -> list[dict[str, Any]]:
    """The customers the calling portal user can switch between; none for staff."""
    async with database.transaction(principal) as work:
        mine = [row.customer_id for row in await _mine(work)]
    # their session acts for one of them; the names are those of all
    everywhere = replace(principal, customers=Reach(frozenset(mine)))
    async with database.transaction(everywhere) as work:
        names = await work.peer(Customers).customers(everywhere, mine)
    current = principal.customers.only or frozenset()
    return [{"id": ref.id, "name": ref.name, "is_current": ref.id in current} for ref in names.values()]


async def switch(work: UnitOfWork, parties: Parties, customer_id: UUID) -> None:
    """Let the calling portal user's session act for another of their customers; raises 404 and 409."""
    if customer_id not in {row.customer_id for row in await _mine(work)}:
        raise not_found("customer of yours")
    if work.principal.session_id is None:
        raise conflict("no_session", "log in to switch between customers")
    await repository_sessions.set_customer(work, work.principal.session_id, customer_id)
    parties.forget()


async def _mine(work: UnitOfWork) -> Sequence[Row[Any]]:
    user_id = work.principal.user_id
    return [] if user_id is None else await repository_users.memberships(work, user_id)
