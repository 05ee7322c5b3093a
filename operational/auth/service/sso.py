"""Log-in by an identity provider: away to it, and back."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from sqlalchemy import Row

from operational.auth import repository, repository_providers, repository_sso
from operational.auth.domain.sso import (
    GOOGLE,
    PRESETS,
    Claimed,
    ClaimsError,
    authenticated_at,
    claimed,
    domain_of,
    merged,
)
from operational.auth.repository_sessions import SSO
from operational.auth.service.links import make_secret
from operational.auth.service.oidc import Answered, Client, Discovered, Oidc, ProviderError, challenge_of, with_query
from operational.auth.service.sessions import Sessions
from operational.auth.service.sso_people import SsoPeople, SsoRefusedError
from operational.auth.service.tokens import Tokens, digest, read_secret
from operational.auth.vault import VaultError, seal, unseal
from operational.core.principal import Principal
from operational.core.settings import Settings

log = structlog.get_logger("psa.sso")
STATE_LIVES = timedelta(minutes=10)
CALLBACK = "/api/auth/sso/callback"
DASHBOARDS = "dashboards"
_BROWSER = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and the secret by which it is recognised when it is back."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Back:
    """What a provider sent the browser back with."""

    state: str | None
    code: str | None
    error: str | None
    iss: str | None


@dataclass(frozen=True, slots=True)
class Entered:
    """A session has begun; `next` is the page that was asked for."""

    tokens: Tokens
    next: str


def redirect_uri(settings: Settings) -> str:
    """Where providers send browsers back to; it must be registered there."""
    return f"{settings.public_url}{CALLBACK}"


def own_page(next: str | None) -> str:
    """A page of ours, or the dashboards; the start page for whatever else somebody asks for."""
    if next == DASHBOARDS:
        return next
    plain = next or "/"
    parts = urlsplit(plain)
    is_ours = plain.startswith("/") and not plain.startswith(("//", "/api")) and not (parts.scheme or parts.netloc)
    return plain if is_ours and plain.isprintable() and "\\" not in plain else "/"


def client_of(row: Row[Any], settings: Settings) -> Client:
    """What we are to a provider; raises SsoRefusedError where its secret cannot be read."""
    try:
        secret = None if row.client_secret is None else unseal(settings.keys_dir, row.client_secret)
    except VaultError as error:
        raise SsoRefusedError("provider_misconfigured", str(error)) from None
    return Client(row.issuer, row.client_id, secret)


@dataclass(frozen=True)
class SingleSignOn:
    """Its steps are transactions of their own; providers are asked between them."""

    sessions: Sessions
    oidc: Oidc
    people: SsoPeople

    async def offered(self, slug: str | None, email: str | None) -> list[Row[Any]]:
        """The providers somebody can log in by: of a tenant, of the only one, or for an address' domain."""
        domain = None if email is None else domain_of(email)
        async with self.sessions.login_database.across_tenants() as connection:
            return await repository_providers.offered(connection, slug, domain)

    async def begin(self, provider_id: UUID, next: str | None, browser: str | None, *, again: bool = False) -> Begun:
        """Begin a log-in; `browser` is the secret of one that is on its way in another tab. Raises SsoRefusedError.

        `again`: let the provider ask who it is, also where somebody is logged in.
        """
        async with self.sessions.login_database.across_tenants() as connection:
            tenant_id = await repository_providers.tenant_of_provider(connection, provider_id)
        if tenant_id is None:
            raise SsoRefusedError("unknown_provider")
        system = Principal(tenant_id)
        row = await self._provider(system, provider_id)
        discovered = await self._discover(row.issuer)
        state, hashed = make_secret(tenant_id)
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        if browser is None or not _BROWSER.fullmatch(browser):
            browser = secrets.token_urlsafe(32)
        async with self.sessions.database.transaction(system) as work:
            await repository_sso.add_state(
                work, provider_id, digest=hashed, browser_digest=digest(browser), nonce=nonce, verifier=verifier,
                next=own_page(next), expires_at=work.now + STATE_LIVES,
            )  # fmt: skip
        query = {
            "response_type": "code", "client_id": row.client_id, "redirect_uri": redirect_uri(self.sessions.settings),
            "scope": " ".join(row.scopes), "state": state, "nonce": nonce, "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256", **_hint(row), **(PRESETS[row.preset].again if again else {}),
        }  # fmt: skip
        return Begun(with_query(discovered.authorization_endpoint, query), browser)

    async def complete(self, back: Back, browser: str | None) -> Entered:
        """Let somebody in whom a provider has sent back; raises SsoRefusedError, and nothing is written then."""
        read = None if back.state is None else read_secret(back.state)
        if read is None or browser is None:
            raise SsoRefusedError("login_over")
        system = Principal(read[0])
        # used up before anything else is done, so that nothing counts twice
        async with self.sessions.database.transaction(system) as work:
            state = await repository_sso.use_state(work, read[1], digest(browser))
        if state is None:
            raise SsoRefusedError("login_over")
        try:
            return await self._enter(system, state, back)
        except SsoRefusedError as refused:
            log.warning("sso_refused", code=refused.code, reason=str(refused), provider_id=str(state.provider_id))
            async with self.sessions.database.security_fact(system) as work:
                await repository.add_security_event(work, "sso_refused", refused.user_id, self.sessions.request_id)
            raise

    async def _enter(self, system: Principal, state: Row[Any], back: Back) -> Entered:
        row = await self._provider(system, state.provider_id)
        client = client_of(row, self.sessions.settings)
        discovered = await self._discover(row.issuer)
        # RFC 9207: an answer of another provider must not be taken to this one
        if back.iss != row.issuer and (back.iss or discovered.authorization_response_iss_parameter_supported):
            raise SsoRefusedError("invalid_answer", "the answer comes from another provider")
        if back.code is None or back.error is not None:
            raise SsoRefusedError("cancelled" if back.error == "access_denied" else "provider_refused", back.error)
        answer = await self._exchange(row, client, discovered, back.code, state)
        try:
            person = _claimed(row, answer)
        except ClaimsError as error:
            raise SsoRefusedError(error.code) from None
        sealed = seal(self.sessions.settings.keys_dir, answer.id_token)
        sid = answer.claims.get("sid")
        async with self.sessions.database.transaction(system) as work:
            user_id = await self.people.enter(work, state.provider_id, person)
            tokens = await self.sessions.begin(work, user_id, SSO)
            await repository_sso.add_sso_session(
                work, tokens.session_id, user_id, state.provider_id, subject=answer.claims["sub"],
                sid=sid if isinstance(sid, str) and sid.isprintable() else None, id_token=sealed,
                end_session_endpoint=discovered.end_session_endpoint,
                authenticated_at=authenticated_at(row.preset, answer.claims, work.now),
            )  # fmt: skip
        return Entered(tokens, state.next)

    async def _exchange(
        self, row: Row[Any], client: Client, discovered: Discovered, code: str, state: Row[Any]
    ) -> Answered:
        wanted = {"email", "name"} | ({row.groups_claim} if row.groups_claim and row.group_roles else set())
        try:
            tokens = await self.oidc.exchange(
                client, discovered, code=code, verifier=state.verifier,
                redirect_uri=redirect_uri(self.sessions.settings),
            )  # fmt: skip
            return await self.oidc.answered(client, discovered, tokens, state.nonce, wanted)
        except ProviderError as error:
            raise SsoRefusedError(error.code, str(error)) from None

    async def _provider(self, system: Principal, provider_id: UUID) -> Row[Any]:
        async with self.sessions.database.transaction(system) as work:
            row = await repository_providers.find_provider(work, provider_id)
        if row is None or not row.is_enabled:
            raise SsoRefusedError("unknown_provider")
        return row

    async def _discover(self, issuer: str) -> Discovered:
        try:
            return await self.oidc.discover(issuer)
        except ProviderError as error:
            log.warning("sso_provider_unusable", issuer=issuer, reason=str(error))
            raise SsoRefusedError(error.code, str(error)) from None


def _hint(row: Row[Any]) -> Mapping[str, str]:
    """Google shows accounts of the company's domain only, where there is one."""
    return {"hd": row.allowed_domains[0]} if row.preset == GOOGLE and len(row.allowed_domains) == 1 else {}


def _claimed(row: Row[Any], answer: Answered) -> Claimed:
    claims = merged(answer.claims, answer.userinfo)
    if PRESETS[row.preset].subject not in answer.claims:
        # whom a token names is what its signature says, and nothing else
        raise ClaimsError("invalid_answer")
    groups_claim = row.groups_claim if row.group_roles else None
    return claimed(row.preset, claims, groups_claim, trusts_email=row.trusts_email)
