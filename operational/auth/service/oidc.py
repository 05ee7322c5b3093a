"""OpenID Connect as a client: what a provider says of itself, the exchange of a code, and whether its tokens hold.

Sources: OpenID Connect Core 1.0 (3.1.3.7 ID token validation, 5.3 UserInfo), Discovery 1.0, Back-Channel Logout 1.0
(2.6), RFC 7636 (PKCE), RFC 9207 (`iss` in the answer). Signatures and registered claims are joserfc's matter.
"""

import base64
import hashlib
import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from operational.auth.domain.sso import CLOCKS_APART_SECONDS, LONGEST_SUBJECT, claim_at
from operational.core.db import Clock
from operational.core.outgoing import Outgoing, OutgoingError, RefusedAddressError, check_address

# signatures by keys that only the provider has
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
)  # fmt: skip
LEEWAY_SECONDS = CLOCKS_APART_SECONDS
KEEP = timedelta(hours=1)
# how old a logout token may be (Back-Channel Logout 1.0, 4: short-lived)
LOGOUT_TOKEN_LIVES = timedelta(minutes=5)
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_HALF_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


class ProviderError(RuntimeError):
    """A provider cannot be used now; `code` is for people who log in, the message for their administrator."""

    code = "provider_unavailable"


class ProviderWrongError(ProviderError):
    """What the provider, or the way it is set up here, says cannot be right."""

    code = "provider_misconfigured"


class AnswerRefusedError(ProviderError):
    """A token does not hold."""

    code = "invalid_answer"


class Discovered(BaseModel):
    """What a provider says of itself (Discovery 1.0, 3), as far as we use it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    code_challenge_methods_supported: list[str] | None = None
    response_types_supported: list[str] = []
    scopes_supported: list[str] | None = None
    authorization_response_iss_parameter_supported: bool = False
    backchannel_logout_supported: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """What we are to one provider; no secret: a public client."""

    issuer: str
    client_id: str
    client_secret: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a code was exchanged for: the ID token, its claims, and those of the userinfo endpoint."""

    id_token: str
    claims: Mapping[str, Any]
    userinfo: Mapping[str, Any]


def challenge_of(verifier: str) -> str:
    """The S256 code challenge of a verifier (RFC 7636, 4.2)."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True)
class Oidc:
    """Talks to providers; never inside a transaction that writes."""

    outgoing: Outgoing
    clock: Clock

    async def discover(self, issuer: str, *, anew: bool = False) -> Discovered:
        """What a provider says of itself; raises ProviderError and ProviderWrongError."""
        try:
            check_address(issuer)
            document = await self.outgoing.kept_json(discovery_address(issuer), KEEP, anew=anew)
            found = Discovered.model_validate(document)
            for name, url in found.model_dump(include=_ENDPOINTS).items():
                if url is not None:
                    _check_endpoint(name, url)
        except ValidationError as error:
            fields = ", ".join(sorted({str(one["loc"][0]) for one in error.errors()}))
            raise ProviderWrongError(f"what {issuer} says of itself lacks, or has no usable, {fields}") from None
        except RefusedAddressError as error:
            raise ProviderWrongError(str(error)) from None
        except OutgoingError as error:
            raise ProviderError(str(error)) from None
        if found.issuer != issuer:
            raise ProviderWrongError(f"the provider calls itself {found.issuer}; write the issuer exactly like that")
        return found

    async def keys(self, discovered: Discovered, *, anew: bool = False) -> KeySet:
        """The keys a provider signs with; raises ProviderError and ProviderWrongError."""
        try:
            document: Any = await self.outgoing.kept_json(discovered.jwks_uri, KEEP, anew=anew)
            return KeySet.import_key_set(document)
        except OutgoingError as error:
            raise ProviderError(str(error)) from None
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            raise ProviderWrongError(f"{discovered.jwks_uri} holds no usable keys") from None

    async def exchange(
        self, client: Client, discovered: Discovered, *, code: str, verifier: str, redirect_uri: str
    ) -> Mapping[str, Any]:
        """The answer of the token endpoint; raises ProviderError and its kin."""
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier,
        }  # fmt: skip
        more, headers = _authentication(client, discovered)
        try:
            status, found = await self.outgoing.post_form(discovered.token_endpoint, {**form, **more}, headers)
        except OutgoingError as error:
            raise ProviderError(str(error)) from None
        if status != 200:
            said = str(found.get("error"))[:100]
            if said in ("invalid_client", "unauthorized_client", "unsupported_grant_type"):
                raise ProviderWrongError(f"the provider refuses our client: {said}")
            raise AnswerRefusedError(f"the provider refuses the code: {said}")
        return found

    async def answered(
        self, client: Client, discovered: Discovered, tokens: Mapping[str, Any], nonce: str, wanted: set[str]
    ) -> Answered:
        """Check what the token endpoint gave; asks the userinfo endpoint where `wanted` claims (paths) are missing.

        Raises ProviderError and its kin.
        """
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str):
            raise AnswerRefusedError("the provider gave no ID token; is the scope openid asked for?")
        decoded = await self._decode(discovered, id_token)
        claims = decoded.claims
        self._check_id_token(client, claims, nonce)
        _check_half_hash(decoded.header, claims, access_token)
        userinfo: Mapping[str, Any] = {}
        is_bearer = isinstance(access_token, str) and str(tokens.get("token_type", "Bearer")).lower() == "bearer"
        if discovered.userinfo_endpoint and is_bearer and any(claim_at(claims, path) is None for path in wanted):
            userinfo = await self._userinfo(discovered.userinfo_endpoint, str(access_token), claims["sub"])
        return Answered(id_token, claims, userinfo)

    async def logout_claims(self, client: Client, discovered: Discovered, token: str) -> Mapping[str, Any]:
        """The claims of a logout token that holds; raises ProviderError and its kin (Back-Channel Logout 1.0, 2.6)."""
        decoded = await self._decode(discovered, token)
        claims = decoded.claims
        kind = str(decoded.header.get("typ", "logout+jwt")).lower().removeprefix("application/")
        essential: dict[str, Any] = {name: {"essential": True} for name in ("iat", "jti")}
        self._check(client, claims, essential)
        events = claims.get("events")
        is_logout = isinstance(events, dict) and isinstance(events.get(LOGOUT_EVENT), dict)
        oldest = self.clock().timestamp() - LOGOUT_TOKEN_LIVES.total_seconds() - LEEWAY_SECONDS
        named = [claims[name] for name in ("sub", "sid") if claims.get(name) is not None]
        if (
            kind not in ("jwt", "logout+jwt")
            or not is_logout
            or "nonce" in claims
            or claims["iat"] < oldest
            or not named
            or not all(map(_is_name, named))
        ):
            raise AnswerRefusedError("this is no logout token, or an old one")
        return claims

    async def _decode(self, discovered: Discovered, token: str) -> jwt.Token:
        try:
            try:
                return jwt.decode(token, await self.keys(discovered), algorithms=ALGORITHMS)
            except InvalidKeyIdError:
                # the provider has a new key
                return jwt.decode(token, await self.keys(discovered, anew=True), algorithms=ALGORITHMS)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            raise AnswerRefusedError("the token's signature does not hold") from None

    def _check_id_token(self, client: Client, claims: Mapping[str, Any], nonce: str) -> None:
        essential: dict[str, Any] = {name: {"essential": True} for name in ("sub", "exp", "iat")}
        self._check(client, claims, essential)
        if not _is_name(claims["sub"]):
            raise AnswerRefusedError("the token's subject is no name")
        if claims.get("nonce") != nonce:
            raise AnswerRefusedError("the token was made for another log-in")
        audience = claims["aud"]
        # a token that others may use as well names us as the one it was made for (3.1.3.7, steps 4 and 5)
        is_shared = isinstance(audience, list) and len(audience) > 1
        if (is_shared or "azp" in claims) and claims.get("azp") != client.client_id:
            raise AnswerRefusedError("the token was made for another client")

    def _check(self, client: Client, claims: dict[str, Any] | Mapping[str, Any], more: Mapping[str, Any]) -> None:
        rules = jwt.JWTClaimsRegistry(
            now=math.floor(self.clock().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": client.issuer},
            aud={"essential": True, "value": client.client_id},
            **more,
        )
        try:
            rules.validate(dict(claims))
        except JoseError as error:
            raise AnswerRefusedError(f"the token does not hold: {error}") from None

    async def _userinfo(self, endpoint: str, access_token: str, subject: str) -> Mapping[str, Any]:
        try:
            found = await self.outgoing.get_json(endpoint, {"Authorization": f"Bearer {access_token}"})
        except OutgoingError as error:
            raise ProviderError(str(error)) from None
        # 5.3.2: else it may be about somebody else
        if found.get("sub") != subject:
            raise AnswerRefusedError("the userinfo endpoint tells of somebody else")
        return found


def _is_name(value: Any) -> bool:
    """Whether a subject or session has a name that can be kept."""
    return isinstance(value, str) and value.isprintable() and len(value) <= LONGEST_SUBJECT


_ENDPOINTS = {"authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"}


def discovery_address(issuer: str) -> str:
    """Where an issuer describes itself (Discovery 1.0, 4)."""
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def _check_endpoint(name: str, url: str) -> None:
    try:
        check_address(url)
    except RefusedAddressError as error:
        raise ProviderWrongError(f"{name}: {error}") from None


def with_query(endpoint: str, query: Mapping[str, str]) -> str:
    """An endpoint, which may have a query already, with more of it."""
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"


def _authentication(client: Client, discovered: Discovered) -> tuple[dict[str, str], dict[str, str]]:
    """(fields of the form, headers) by which a client shows who it is (RFC 6749, 2.3.1)."""
    if client.client_secret is None:
        return {"client_id": client.client_id}, {}
    methods = discovered.token_endpoint_auth_methods_supported
    if "client_secret_basic" in methods or "client_secret_post" not in methods:
        pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
        return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return {"client_id": client.client_id, "client_secret": client.client_secret}, {}


def _check_half_hash(header: Mapping[str, Any], claims: Mapping[str, Any], access_token: Any) -> None:
    """Whether the access token came with this ID token, where that says so (`at_hash`, Core 1.0, 3.1.3.6)."""
    said = claims.get("at_hash")
    if said is None:
        return
    hashed = _HALF_HASHES.get(str(header["alg"])[-3:], hashlib.sha512)
    whole = hashed(str(access_token).encode()).digest()
    half = _base64url(whole[: len(whole) // 2])
    if not isinstance(access_token, str) or not hmac.compare_digest(half.encode(), str(said).encode()):
        raise AnswerRefusedError("the access token does not belong to the ID token")
