"""Log-in, refresh and log-out."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from operational.auth import (
    repository,
    repository_attempts,
    repository_factors,
    repository_sessions,
    repository_sso,
)
from operational.auth.service.attempts import begin_attempt, login_refused
from operational.auth.service.ending import end_sessions
from operational.auth.service.factors import methods_of
from operational.auth.service.links import make_secret
from operational.auth.service.passwords import verify
from operational.auth.service.tokens import (
    Tokens,
    access_token,
    digest,
    read_refresh_token,
    refresh_token,
    session_ended,
)
from operational.core.db import Database, UnitOfWork
from operational.core.errors import not_found
from operational.core.parties import Parties
from operational.core.principal import Principal
from operational.core.revocations import Revocations
from operational.core.settings import Settings

CHALLENGE_LIVES = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks for a session, as it says of itself; `kind` is browser or program."""

    kind: str
    user_agent: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class Challenge:
    """The password was right, and a second factor is waited for by one of the methods, for so many seconds."""

    token: str
    methods: Sequence[str]
    expires_in: int


@dataclass(frozen=True)
class Sessions:
    """Makes and ends sessions; its steps are transactions of their own, as there is no principal yet."""

    settings: Settings
    database: Database
    login_database: Database
    parties: Parties
    request_id: str | None
    client: Client
    revocations: Revocations

    async def log_in(self, email: str, password: str, slug: str | None) -> "Tokens | Challenge":
        """Tokens for the right password, or, where the person has one, a challenge for the second factor.

        Raises 401 for a wrong password and 429 while the account rests.
        """
        async with self.login_database.across_tenants() as connection:
            found = await repository.logins(connection, email.strip().lower(), slug)
        if len(found) != 1:
            await verify(password, None)
            raise login_refused()
        tenant_id, credential_id = found[0]
        system = Principal(tenant_id)
        attempt = await begin_attempt(self.database, system, credential_id, self.client.address)
        user_id = attempt.user_id
        fits, newer = await verify(password, attempt.known_hash)
        if not fits:
            await self._remember(system, "login_failed", user_id)
            raise login_refused()
        async with self.database.transaction(system) as work:
            await repository_attempts.forgive(work, credential_id, attempt.origin)
            if newer is not None:
                await repository.replace_hash(work, credential_id, newer)
            methods = await methods_of(work, user_id)
            if methods:
                token, hashed = make_secret(tenant_id)
                await repository_factors.add_challenge(work, user_id, hashed, work.now + CHALLENGE_LIVES)
                return Challenge(token, methods, int(CHALLENGE_LIVES.total_seconds()))
            return await self.begin(work, user_id, "password")

    async def begin(self, work: UnitOfWork, user_id: UUID, authenticated_by: str) -> Tokens:
        """Begin a session of a person who has shown who they are; raises 401 for somebody no longer active."""
        tokens = await self._begin(work, user_id, authenticated_by)
        await repository.add_security_event(work, "login", user_id, self.request_id)
        return tokens

    async def refresh(self, token: str) -> Tokens:
        """New tokens for an unused one; a used one ends the whole session, because somebody copied it."""
        tenant_id, hashed = read_refresh_token(token)
        principal = Principal(tenant_id)
        async with self.database.transaction(principal) as work:
            used = await repository_sessions.use_refresh_token(work, hashed)
            if used is not None:
                going_on = await repository_sessions.use_session(
                    work, used.session_id, self.client.address, self._expires_at(work), longest_sso=self._longest_sso
                )
                if not going_on:
                    raise session_ended()
                return await self._issue(work, used.user_id, used.session_id)
            known = await repository_sessions.find_refresh_token(work, hashed)
        if known is not None and known.used_at is not None:
            async with self.database.security_fact(principal) as work:
                await end_sessions(work, self.revocations, known.user_id, "token_reused", only=[known.session_id])
                await repository.add_security_event(work, "refresh_reused", known.user_id, self.request_id)
        raise session_ended()

    async def log_out(self, work: UnitOfWork, token: str) -> UUID | None:
        """End the session the token belongs to, and return its id; one of somebody else's is left alone."""
        tenant_id, hashed = read_refresh_token(token)
        if tenant_id != work.tenant_id:
            return None
        known = await repository_sessions.find_refresh_token(work, hashed)
        if known is None or known.user_id != work.principal.user_id:
            return None
        await end_sessions(work, self.revocations, known.user_id, "logged_out", only=[known.session_id])
        await repository.add_security_event(work, "logout", known.user_id, self.request_id)
        session_id: UUID = known.session_id
        return session_id

    async def dashboard_principal(self, claims: Mapping[str, Any]) -> Principal:
        """The person a dashboards' token speaks for, with their present permissions; 401 when the session ended."""
        tenant_id, user_id, session_id = UUID(claims["tid"]), UUID(claims["sub"]), UUID(claims["sid"])
        async with self.database.transaction(Principal(tenant_id)) as work:
            if not await repository_sessions.live_session(work, session_id):
                raise session_ended()
        return await self.parties.present(Principal(tenant_id, user_id, session_id=session_id))

    async def _remember(self, system: Principal, kind: str, user_id: UUID) -> None:
        async with self.database.security_fact(system) as work:
            await repository.add_security_event(work, kind, user_id, self.request_id)

    async def _begin(self, work: UnitOfWork, user_id: UUID, authenticated_by: str) -> Tokens:
        session_id = uuid4()
        client = self.client
        await repository_sessions.add_session(
            work, session_id, user_id, kind=client.kind, user_agent=client.user_agent, address=client.address,
            expires_at=self._ends_at(work, authenticated_by), authenticated_by=authenticated_by,
        )  # fmt: skip
        return await self._issue(work, user_id, session_id)

    def _expires_at(self, work: UnitOfWork) -> datetime:
        return work.now + timedelta(seconds=self.settings.refresh_seconds)

    def _ends_at(self, work: UnitOfWork, authenticated_by: str) -> datetime:
        until = self._expires_at(work)
        return min(until, work.now + self._longest_sso) if authenticated_by == repository_sessions.SSO else until

    @property
    def _longest_sso(self) -> timedelta:
        return timedelta(seconds=self.settings.sso_seconds)

    async def _issue(self, work: UnitOfWork, user_id: UUID, session_id: UUID) -> Tokens:
        account = await repository.account(work, user_id)
        if account is None or not account.is_active:
            raise login_refused()
        secret, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(18)
        await repository_sessions.add_refresh_token(
            work, session_id=session_id, user_id=user_id, digest=digest(secret), expires_at=self._expires_at(work)
        )
        settings = self.settings
        return Tokens(
            access_token(settings, (work.tenant_id, user_id, session_id), work.now, csrf),
            refresh_token(work.tenant_id, secret), settings.access_seconds, settings.refresh_seconds, csrf,
            work.tenant_id, user_id, session_id,
        )  # fmt: skip


async def myself(work: UnitOfWork) -> dict[str, Any]:
    """The acting person with roles and permissions; raises 404 where the system itself acts."""
    principal = work.principal
    came_by = repository_sso.provider_of_session(work, principal.session_id).label("login_provider_id")
    account = None if principal.user_id is None else await repository.account(work, principal.user_id, came_by)
    if account is None:
        raise not_found("user")
    reach = principal.customers
    return {
        **account._mapping,
        "roles": sorted(principal.roles),
        "permissions": sorted(principal.permissions),
        "scopes": dict(principal.scopes),
        "customers_only": None if reach.only is None else sorted(reach.only),
        "customers_never": sorted(reach.never),
        "contact_id": principal.contact_id,
        "lacks_factor": principal.lacks_factor,
    }
