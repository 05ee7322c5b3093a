"""Who asks, and whether they may: access tokens, principals, permissions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from operational.core.db import Clock
from operational.core.errors import Problem
from operational.core.principal import Principal

ALGORITHM = "ES256"
AUDIENCE = "psa-api"
JWKS_FILE = "jwks.json"
_bearer = HTTPBearer(auto_error=False, description="The `access_token` of POST /api/auth/login")


class TokenVerifier:
    """Checks access tokens against the public keys in a folder; a new key is found without a restart."""

    def __init__(self, keys_dir: Path, issuer: str, clock: Clock) -> None:
        self._file = keys_dir / JWKS_FILE
        self._issuer = issuer
        self._clock = clock
        self._loaded: tuple[int, KeySet] | None = None

    def keys(self) -> KeySet:
        """The public keys, read anew when the file has changed."""
        changed_at = self._file.stat().st_mtime_ns
        if self._loaded is None or self._loaded[0] != changed_at:
            self._loaded = changed_at, KeySet.import_key_set(json.loads(self._file.read_text(encoding="utf-8")))
        return self._loaded[1]

    def principal(self, token: str) -> Principal:
        """The party a token speaks for; raises 401 when it is not ours, altered or expired."""
        rules = jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
            sub={"essential": True},
            tid={"essential": True},
        )
        try:
            claims: dict[str, Any] = jwt.decode(token, self.keys(), algorithms=[ALGORITHM]).claims
            rules.validate(claims)
            return Principal(
                tenant_id=UUID(claims["tid"]),
                user_id=UUID(claims["sub"]),
                roles=frozenset(claims.get("roles", ())),
                permissions=frozenset(claims.get("permissions", ())),
            )
        except (JoseError, ValueError, TypeError, AttributeError):
            raise _unauthorized("invalid_token", "the access token is not valid or has expired; log in again") from None


def _unauthorized(code: str, detail: str) -> Problem:
    return Problem(401, code, detail, headers={"WWW-Authenticate": "Bearer"})


async def current_principal(request: Request, credentials: Annotated[Any, Depends(_bearer)]) -> Principal:
    """The logged-in party of this request; raises 401 when there is none."""
    if credentials is None:
        raise _unauthorized("login_required", "log in and send the access token as a bearer token")
    verifier: TokenVerifier = request.app.state.kernel.verifier
    principal = verifier.principal(credentials.credentials)
    structlog.contextvars.bind_contextvars(tenant_id=str(principal.tenant_id), user_id=str(principal.user_id))
    return principal


CurrentPrincipal = Annotated[Principal, Depends(current_principal)]


def require(permission: str) -> Any:
    """A route dependency: 403 for whoever does not hold the permission."""

    async def check(principal: CurrentPrincipal) -> None:
        if not principal.may(permission):
            raise Problem(403, "forbidden", f"this needs the permission {permission}; ask an administrator")

    _mark(check, permission)
    return Depends(check)


def _no_check() -> None:
    """A route everybody may call."""


def _mark(check: Callable[..., Any], permission: str) -> None:
    # read by the architecture tests
    check.permission = permission  # type: ignore[attr-defined]


_mark(_no_check, "public")
public: Any = Depends(_no_check)
