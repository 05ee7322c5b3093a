"""Roles: what they give, and who changes that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from operational.auth import repository_providers, repository_roles
from operational.auth.events import RoleSaved
from operational.auth.models import audit, outbox
from operational.core.access import NONE, Permission, covers, scope_in_role
from operational.core.audit import record_change
from operational.core.db import UnitOfWork
from operational.core.errors import Problem, conflict, not_found, unprocessable
from operational.core.etag import Expected
from operational.core.outbox import announce
from operational.core.parties import Parties
from operational.core.roles import ADMIN, SHIPPED

# without these nobody could give them back
_KEPT_BY_ADMIN = ("auth.account.use", "auth.user.manage", "auth.role.read", "auth.role.manage")


@dataclass(frozen=True)
class Roles:
    """Acts for the caller of the transaction."""

    work: UnitOfWork
    permissions: Mapping[str, Permission]
    parties: Parties

    async def all(self) -> list[dict[str, Any]]:
        """Every role with what it gives."""
        await repository_roles.ensure_roles(self.work, SHIPPED)
        return [self._shown(row) for row in await repository_roles.list_roles(self.work)]

    async def create(self, name: str, description: str | None, given: Mapping[str, str]) -> dict[str, Any]:
        """Make a role of the tenant's own; raises 403, 409 and 422."""
        self._check(given)
        if name in SHIPPED or await repository_roles.roles_named(self.work, [name]):
            raise conflict("role_exists", "there is a role of this name")
        self._refuse_more_than_own(given)
        role_id = await repository_roles.add_role(self.work, name, description)
        return await self._save(role_id, {"description": description, "version": 1}, name, {}, given)

    async def set_permissions(
        self, role_id: UUID, expected: Expected, values: Mapping[str, Any], given: Mapping[str, str]
    ) -> dict[str, Any]:
        """Let a role give exactly this, effective at once; raises 403, 404, 409, 412, 422, 428.

        `values` are its description and whether who holds it needs a second factor (None: as it is).
        """
        self._check(given)
        row = await repository_roles.lock_role(self.work, role_id)
        if row is None:
            raise not_found("role")
        expected.check(row.version)
        before = self._given(row)
        added = {name: scope for name, scope in given.items() if before.get(name) != scope}
        self._refuse_more_than_own(added)
        if row.name == ADMIN and not all(name in given for name in _KEPT_BY_ADMIN):
            raise conflict("administrator_needs_this", f"an administrator keeps {', '.join(_KEPT_BY_ADMIN)}")
        return await self._save(role_id, {**_known(values), "version": row.version + 1}, row.name, before, given)

    async def remove(self, role_id: UUID) -> None:
        """Delete a role of the tenant's own that nobody holds; raises 404 and 409."""
        row = await repository_roles.lock_role(self.work, role_id)
        if row is None:
            raise not_found("role")
        if row.name in SHIPPED:
            raise conflict("shipped_role", "a role that came with the system stays; take its permissions instead")
        if row.people:
            raise conflict("role_in_use", f"{row.people} people hold this role; give them another one first")
        if await repository_providers.names_role(self.work, row.name):
            raise conflict("role_in_use", "an identity provider gives this role; change its rules first")
        await repository_roles.remove_role(self.work, role_id)
        await record_change(
            self.work, audit, "role", role_id,
            before={"name": row.name, "permissions": self._given(row)}, after={"permissions": {}},
        )  # fmt: skip

    async def _save(
        self, role_id: UUID, values: Mapping[str, Any], name: str, before: Mapping[str, str], given: Mapping[str, str]
    ) -> dict[str, Any]:
        shipped = {permission: declared.roles.get(name, NONE) for permission, declared in self.permissions.items()}
        exceptions = {
            permission: given.get(permission, NONE)
            for permission, scope in shipped.items()
            if given.get(permission, NONE) != scope
        }
        await repository_roles.change_role(self.work, role_id, values, exceptions)
        was = None if values["version"] == 1 and not before else {"name": name, "permissions": before}
        now = {"name": name, "permissions": dict(given), **{k: v for k, v in values.items() if k != "version"}}
        await record_change(self.work, audit, "role", role_id, before=was, after=now)
        changed = sorted(key for key in before.keys() | given.keys() if before.get(key) != given.get(key))
        await announce(self.work, outbox, role_id, values["version"], RoleSaved(role_id, tuple(changed)))
        self.parties.forget()
        row = await repository_roles.find_role(self.work, role_id)
        assert row is not None
        return self._shown(row)

    def _check(self, given: Mapping[str, str]) -> None:
        for name, scope in given.items():
            declared = self.permissions.get(name)
            if declared is None:
                raise unprocessable("unknown_permission", f"there is no permission {name}", f"permissions.{name}")
            if scope not in declared.scopes:
                allowed = ", ".join(declared.scopes)
                raise unprocessable("unknown_scope", f"{name} can have: {allowed}", f"permissions.{name}")

    def _refuse_more_than_own(self, given: Mapping[str, str]) -> None:
        if not covers(self.work.principal.scopes, given):
            raise Problem(403, "more_than_yours", "nobody gives others what they may not do themselves")

    def _given(self, row: Row[Any]) -> dict[str, str]:
        found = {
            name: scope_in_role(row.name, name, declared, row.exceptions) for name, declared in self.permissions.items()
        }
        return {name: source.scope for name, source in found.items() if source is not None}

    def _shown(self, row: Row[Any]) -> dict[str, Any]:
        return {
            **row._mapping,
            "is_shipped": row.name in SHIPPED,
            "permissions": self._given(row),
            "changed": sorted(row.exceptions) if row.name in SHIPPED else [],
        }


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name == "description" or value is not None}
