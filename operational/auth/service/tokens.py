"""What a logged-in client holds."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from operational.auth import keys
from operational.core.errors import Problem
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
    session_id: UUID


def access_token(
    settings: Settings, session: tuple[UUID, UUID, UUID], now: datetime, csrf: str
) -> str:  # fmt: skip
    """A token that says for a few minutes who its bearer is; `session` is (tenant, user, session).

    What they may do is not in it: that may change at any moment.
    """
    claims: dict[str, object] = {
        **_claims(settings, session, now, settings.access_seconds),
        "aud": AUDIENCE,
        "jti": uuid4().hex,
        "csrf": csrf,
    }
    return keys.sign(settings.keys_dir, claims)


def dashboard_token(settings: Settings, tokens: Tokens, now: datetime) -> str:
    """A token that names the session and opens nothing but the dashboards, as long as the session lives."""
    session = (tokens.tenant_id, tokens.user_id, tokens.session_id)
    return keys.sign(
        settings.keys_dir, {**_claims(settings, session, now, tokens.refresh_expires_in), "aud": DASHBOARDS}
    )


def _claims(settings: Settings, session: tuple[UUID, UUID, UUID], now: datetime, seconds: int) -> dict[str, object]:
    tenant_id, user_id, session_id = map(str, session)
    issued = now.timestamp()
    return {
        "iss": settings.issuer, "tid": tenant_id, "sub": user_id, "sid": session_id, "iat": issued,
        "exp": int(issued) + seconds,
    }  # fmt: skip


def refresh_token(tenant_id: UUID, secret: str) -> str:
    """The refresh token of a tenant's session; only its secret's digest is kept."""
    return f"{tenant_id.hex}.{secret}"


def read_refresh_token(token: str) -> tuple[UUID, str]:
    """Tenant and digest of a refresh token; raises 401 for anything else."""
    found = read_secret(token)
    if found is None:
        raise session_ended()
    return found


def read_secret(token: str) -> tuple[UUID, str] | None:
    """Tenant and digest of a secret we have given out; None for anything else."""
    tenant, _, secret = token.partition(".")
    try:
        return UUID(tenant), digest(secret)
    except ValueError:
        return None


def digest(secret: str) -> str:
    """What is kept of a secret that is long and random (SHA-256, hex)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def session_ended() -> Problem:
    """401: the session is over."""
    return Problem(401, "session_ended", "the refresh token is not valid any more; log in again")
