"""Single log-out: we tell the provider, or the provider tells us."""

import json
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from joserfc.util import urlsafe_b64decode
from sqlalchemy import Row

from operational.auth import repository, repository_providers, repository_sso
from operational.auth.service.ending import end_sessions
from operational.auth.service.oidc import LEEWAY_SECONDS, LOGOUT_TOKEN_LIVES, Client, Oidc, ProviderError, with_query
from operational.auth.service.sessions import Sessions
from operational.auth.service.tokens import digest
from operational.auth.vault import VaultError, unseal
from operational.core.db import UnitOfWork
from operational.core.errors import Problem, bad_request
from operational.core.principal import Principal
from operational.core.revocations import Revocations
from operational.core.settings import Settings

log = structlog.get_logger("psa.sso")
LONGEST_TOKEN = 20_000


async def logout_address(work: UnitOfWork, settings: Settings, session_id: UUID | None) -> str | None:
    """Where the browser goes to log out at the provider as well (RP-Initiated Logout 1.0); None where it need not.

    Works once: what the provider is told is kept no longer.
    """
    row = None if session_id is None else await repository_sso.take_sso_session(work, session_id)
    if row is None or row.end_session_endpoint is None:
        return None
    query = {"client_id": row.client_id, "post_logout_redirect_uri": f"{settings.public_url}/login"}
    try:
        query["id_token_hint"] = unseal(settings.keys_dir, row.id_token)
    except VaultError as error:
        # the provider asks the person then
        log.warning("sso_id_token_unreadable", reason=str(error))
    return with_query(row.end_session_endpoint, query)


@dataclass(frozen=True)
class BackChannel:
    """Ends sessions a provider tells us have ended there (Back-Channel Logout 1.0)."""

    sessions: Sessions
    oidc: Oidc

    async def log_out(self, token: str) -> int:
        """End the sessions a logout token names; returns how many had not ended yet.

        Raises 400 for a token that does not hold or was used, 503 while the provider's keys cannot be had.
        """
        issuer, clients = _unproven(token)
        async with self.sessions.login_database.across_tenants() as connection:
            providers = await repository_providers.providers_of_client(connection, issuer, clients)
        if not providers:
            raise _refused("no provider of this issuer and client is set up here")
        # several tenants may share a client: what is said of it is said to each
        return sum([await self._log_out_at(row, token) for row in providers])

    async def _log_out_at(self, row: Row[Any], token: str) -> int:
        client = Client(row.issuer, row.client_id)
        try:
            claims = await self.oidc.logout_claims(client, await self.oidc.discover(row.issuer), token)
        except ProviderError as error:
            log.warning("sso_logout_refused", issuer=row.issuer, reason=str(error))
            if error.code == "invalid_answer":
                raise _refused(str(error)) from None
            raise Problem(503, error.code, str(error), headers={"Retry-After": "5"}) from None
        async with self.sessions.database.transaction(Principal(row.tenant_id)) as work:
            until = work.now + LOGOUT_TOKEN_LIVES + timedelta(seconds=2 * LEEWAY_SECONDS)
            if not await repository_sso.use_logout_token(work, row.id, digest(str(claims["jti"])), until):
                raise _refused("this logout token was used already")
            return await end_sso_sessions(
                work, self.sessions.revocations, row.id, "provider_logout", self.sessions.request_id,
                subject=claims.get("sub"), sid=claims.get("sid"),
            )  # fmt: skip


async def end_sso_sessions(
    work: UnitOfWork, revocations: Revocations, provider_id: UUID, because: str, request_id: str | None, *,
    subject: str | None = None, sid: str | None = None, user_id: UUID | None = None,
) -> int:  # fmt: skip
    """End sessions begun by a provider, narrowed as said; returns how many had not ended yet."""
    ended = 0
    found = await repository_sso.sso_sessions(work, provider_id, subject=subject, sid=sid, user_id=user_id)
    for person, session_ids in found.items():
        count = await end_sessions(work, revocations, person, because, only=session_ids)
        if count:
            await repository.add_security_event(work, because, person, request_id)
        ended += count
    return ended


def _unproven(token: str) -> tuple[str, list[str]]:
    """Issuer and audience as a token says, to find out by whose keys to check it; raises 400 for no token."""
    try:
        _, payload, _ = token.split(".")
        claims: Mapping[str, Any] = json.loads(urlsafe_b64decode(payload.encode()))
        issuer, audience = claims["iss"], claims["aud"]
    except (ValueError, KeyError, TypeError, NotBase64, RecursionError):
        raise _refused("this is no logout token") from None
    clients = audience if isinstance(audience, list) else [audience]
    if not isinstance(issuer, str) or not all(isinstance(one, str) and "\x00" not in one for one in (issuer, *clients)):
        raise _refused("this is no logout token")
    return issuer, clients[:20]


def _refused(reason: str) -> Problem:
    return bad_request("invalid_logout_token", reason)
