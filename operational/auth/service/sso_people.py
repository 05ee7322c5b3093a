"""Whom a provider's subject is here: linked already, linked now, or a new account; and the roles groups give."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from operational.auth import repository_providers, repository_roles, repository_sso, repository_users
from operational.auth.domain.sso import Claimed, is_of_domains, roles_now
from operational.auth.models import audit
from operational.auth.repository import STAFF
from operational.auth.service.users import Users
from operational.core.access import Permission
from operational.core.audit import record_change
from operational.core.db import UnitOfWork
from operational.core.parties import Parties
from operational.core.revocations import Revocations
from operational.core.roles import ADMIN, PORTAL_USER, SHIPPED

BY_EMAIL, CREATED, BY_ADMINISTRATOR = "verified_email", "created", "administrator"


class SsoRefusedError(Exception):
    """Somebody is not let in; `code` is told them, the message is for the log."""

    def __init__(self, code: str, reason: str | None = None, user_id: UUID | None = None) -> None:
        super().__init__(reason or code)
        self.code = code
        self.user_id = user_id


@dataclass(frozen=True)
class SsoPeople:
    """Works for the system, in the transaction that begins the session."""

    permissions: Mapping[str, Permission]
    parties: Parties
    revocations: Revocations
    desk: str

    async def enter(self, work: UnitOfWork, provider_id: UUID, person: Claimed) -> UUID:
        """The account of a person whom a provider has named, with the roles their groups give; raises SsoRefusedError.

        A subject that is known is enough. One that is not is linked to, or given, an account by a verified address of
        an allowed domain only.
        """
        provider = await repository_providers.find_provider(work, provider_id)
        if provider is None or not provider.is_enabled:
            raise SsoRefusedError("unknown_provider")
        known = await repository_sso.find_identity(work, provider_id, person.subject)
        if known is None:
            await repository_sso.one_at_a_time(work)
            known = await repository_sso.find_identity(work, provider_id, person.subject)
        if known is None:
            user_id = await self._first_time(work, provider, person)
            known = await repository_sso.find_identity(work, provider_id, person.subject)
        else:
            user_id = known.user_id
            await self._follow_groups(work, provider, await self._staff(work, user_id), person.groups)
        assert known is not None
        await repository_sso.use_identity(work, known.id)
        return user_id

    async def _staff(self, work: UnitOfWork, user_id: UUID) -> Row[Any]:
        row = await repository_users.lock_user(work, user_id)
        if row is None or row.kind != STAFF:
            raise SsoRefusedError("no_account", "linked to an account that is not staff", user_id)
        if not row.is_active:
            raise SsoRefusedError("account_inactive", user_id=user_id)
        return row

    async def _first_time(self, work: UnitOfWork, provider: Row[Any], person: Claimed) -> UUID:
        """Link or make an account for a subject nobody knows."""
        if not (provider.link_by_verified_email or provider.creates_accounts):
            raise SsoRefusedError("no_account", f"the subject {person.subject} is linked to nobody")
        if person.email is None or not person.is_verified:
            raise SsoRefusedError("email_unverified", f"the address {person.email} is not verified")
        if not is_of_domains(person, provider.allowed_domains):
            raise SsoRefusedError("domain_not_allowed", f"the domain {person.domain} is not allowed")
        people = await repository_sso.people_at(work, person.email)
        if people:
            return await self._link(work, provider, person, people)
        if not provider.creates_accounts:
            raise SsoRefusedError("no_account", f"nobody here has the address {person.email}")
        return await self._create(work, provider, person)

    async def _link(self, work: UnitOfWork, provider: Row[Any], person: Claimed, people: Collection[Row[Any]]) -> UUID:
        staff = [row for row in people if row.kind == STAFF]
        active = [row for row in staff if row.is_active]
        if not staff or not provider.link_by_verified_email:
            raise SsoRefusedError("no_account", f"an account with {person.email} is not to be linked")
        if not active:
            raise SsoRefusedError("account_inactive", user_id=staff[0].id)
        if len(active) > 1:
            raise SsoRefusedError("address_ambiguous", f"several accounts have the address {person.email}")
        user_id: UUID = active[0].id
        if await repository_sso.identity_of(work, provider.id, user_id) is not None:
            raise SsoRefusedError("already_linked", f"{person.email} is linked to another subject", user_id)
        row = await self._staff(work, user_id)
        await self.add_identity(work, provider.id, user_id, person.subject, person.email, BY_EMAIL)
        await self._follow_groups(work, provider, row, person.groups)
        return user_id

    async def _create(self, work: UnitOfWork, provider: Row[Any], person: Claimed) -> UUID:
        roles = roles_now(provider.default_roles, _rules(provider), person.groups)
        found = await self._roles(work, roles)
        if not found:
            # without any, they could do nothing here: the groups say who shall work here
            raise SsoRefusedError("no_role", f"neither defaults nor groups give {person.email} a role")
        values = {"name": person.name, "email": person.email, "kind": STAFF}
        users = self._users(work)
        user_id = await users.add_account(values)
        await repository_users.set_roles(work, user_id, list(found.values()))
        await self.add_identity(work, provider.id, user_id, person.subject, person.email, CREATED)
        await users.tell(user_id, 1, None, {**values, "roles": sorted(found)})
        return user_id

    async def add_identity(
        self, work: UnitOfWork, provider_id: UUID, user_id: UUID, subject: str, email: str | None, linked_by: str
    ) -> UUID:
        """Link a subject to a person."""
        identity_id = await repository_sso.add_identity(
            work, user_id, provider_id, subject=subject, email=email, linked_by=linked_by
        )
        linked = {"user_id": user_id, "provider_id": provider_id, "subject": subject, "email": email}
        await record_change(work, audit, "identity", identity_id, before=None, after={**linked, "linked_by": linked_by})
        return identity_id

    async def _follow_groups(
        self, work: UnitOfWork, provider: Row[Any], row: Row[Any], groups: Collection[str]
    ) -> None:
        """Set the roles that the provider's rules name to what the groups give; the last administrator stays one."""
        if not provider.group_roles:
            return
        held = frozenset(row.roles)
        wanted = roles_now(held, _rules(provider), groups)
        if ADMIN in held - wanted:
            await repository_users.lock_role(work, ADMIN)
            if not await repository_users.other_holders(work, ADMIN, row.id):
                wanted |= {ADMIN}
        found = await self._roles(work, wanted)
        if found.keys() == held:
            return
        await repository_users.set_roles(work, row.id, list(found.values()))
        await repository_users.change_user(work, row.id, {"version": row.version + 1})
        before, after = {"roles": sorted(held)}, {"roles": sorted(found)}
        await self._users(work).tell(row.id, row.version + 1, before, after)

    async def _roles(self, work: UnitOfWork, names: Collection[str]) -> dict[str, UUID]:
        """The roles of these names that there are; the portal's is no member of the staff's."""
        await repository_roles.ensure_roles(work, SHIPPED)
        found = await repository_roles.roles_named(work, [name for name in names if name != PORTAL_USER])
        return {name: row.id for name, row in found.items()}

    def _users(self, work: UnitOfWork) -> Users:
        return Users(work, self.permissions, self.parties, self.revocations, self.desk)


def _rules(provider: Row[Any]) -> list[tuple[str, str]]:
    return [(rule["group"], rule["role"]) for rule in provider.group_roles]
