"""Who asks, and whether they may: access tokens, principals, permissions."""

import hmac
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from operational.core.db import Clock
from operational.core.errors import Problem, forbidden
from operational.core.limits import Limits
from operational.core.parties import KEY_PREFIX, Parties
from operational.core.principal import Principal
from operational.core.token_keys import TokenKeys

ALGORITHM = "ES256"
AUDIENCE = "psa-api"
# tokens of this audience say who looks at a dashboard, and are worth nothing at the API
DASHBOARDS = "psa-dashboards"
# to check a signature costs as much as a query
MOST_KNOWN = 10_000
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"
_bearer = HTTPBearer(auto_error=False, description="The `access_token` of POST /api/auth/login")


@dataclass(frozen=True, slots=True)
class CookieNames:
    """Names of the cookies of one installation: several on one host must not take each other's."""

    issuer: str

    @property
    def access(self) -> str:
        """Holds the access token."""
        return f"{self.issuer}_access"

    @property
    def refresh(self) -> str:
        """Holds the refresh token; sent to the session's own address only."""
        return f"{self.issuer}_refresh"

    @property
    def csrf(self) -> str:
        """Readable by the page, which sends it back as the header X-CSRF-Token."""
        return f"{self.issuer}_csrf"

    @property
    def dashboards(self) -> str:
        """Holds the dashboards' token."""
        return f"{self.issuer}_dashboards"


class TokenVerifier:
    """Checks access tokens against the auth service's public keys; a new key is found without a restart."""

    def __init__(self, keys: TokenKeys, issuer: str, clock: Clock) -> None:
        self._keys = keys
        self._issuer = issuer
        self._clock = clock
        # by token and audience what was found good, as long as the keys are the same ones
        self._known: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._known_under: KeySet | None = None
        self.cookies = CookieNames(issuer)

    def keys(self) -> KeySet:
        """The public keys."""
        return self._keys.keys()

    async def prepare(self, token: str) -> None:
        """Make sure that the key of a token of ours is known, before it is checked."""
        await self._keys.prepare(token)

    def principal(self, token: str, csrf: str | None = None) -> Principal:
        """Who a token says its bearer is, without what they may do; raises 401 when it is not ours, altered or expired.

        With `csrf`, which a token from a cookie needs to change something, raises 403 when it is not the token's.
        """
        claims = self._claims(token, AUDIENCE)
        if csrf is not None and not hmac.compare_digest(csrf.encode(), str(claims.get("csrf", "")).encode()):
            raise Problem(403, "csrf_refused", f"send the csrf cookie's value as the header {CSRF_HEADER}")
        return Principal(
            tenant_id=UUID(claims["tid"]),
            user_id=UUID(claims["sub"]),
            session_id=UUID(claims["sid"]),
            issued_at=datetime.fromtimestamp(claims["iat"], UTC),
        )

    def dashboard_claims(self, token: str) -> Mapping[str, Any]:
        """What a dashboards' token says; raises 401 like `principal`."""
        return self._claims(token, DASHBOARDS)

    def _claims(self, token: str, audience: str) -> Mapping[str, Any]:
        """What a token says, from a token that was looked at before but for its end, which comes by itself."""
        keys = self.keys()
        if keys is not self._known_under or len(self._known) >= MOST_KNOWN:
            self._known, self._known_under = {}, keys
        # tokens say to the microsecond when they were issued
        now = math.ceil(self._clock().timestamp())
        claims = self._known.get((token, audience))
        if claims is None or not claims["iat"] <= now < claims["exp"]:
            claims = self._known[token, audience] = self._checked(token, audience, keys, now)
        return claims

    def _checked(self, token: str, audience: str, keys: KeySet, now: int) -> Mapping[str, Any]:
        ids = ("sub", "tid", "sid")
        essential: dict[str, Any] = {name: {"essential": True} for name in (*ids, "iat", "exp")}
        rules = jwt.JWTClaimsRegistry(
            now=now,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": audience},
            **essential,
        )
        try:
            claims: dict[str, Any] = jwt.decode(token, keys, algorithms=[ALGORITHM]).claims
            rules.validate(claims)
            for name in ids:
                UUID(claims[name])
        except (JoseError, ValueError, TypeError, AttributeError):
            raise _unauthorized("invalid_token", "the access token is not valid or has expired; log in again") from None
        return claims


def _unauthorized(code: str, detail: str) -> Problem:
    return Problem(401, code, detail, headers={"WWW-Authenticate": "Bearer"})


async def current_principal(request: Request, credentials: Annotated[Any, Depends(_bearer)]) -> Principal:
    """The logged-in party of this request; raises 401 when there is none."""
    verifier: TokenVerifier = request.app.state.kernel.verifier
    parties: Parties = request.app.state.kernel.parties
    if credentials is not None and credentials.credentials.startswith(KEY_PREFIX):
        return await _admitted(request, await parties.of_key(credentials.credentials))
    if credentials is not None:
        await verifier.prepare(credentials.credentials)
        proven = verifier.principal(credentials.credentials)
    elif cookie := request.cookies.get(verifier.cookies.access):
        await verifier.prepare(cookie)
        # a browser sends the cookie with whatever page asks it to
        csrf = None if request.method in SAFE_METHODS else request.headers.get(CSRF_HEADER, "")
        proven = verifier.principal(cookie, csrf)
    else:
        raise _unauthorized("login_required", "log in and send the access token as a bearer token")
    return await _admitted(request, await parties.present(proven))


async def _admitted(request: Request, principal: Principal) -> Principal:
    """The party, counted among their requests; raises 429 when it is one too many."""
    limits: Limits = request.app.state.kernel.limits
    await limits.count("party", str(principal.key_id or principal.user_id))
    structlog.contextvars.bind_contextvars(tenant_id=str(principal.tenant_id), user_id=str(principal.user_id))
    return principal


def bearer_of(request: Request) -> str:
    """The bearer token of a request; raises 401 when there is none."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise _unauthorized("login_required", "send the token as a bearer token")
    return token.strip()


CurrentPrincipal = Annotated[Principal, Depends(current_principal)]


def require(permission: str) -> Any:
    """A route dependency: 403 for whoever does not hold the permission."""

    async def check(principal: CurrentPrincipal) -> None:
        if not principal.may(permission):
            raise forbidden(permission)

    _mark(check, permission)
    return Depends(check)


async def _no_check() -> None:
    """A route everybody may call."""


def _mark(check: Callable[..., Any], permission: str) -> None:
    # read by the architecture tests
    check.permission = permission  # type: ignore[attr-defined]


_mark(_no_check, "public")
public: Any = Depends(_no_check)
