"""Tokens by which services know each other: signed with a secret all of them share, for one call each."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import TypeAdapter, ValidationError

from operational.core.db import Clock
from operational.core.errors import Problem
from operational.core.principal import Principal

ALGORITHM = "HS256"
# a call and its retries; clocks of two containers differ by less than the leeway
LIVES_SECONDS = 30
LEEWAY_SECONDS = 10
SHORTEST_SECRET = 32
NOT_A_SERVICE = "invalid_service_token"
_PRINCIPAL = TypeAdapter(Principal)


@dataclass(frozen=True, slots=True)
class PeerSettings:
    """Where other services are (URL by name), and the secret all services of the installation share."""

    addresses: Mapping[str, str]
    secret: str

    def __post_init__(self) -> None:
        """Raise ValueError for what cannot be meant."""
        if len(self.secret) < SHORTEST_SECRET:
            raise ValueError(f"PSA_SERVICE_SECRET needs at least {SHORTEST_SECRET} characters; see docs/services.md")
        for name, url in self.addresses.items():
            if not url.startswith(("http://", "https://")):
                raise ValueError(f"PSA_PEERS must look like crm=http://host:port; {name}={url} does not")


@dataclass(frozen=True, slots=True)
class ServiceTokens:
    """Makes and checks tokens; `secret` is that of the installation, at least 32 characters."""

    secret: str
    clock: Clock

    def make(self, caller: str, callee: str, principal: Principal, body: bytes) -> str:
        """A token that says who calls whom, on whose behalf, and for which body only."""
        now = int(self.clock().timestamp())
        claims = {
            "iss": caller, "aud": callee, "iat": now, "exp": now + LIVES_SECONDS, "body": _digest(body),
            "principal": _PRINCIPAL.dump_python(principal, mode="json"),
        }  # fmt: skip
        return jwt.encode({"alg": ALGORITHM}, claims, self._key(), algorithms=[ALGORITHM])

    def principal(self, token: str, callee: str, body: bytes) -> Principal:
        """On whose behalf a call is made; raises 401 for a token that is not for this service and this body."""
        rules = jwt.JWTClaimsRegistry(
            now=int(self.clock().timestamp()), leeway=LEEWAY_SECONDS, aud={"essential": True, "value": callee},
            exp={"essential": True}, iat={"essential": True},
        )  # fmt: skip
        try:
            claims: dict[str, Any] = jwt.decode(token, self._key(), algorithms=[ALGORITHM]).claims
            rules.validate(claims)
            if not hmac.compare_digest(str(claims.get("body")), _digest(body)):
                raise ValueError("body")
            return _PRINCIPAL.validate_python(claims.get("principal"))
        except (JoseError, ValidationError, ValueError, TypeError):
            raise Problem(401, NOT_A_SERVICE, "this is not a token of a service for this call") from None

    def _key(self) -> OctKey:
        return OctKey.import_key(self.secret)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
