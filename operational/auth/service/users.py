"""Administrators add people, change them, and say what they may do."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from operational.auth import repository_links, repository_roles, repository_users
from operational.auth.events import UserSaved
from operational.auth.models import audit, outbox
from operational.auth.repository import PORTAL, SERVICE, STAFF
from operational.auth.service.ending import end_sessions
from operational.auth.service.links import mail_link
from operational.core.access import Permission, covers, scopes
from operational.core.audit import record_change
from operational.core.db import UnitOfWork
from operational.core.errors import Problem, conflict, not_found, unprocessable
from operational.core.etag import Expected
from operational.core.outbox import announce
from operational.core.parties import Parties
from operational.core.revocations import Revocations
from operational.core.roles import ADMIN, PORTAL_USER, SHIPPED
from operational.crm.contracts import Customers


@dataclass(frozen=True)
class Users:
    """Acts for the caller of the transaction; `desk` is the address of the web UI, for links in mails."""

    work: UnitOfWork
    permissions: Mapping[str, Permission]
    parties: Parties
    revocations: Revocations
    desk: str

    async def add(self, values: Mapping[str, Any], roles: Collection[str]) -> Row[Any]:
        """Add a member of the staff and mail them an invitation; raises 409 and 422."""
        role_ids = await self._roles_to_give(roles, STAFF)
        user_id = await self.add_account({**values, "kind": STAFF})
        await repository_users.set_roles(self.work, user_id, role_ids)
        return await self.tell(user_id, 1, None, {**values, "roles": sorted(roles)}, invite=True)

    async def add_service(self, name: str, roles: Collection[str]) -> Row[Any]:
        """Add a service account, which has no password and acts by API keys; raises 403 and 422."""
        role_ids = await self._roles_to_give(roles, SERVICE)
        user_id = await repository_users.add_user(self.work, {"name": name, "kind": SERVICE})
        await repository_users.set_roles(self.work, user_id, role_ids)
        return await self.tell(user_id, 1, None, {"name": name, "kind": SERVICE, "roles": sorted(roles)})

    async def add_account(self, values: Mapping[str, Any]) -> UUID:
        """Insert an account; raises 409 when somebody has the address."""
        if await repository_users.address_taken(self.work, values["email"]):
            raise _taken()
        return await repository_users.add_user(self.work, values)

    async def change(self, user_id: UUID, expected: Expected, values: Mapping[str, Any]) -> Row[Any]:
        """Change values of a person; who is no longer active is logged out everywhere. Raises 404, 409, 412, 428."""
        work = self.work
        row = await self.locked(user_id)
        expected.check(row.version)
        before = {name: row._mapping[name] for name, value in values.items() if row._mapping[name] != value}
        if not before:
            return row
        after = {name: values[name] for name in before}
        if after.get("email") is not None and await repository_users.address_taken(work, after["email"], user_id):
            raise _taken()
        ends = after.get("active_to") is not None and after["active_to"] < work.now.date()
        if ends:
            await self._keep_an_administrator(row, frozenset())
        await repository_users.change_user(work, user_id, {**after, "version": row.version + 1})
        if after.get("email") is not None:
            await repository_users.change_login(work, user_id, after["email"].strip().lower())
        if ends:
            await end_sessions(work, self.revocations, user_id, "deactivated")
            await repository_links.use_up(work, user_id)
            await self.revocations.revoke(work, user_id)
        return await self.tell(user_id, row.version + 1, before, after)

    async def set_roles(self, user_id: UUID, expected: Expected, roles: Collection[str]) -> Row[Any]:
        """Give a person these roles and no others, effective at once; raises 403, 404, 409, 412, 422, 428."""
        row = await self.locked(user_id)
        expected.check(row.version)
        if set(roles) == set(row.roles):
            return row
        role_ids = await self._roles_to_give(roles, row.kind, set(row.roles))
        await self._keep_an_administrator(row, frozenset(roles))
        await repository_users.set_roles(self.work, user_id, role_ids)
        await repository_users.change_user(self.work, user_id, {"version": row.version + 1})
        before, after = {"roles": sorted(row.roles)}, {"roles": sorted(roles)}
        return await self.tell(user_id, row.version + 1, before, after)

    async def set_customers(
        self, user_id: UUID, expected: Expected, only: Collection[UUID], never: Collection[UUID]
    ) -> Row[Any]:
        """Confine a person to some customers, or keep them from some; raises 404, 412, 422, 428."""
        known = await self.work.peer(Customers).customers(self.work.principal, {*only, *never})
        for field, ids in (("only", only), ("never", never)):
            if not known.keys() >= set(ids):
                raise unprocessable("unknown_customer", "there is no such customer", field)
        if set(only) & set(never):
            raise unprocessable("both_only_and_never", "a customer can be in one of the lists only", "never")
        row = await self.locked(user_id)
        expected.check(row.version)
        if row.kind == PORTAL:
            raise conflict("portal_user", "a portal user has to do with the customers they are a contact of")
        before = await repository_users.customer_rules(self.work, user_id)
        after = {"only": sorted(only), "never": sorted(never)}
        if before == after:
            return row
        await repository_users.set_customer_rules(self.work, user_id, after)
        await repository_users.change_user(self.work, user_id, {"version": row.version + 1})
        told = ({f"customers_{name}": ids for name, ids in rules.items()} for rules in (before, after))
        return await self.tell(user_id, row.version + 1, *told)

    async def invite(self, user_id: UUID) -> None:
        """Mail a person a new link; raises 404, and 409 for one that got several within the hour."""
        await self.locked(user_id)
        hour = self.work.now - timedelta(hours=1)
        made = [
            await repository_links.made_since(self.work, user_id, purpose, hour)
            for purpose in ("invitation", "password_reset")
        ]
        if sum(made) >= 5:
            raise conflict("enough_links", "this person got five links within the hour; wait")
        await mail_link(self.work, user_id, self.desk)

    async def tell(
        self, user_id: UUID, version: int, before: Mapping[str, Any] | None, after: Mapping[str, Any], *,
        invite: bool = False,
    ) -> Row[Any]:  # fmt: skip
        """Write audit and event of a change, and mail an invitation where asked for; returns the person."""
        work = self.work
        await record_change(work, audit, "user", user_id, before=before, after=after)
        await announce(work, outbox, user_id, version, UserSaved(user_id, tuple(sorted(after))))
        if invite:
            await mail_link(work, user_id, self.desk)
        self.parties.forget()
        row = await repository_users.find_user(work, user_id)
        assert row is not None
        return row

    async def locked(self, user_id: UUID) -> Row[Any]:
        """A person, locked until the end of the transaction; raises 404."""
        row = await repository_users.lock_user(self.work, user_id)
        if row is None:
            raise not_found("user")
        return row

    async def _roles_to_give(
        self, names: Collection[str], kind: str, held: Collection[str] = frozenset()
    ) -> list[UUID]:
        """The ids of roles; raises 422 for one there is not, 403 for a new one that gives more than the caller has."""
        await repository_roles.ensure_roles(self.work, SHIPPED)
        found = await repository_roles.roles_named(self.work, names)
        for name in names:
            if name not in found or (name == PORTAL_USER) != (kind == PORTAL):
                raise unprocessable("unknown_role", f"there is no role {name} for this person", "roles")
        given = {name: found[name].exceptions for name in names if name not in held}
        if not covers(self.work.principal.scopes, scopes(given, self.permissions, is_confined=False)):
            raise Problem(403, "more_than_yours", "nobody gives others what they may not do themselves")
        return [row.id for row in found.values()]

    async def _keep_an_administrator(self, row: Row[Any], roles: Collection[str]) -> None:
        if ADMIN not in row.roles or ADMIN in roles:
            return
        await repository_users.lock_role(self.work, ADMIN)
        if not await repository_users.other_holders(self.work, ADMIN, row.id):
            raise conflict(
                "last_administrator", "this is the last administrator who can log in; name another one first"
            )


def _taken() -> Problem:
    return conflict("address_taken", "somebody else has this e-mail address")
