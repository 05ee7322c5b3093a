"""Portal users: contacts of customers who log in themselves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from operational.auth import repository_portal, repository_roles, repository_sessions, repository_users
from operational.auth.repository import PORTAL
from operational.auth.service.users import Users
from operational.core.access import Reach
from operational.core.db import Database, UnitOfWork
from operational.core.errors import conflict, not_found, unprocessable
from operational.core.etag import Expected
from operational.core.parties import Parties
from operational.core.principal import Principal
from operational.core.roles import PORTAL_USER, SHIPPED
from operational.crm.contracts import BelongingRef, Customers


@dataclass(frozen=True)
class PortalUsers:
    """Administrators let contacts into the portal."""

    users: Users

    async def add(self, contact_id: UUID, email: str, customer_ids: Collection[UUID]) -> Row[Any]:
        """Let a contact log in for customers they belong to, and mail them an invitation; raises 409 and 422."""
        work = self.users.work
        contact = await self._contact(contact_id, customer_ids)
        if await repository_portal.has_account(work, contact_id):
            raise conflict("contact_known", "this contact has an account for the portal; change that one")
        await repository_roles.ensure_roles(work, SHIPPED)
        role = (await repository_roles.roles_named(work, [PORTAL_USER]))[PORTAL_USER]
        values = {"name": contact.name, "email": email}
        user_id = await self.users.add_account({**values, "kind": PORTAL})
        await repository_users.set_roles(work, user_id, [role.id])
        await repository_portal.set_memberships(work, user_id, contact_id, list(dict.fromkeys(customer_ids)))
        told = {**values, "contact_id": contact_id, "customer_ids": sorted(customer_ids)}
        return await self.users.tell(user_id, 1, None, told, invite=True)

    async def set_customers(self, user_id: UUID, expected: Expected, customer_ids: Collection[UUID]) -> Row[Any]:
        """Let a portal user act for these customers of their contact and no others, beginning with the first.

        Effective at once; raises 404, 412, 422 and 428.
        """
        work = self.users.work
        before = await repository_portal.memberships(work, user_id)
        if not before:
            raise not_found("portal user")
        contact_id: UUID = before[0].contact_id
        known = [row.customer_id for row in before]
        # where somebody has left a customer since, that one may stay or go
        await self._contact(contact_id, customer_ids, also=known)
        row = await self.users.locked(user_id)
        expected.check(row.version)
        wanted = list(dict.fromkeys(customer_ids))
        if wanted == known:
            return row
        await repository_portal.set_memberships(work, user_id, contact_id, wanted)
        await repository_users.change_user(work, user_id, {"version": row.version + 1})
        told = ({"customer_ids": ids} for ids in (known, wanted))
        return await self.users.tell(user_id, row.version + 1, *told)

    async def _contact(
        self, contact_id: UUID, customer_ids: Collection[UUID], also: Collection[UUID] = ()
    ) -> BelongingRef:
        """The contact, who belongs to the customers; raises 422."""
        work = self.users.work
        contact = (await work.peer(Customers).contacts(work.principal, [contact_id])).get(contact_id)
        if contact is None:
            raise unprocessable("unknown_contact", "there is no such contact", "contact_id")
        if not customer_ids or not contact.customer_ids | set(also) >= set(customer_ids):
            raise unprocessable("not_their_customer", "the contact belongs to no such customer", "customer_ids")
        return contact


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
    return [] if user_id is None else await repository_portal.memberships(work, user_id)
