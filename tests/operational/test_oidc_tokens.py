"""Which ID tokens hold: signed by the test, checked as those of a provider."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from operational.auth.service.oidc import (
    AnswerRefusedError,
    Client,
    Discovered,
    Oidc,
    ProviderError,
    ProviderWrongError,
    challenge_of,
    with_query,
)
from operational.core.outgoing import OutgoingError

pytestmark = pytest.mark.anyio
ISSUER = "https://id.example.org"
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
KEYS: dict[str, Key] = {
    "RS256": RSAKey.generate_key(2048, auto_kid=True),
    "ES256": ECKey.generate_key("P-256", auto_kid=True),
    "ES384": ECKey.generate_key("P-384", auto_kid=True),
    "Ed25519": OKPKey.generate_key("Ed25519", auto_kid=True),
}
CLAIMS: dict[str, Any] = {
    "iss": ISSUER, "aud": "us", "sub": "anna", "iat": SECONDS, "exp": SECONDS + 300, "nonce": "n", "email": "a@b.org",
}  # fmt: skip


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Provider:
    """What a provider would answer, without a network."""

    def __init__(self, *keys: Key, userinfo: dict[str, Any] | None = None) -> None:
        self.keys = list(keys)
        self.userinfo = userinfo
        self.document: dict[str, Any] = {
            "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/auth", "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks", "userinfo_endpoint": f"{ISSUER}/me",
        }  # fmt: skip

    async def kept_json(self, url: str, keep: timedelta, *, anew: bool = False) -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in self.keys]} if url.endswith("jwks") else self.document

    async def get_json(self, url: str, headers: Any) -> dict[str, Any]:
        if self.userinfo is None:
            raise OutgoingError("away")
        return self.userinfo


def signed(alg: str, claims: dict[str, Any], key: Key | None = None) -> str:
    key = key or KEYS[alg]
    return jwt.encode({"alg": alg, "kid": key.kid}, claims, key, algorithms=[alg])


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


async def check(token: Any, provider: Provider | None = None, wanted: tuple[str, ...] = (), **tokens: Any) -> Any:
    oidc = Oidc(provider or Provider(*KEYS.values()), lambda: NOW)  # type: ignore[arg-type]
    discovered = await oidc.discover(ISSUER)
    answer = {"id_token": token, "access_token": "at", **tokens}
    return await oidc.answered(Client(ISSUER, "us", "x"), discovered, answer, "n", set(wanted))


@pytest.mark.parametrize("alg", sorted(KEYS))
async def test_a_token_of_any_asymmetric_kind_holds(alg: str) -> None:
    size = {"RS256": 256, "ES256": 256, "ES384": 384, "Ed25519": 512}[alg]
    whole = hashlib.new(f"sha{size}", b"at").digest()
    half = b64(whole[: len(whole) // 2])
    found = await check(signed(alg, {**CLAIMS, "at_hash": half}))
    assert found.claims["sub"] == "anna"
    with pytest.raises(AnswerRefusedError, match="access token"):
        await check(signed(alg, {**CLAIMS, "at_hash": half}), access_token="another")


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example.org"}, {"iss": f"{ISSUER}/"}, {"iss": None}, {"aud": "them"}, {"aud": []},
        {"aud": ["us", "them"]}, {"aud": ["us", "them"], "azp": "them"}, {"azp": "them"}, {"azp": None}, {"aud": None},
        {"nonce": "other"}, {"nonce": None}, {"nonce": ["n"]}, {"exp": SECONDS - 60}, {"exp": None}, {"exp": "soon"},
        {"iat": SECONDS + 61}, {"iat": None}, {"nbf": SECONDS + 61}, {"sub": None}, {"sub": ""}, {"sub": 7},
        {"sub": "a\x00"}, {"sub": "x" * 256}, {"at_hash": "x"}, {"at_hash": 7}, {"exp": float("inf")}, {"exp": True},
    ],
    ids=str,
)  # fmt: skip
async def test_a_token_with_a_wrong_claim_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(AnswerRefusedError):
        await check(signed("ES256", {**CLAIMS, **change}))


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "iat", "exp", "nonce"])
async def test_a_token_that_lacks_a_claim_is_refused(name: str) -> None:
    with pytest.raises(AnswerRefusedError):
        await check(signed("ES256", {key: value for key, value in CLAIMS.items() if key != name}))


async def test_clocks_may_differ_a_little_and_several_audiences_name_us() -> None:
    for change in (
        {"exp": SECONDS - 59}, {"iat": SECONDS + 59}, {"aud": ["us"]}, {"azp": "us"},
        {"aud": ["us", "them"], "azp": "us"},
    ):  # fmt: skip
        assert await check(signed("ES256", {**CLAIMS, **change}))


async def test_a_token_nobody_or_somebody_else_has_signed_is_refused() -> None:
    good = signed("ES256", CLAIMS)
    head, payload, signature = good.split(".")
    none = b64(b'{"alg":"none"}')
    stranger = ECKey.generate_key("P-256", parameters={"kid": KEYS["ES256"].kid})
    # the provider's public key, taken for a secret that both know
    public = KEYS["RS256"]
    mixed = f"{b64(json.dumps({'alg': 'HS256', 'kid': public.kid}).encode())}.{payload}"
    mac = b64(hmac.digest(public.as_pem(private=False), mixed.encode(), "sha256"))
    for token in (
        f"{none}.{payload}.", f"{none}.{payload}.{signature}", f"{head}.{payload}.",
        f"{head}.{payload}.{signature[:-4]}", signed("ES256", CLAIMS, stranger), f"{mixed}.{mac}", "", "x", "a.b.c", 7,
        None, ["x"],
    ):  # fmt: skip
        with pytest.raises(AnswerRefusedError):
            await check(token)
    with pytest.raises(AnswerRefusedError):
        await check(good, Provider(KEYS["RS256"]))
    only = Provider(KEYS["ES256"])
    unnamed = jwt.encode({"alg": "ES256"}, CLAIMS, KEYS["ES256"], algorithms=["ES256"])
    assert await check(unnamed, only), "one key needs no name"
    with pytest.raises(AnswerRefusedError):
        await check(unnamed)


async def test_the_userinfo_endpoint_is_asked_for_what_is_missing_and_must_tell_of_the_same_person() -> None:
    token = signed("ES256", CLAIMS)
    key = KEYS["ES256"]
    assert (await check(token, Provider(key), ("email",))).userinfo == {}
    found = await check(token, Provider(key, userinfo={"sub": "anna", "name": "A"}), ("email", "name"))
    assert found.userinfo["name"] == "A"
    with pytest.raises(AnswerRefusedError, match="somebody else"):
        await check(token, Provider(key, userinfo={"sub": "bert"}), ("name",))
    with pytest.raises(ProviderError, match="away"):
        await check(token, Provider(key), ("realm_access.roles",))
    assert (await check(token, Provider(key), ("name",), token_type="DPoP")).userinfo == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"issuer": f"{ISSUER}/"}, "calls itself"),
        ({"token_endpoint": None}, "token_endpoint"),
        ({"jwks_uri": "http://id.example.org/jwks"}, "jwks_uri"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint"),
        ({"end_session_endpoint": "//evil.example.org"}, "end_session_endpoint"),
    ],
)
async def test_a_provider_that_describes_itself_wrongly_is_not_used(change: dict[str, Any], said: str) -> None:
    provider = Provider()
    provider.document |= change
    with pytest.raises(ProviderWrongError, match=said):
        await check("x", provider)
    with pytest.raises(ProviderWrongError, match="usable keys"):
        await check(signed("ES256", CLAIMS), Provider())


def test_codes_are_bound_as_the_standard_has_it() -> None:
    # RFC 7636, appendix B
    verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert challenge_of(verifier) == challenge
    assert with_query("https://x/a", {"b": "c d"}) == "https://x/a?b=c+d"
    assert with_query("https://x/a?p=1", {"b": "c"}) == "https://x/a?p=1&b=c"
    assert Discovered.model_fields["token_endpoint_auth_methods_supported"].default == ["client_secret_basic"]
