"""API keys: a program acts as somebody, with some of their rights, until a day."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from operational.auth import repository_keys, repository_users
from operational.auth.models import audit
from operational.auth.service.tokens import digest
from operational.core.access import Permission
from operational.core.audit import record_change
from operational.core.db import UnitOfWork
from operational.core.errors import Problem, conflict, not_found, unprocessable
from operational.core.parties import KEY_PREFIX, Parties

MOST_KEYS = 50


@dataclass(frozen=True)
class ApiKeys:
    """Acts for the caller of the transaction."""

    work: UnitOfWork
    permissions: Mapping[str, Permission]
    parties: Parties

    async def create(
        self, owner_id: UUID, name: str, permissions: Collection[str] | None, expires_at: datetime | None
    ) -> tuple[Row[Any], str]:
        """A new key of somebody's: its row, and the key itself, which is shown this once. Raises 403, 409, 422."""
        if self.work.principal.key_id is not None:
            raise Problem(403, "no_session", "an API key cannot make another; log in")
        unknown = sorted(set(permissions or ()) - self.permissions.keys())
        if unknown:
            raise unprocessable("unknown_permission", f"there is no permission {unknown[0]}", "permissions")
        if expires_at is not None and expires_at <= self.work.now:
            raise unprocessable("expired", "a key that has expired already is of no use", "expires_at")
        if await repository_keys.count_keys(self.work, owner_id) >= MOST_KEYS:
            raise conflict("enough_keys", f"there are {MOST_KEYS} keys already; end some first")
        secret = secrets.token_urlsafe(32)
        kept = None if permissions is None else sorted(set(permissions))
        row = await repository_keys.add_key(
            self.work,
            {
                "user_id": owner_id, "name": name, "permissions": kept, "expires_at": expires_at,
                "digest": digest(secret), "hint": secret[-4:],
            },
        )  # fmt: skip
        told = {"name": name, "permissions": kept, "expires_at": expires_at, "user_id": owner_id}
        await record_change(self.work, audit, "api_key", row.id, before=None, after=told)
        return row, f"{KEY_PREFIX}{self.work.tenant_id.hex}_{secret}"

    async def end(self, owner_id: UUID, key_id: UUID) -> None:
        """End a key; refused everywhere within a second. Raises 404."""
        if not await repository_keys.end_keys(self.work, owner_id, key_id):
            raise not_found("API key")
        await record_change(self.work, audit, "api_key", key_id, before={"ended": False}, after={"ended": True})
        self.parties.forget()

    async def owner(self, user_id: UUID, *, to_create: bool = False) -> UUID:
        """Somebody whose keys an administrator looks after; raises 404, and 409 for keys made for people."""
        row = await repository_users.find_user(self.work, user_id)
        if row is None:
            raise not_found("user")
        if to_create and row.kind != "service":
            raise conflict("not_a_service", "people make their own keys; administrators make those of service accounts")
        return user_id
