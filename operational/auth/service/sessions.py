"""Log-in, refresh and log-out."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from operational.auth import keys, repository
from operational.auth.domain.access import permissions_of
from operational.auth.domain.throttle import locked_until
from operational.auth.service.passwords import verify
from operational.core.db import Database, UnitOfWork
from operational.core.errors import Problem, not_found
from operational.core.principal import Principal
from operational.core.security import AUDIENCE, DASHBOARDS
from operational.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a logged-in client holds; `csrf` proves that a request with a token in a cookie is the page's own."""

    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int
    csrf: str
    tenant_id: UUID
    user_id: UUID
    family_id: UUID


@dataclass(frozen=True)
class Sessions:
    """Makes and ends sessions; its steps are transactions of their own, as there is no principal yet."""

    settings: Settings
    database: Database
    login_database: Database
    permissions: Mapping[str, frozenset[str]]
    request_id: str | None

    async def log_in(self, email: str, password: str, slug: str | None) -> Tokens:
        """Tokens for the right password; raises 401 for a wrong one and 429 while the account rests."""
        async with self.login_database.across_tenants() as connection:
            found = await repository.logins(connection, email.strip().lower(), slug)
        if len(found) != 1:
            await verify(password, None)
            raise _refused()
        tenant_id, credential_id = found[0]
        system = Principal(tenant_id)
        user_id, known_hash = await self._begin_attempt(system, credential_id)
        fits, newer = await verify(password, known_hash)
        if not fits:
            await self._remember(system, "login_failed", user_id)
            raise _refused()
        async with self.database.transaction(system) as work:
            await repository.note_attempt(work, credential_id, 0, None)
            if newer is not None:
                await repository.replace_hash(work, credential_id, newer)
            tokens = await self._issue(work, user_id, uuid4())
            await repository.add_security_event(work, "login", user_id, self.request_id)
        return tokens

    async def refresh(self, token: str) -> Tokens:
        """New tokens for an unused one; a used one ends the whole log-in, because somebody copied it."""
        tenant_id, digest = _read(token)
        principal = Principal(tenant_id)
        async with self.database.transaction(principal) as work:
            used = await repository.use_refresh_token(work, digest)
            if used is not None:
                return await self._issue(work, used.user_id, used.family_id)
            known = await repository.find_refresh_token(work, digest)
        if known is not None and known.used_at is not None:
            async with self.database.security_fact(principal) as work:
                await repository.revoke_family(work, known.family_id)
                await repository.add_security_event(work, "refresh_reused", known.user_id, self.request_id)
        raise _ended()

    async def log_out(self, work: UnitOfWork, token: str) -> None:
        """End the log-in the token belongs to; one of somebody else's is left alone."""
        tenant_id, digest = _read(token)
        if tenant_id != work.tenant_id:
            return
        known = await repository.find_refresh_token(work, digest)
        if known is not None and known.user_id == work.principal.user_id:
            await repository.revoke_family(work, known.family_id)
            await repository.add_security_event(work, "logout", known.user_id, self.request_id)

    def dashboard_token(self, tokens: Tokens) -> str:
        """A token that names the session and opens nothing but the dashboards, as long as the session lives."""
        now = int(self.database.clock().timestamp())
        return keys.sign(
            self.settings.keys_dir,
            {
                "iss": self.settings.issuer,
                "aud": DASHBOARDS,
                "sub": str(tokens.user_id),
                "tid": str(tokens.tenant_id),
                "fam": str(tokens.family_id),
                "iat": now,
                "exp": now + tokens.refresh_expires_in,
            },
        )

    async def dashboard_principal(self, claims: Mapping[str, Any]) -> Principal:
        """The person a dashboards' token speaks for, with their present permissions; 401 when the session ended."""
        tenant_id, user_id = UUID(claims["tid"]), UUID(claims["sub"])
        async with self.database.transaction(Principal(tenant_id)) as work:
            alive = await repository.family_lives(work, UUID(claims["fam"]))
            account = await repository.account(work, user_id) if alive else None
            if account is None or not account.is_active:
                raise _ended()
            names, permissions = await self._rights(work, user_id)
        return Principal(tenant_id, user_id, frozenset(names), permissions)

    async def _rights(self, work: UnitOfWork, user_id: UUID) -> tuple[list[str], frozenset[str]]:
        roles = await repository.roles_of(work, user_id)
        names = [name for _, name in roles]
        exceptions = await repository.exceptions_of(work, [role_id for role_id, _ in roles])
        return names, frozenset(permissions_of(names, self.permissions, exceptions))

    async def _begin_attempt(self, system: Principal, credential_id: UUID) -> tuple[UUID, str]:
        """Count the attempt before the password is looked at, so that many at once are counted as well."""
        async with self.database.security_fact(system) as work:
            row = await repository.lock_credential(work, credential_id)
            if row is None:
                raise _refused()
            if row.locked_until is not None and row.locked_until > work.now:
                raise _resting(row.locked_until, work.now)
            attempts = row.failed_attempts + 1
            await repository.note_attempt(work, credential_id, attempts, locked_until(attempts, work.now))
        return row.user_id, row.password_hash

    async def _remember(self, system: Principal, kind: str, user_id: UUID) -> None:
        async with self.database.security_fact(system) as work:
            await repository.add_security_event(work, kind, user_id, self.request_id)

    async def _issue(self, work: UnitOfWork, user_id: UUID, family_id: UUID) -> Tokens:
        account = await repository.account(work, user_id)
        if account is None or not account.is_active:
            raise _refused()
        names, permissions = await self._rights(work, user_id)
        secret, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(18)
        await repository.add_refresh_token(
            work,
            family_id=family_id,
            user_id=user_id,
            digest=_digest(secret),
            expires_at=work.now + timedelta(seconds=self.settings.refresh_seconds),
        )
        now = int(work.now.timestamp())
        claims: dict[str, object] = {
            "iss": self.settings.issuer,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "tid": str(work.tenant_id),
            "iat": now,
            "exp": now + self.settings.access_seconds,
            "jti": uuid4().hex,
            "roles": names,
            "permissions": sorted(permissions),
            "csrf": csrf,
        }
        return Tokens(
            keys.sign(self.settings.keys_dir, claims), f"{work.tenant_id.hex}.{secret}", self.settings.access_seconds,
            self.settings.refresh_seconds, csrf, work.tenant_id, user_id, family_id,
        )  # fmt: skip


async def myself(work: UnitOfWork) -> dict[str, Any]:
    """The acting person with roles and permissions; raises 404 where the system itself acts."""
    principal = work.principal
    account = None if principal.user_id is None else await repository.account(work, principal.user_id)
    if account is None:
        raise not_found("user")
    return {**account._mapping, "roles": sorted(principal.roles), "permissions": sorted(principal.permissions)}


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _read(token: str) -> tuple[UUID, str]:
    tenant, _, secret = token.partition(".")
    try:
        return UUID(tenant), _digest(secret)
    except ValueError:
        raise _ended() from None


def _refused() -> Problem:
    return Problem(
        401,
        "login_refused",
        "the e-mail address or the password is wrong; an address known to several tenants needs `tenant`",
    )


def _ended() -> Problem:
    return Problem(401, "session_ended", "the refresh token is not valid any more; log in again")


def _resting(until: datetime, now: datetime) -> Problem:
    seconds = max(1, round((until - now).total_seconds()))
    return Problem(
        429, "too_many_attempts", f"too many failed attempts; wait {seconds} s", headers={"Retry-After": str(seconds)}
    )
