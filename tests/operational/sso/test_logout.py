"""Single log-out: the desk tells the provider, and the provider tells the desk."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.operational.sso.conftest import DESK, Browser, Desk, error_of, listening

pytestmark = pytest.mark.anyio
SESSION = "/api/auth/browser-session"
TOLD = "/api/auth/sso/backchannel-logout"


async def log_out(browser: Browser) -> httpx.Response:
    return await browser.desk.delete(SESSION, headers=browser.proof)


async def status(browser: Browser) -> tuple[int, str | None]:
    """(status, code) of asking who one is."""
    answer = await browser.desk.get("/api/auth/me")
    return answer.status_code, answer.json().get("code")


@pytest.fixture
async def address(desk: Desk) -> AsyncIterator[str]:
    """Where a provider reaches the desk."""
    async with listening(desk.api.app) as found:
        yield found


async def test_logging_out_here_leads_to_the_provider_and_ends_the_session_there(desk: Desk) -> None:
    client = desk.openid.client(desk.openid.a)
    provider = await desk.provider(client=client)
    user_id, email = desk.person("technician")
    login = desk.at_provider(email)
    async with desk.browser() as browser:
        assert error_of(await browser.log_in(provider, login)) is None
        answer = await log_out(browser)
        assert answer.status_code == 200
        assert "psa_access" not in browser.desk.cookies
        leads_to = answer.json()["logout_url"]
        query = parse_qs(urlsplit(leads_to).query)
        assert query["post_logout_redirect_uri"] == [f"{DESK}/login"]
        assert query["client_id"] == [client[0]]
        assert leads_to.startswith(f"{desk.openid.a}/session/end?")
        assert desk.api.query("select id from auth.sso_session where user_id = %s", user_id) == []
        assert await browser.at_provider(leads_to, login) == f"{DESK}/login"
        started = await browser.start(provider)
        asked = await browser.there.get(started.headers["location"])
        form = await browser.there.get(f"{desk.openid.a}{asked.headers['location']}")
        assert 'name="login"' in form.text, "the provider asks again who it is"


async def test_a_session_begun_by_a_password_ends_here_alone(desk: Desk) -> None:
    desk.api.add_login("anna@example.test", "technician")
    async with desk.browser() as browser:
        body = {"email": "anna@example.test", "password": "correct horse battery"}
        assert (await browser.desk.post(SESSION, json=body)).status_code == 204
        answer = await log_out(browser)
        assert (answer.status_code, answer.content) == (204, b"")


async def test_logging_out_at_the_provider_ends_every_session_it_began(desk: Desk, address: str) -> None:
    told = {"backchannel_logout_uri": f"{address}{TOLD}"}
    with_sid = desk.openid.client(desk.openid.a, **told, backchannel_logout_session_required=True)
    providers = [
        await desk.provider(client=with_sid),
        await desk.provider(client=desk.openid.client(desk.openid.a, **told)),
    ]
    user_id, email = desk.person("technician")
    login = desk.at_provider(email)
    async with desk.browser() as browser, desk.browser() as second, desk.browser() as other:
        # one session there, and one at each of two clients here
        second.there = browser.there
        assert error_of(await browser.log_in(providers[0], login)) is None
        assert error_of(await second.log_in(providers[1], login)) is None
        # the same person elsewhere: another session there
        assert error_of(await other.log_in(providers[0], login)) is None
        ending = f"{desk.openid.a}/session/end?{urlencode({'client_id': with_sid[0]})}"
        page = await browser.there.get(ending)
        csrf = page.text.partition('name="xsrf" value="')[2].partition('"')[0]
        ended = await browser.there.post(f"{desk.openid.a}/session/end/confirm", data={"xsrf": csrf, "logout": "yes"})
        assert ended.status_code in (200, 303), ended.text
        assert await status(browser) == (401, "session_ended")
        assert await status(second) == (401, "session_ended")
        # that of the other browser was named by its sid only, and was not meant
        assert (await status(other))[0] == 200
    reasons = desk.api.query(
        "select ended_because from auth.session where user_id = %s and ended_at is not null", user_id
    )
    assert reasons == [("provider_logout",)] * 2


class Signer:
    """A provider whose tokens the test signs."""

    def __init__(self, desk: Desk, provider_id: str, client_id: str) -> None:
        self.desk = desk
        self.key = ECKey.generate_key("P-256", auto_kid=True)
        issuer = desk.openid.a
        keys = {"keys": [self.key.as_dict(private=False)]}
        outgoing = desk.api.kernel.outgoing
        # what the issuer says is kept, so the test can say it in its stead
        outgoing._kept[f"{issuer}/jwks"] = (desk.api.clock(), keys)
        now = int(desk.api.clock().timestamp())
        self.claims: dict[str, Any] = {
            "iss": issuer, "aud": client_id, "iat": now, "exp": now + 120, "jti": "1", "sub": "anna",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        }  # fmt: skip

    async def tell(self, *without: str, **more: Any) -> tuple[int, str | None]:
        claims = {name: value for name, value in {**self.claims, **more}.items() if name not in without}
        header = {"alg": "ES256", "kid": self.key.kid, "typ": "logout+jwt"}
        token = jwt.encode(header, claims, self.key, algorithms=["ES256"])
        return await tell(self.desk, token)


async def tell(desk: Desk, token: str) -> tuple[int, str | None]:
    answer = await desk.api.client.post(TOLD, data={"logout_token": token})
    return answer.status_code, None if answer.status_code == 200 else answer.json()["code"]


async def test_a_logout_token_that_does_not_hold_ends_nothing(desk: Desk) -> None:
    client = desk.openid.client(desk.openid.a)
    provider = await desk.provider(client=client)
    login = desk.at_provider(desk.person("technician")[1])
    refused = (400, "invalid_logout_token")
    async with desk.browser() as browser:
        assert error_of(await browser.log_in(provider, login)) is None
        signer = Signer(desk, provider, client[0])
        signer.claims["sub"] = login
        now = signer.claims["iat"]
        for name in ("iss", "aud", "iat", "jti", "events"):
            assert await signer.tell(name) == refused, name
        assert await signer.tell("sub") == refused, "names nobody"
        for wrong in (
            {"iss": "http://127.0.0.1:1"}, {"aud": "another"}, {"exp": now - 61}, {"iat": now - 400}, {"iat": now + 90},
            {"nonce": "x"}, {"events": {}}, {"events": "x"}, {"sub": 7}, {"sid": 7}, {"sid": "\x00"}, {"jti": 7},
            {"jti": ""},
        ):  # fmt: skip
            assert await signer.tell(**wrong) == refused, wrong
        deep = urlsafe_b64encode(b"[" * 9_000).decode().rstrip("=")
        head, payload, rest = jwt.encode({"alg": "ES256"}, signer.claims, signer.key, algorithms=["ES256"]).split(".")
        for token in ("", "x", "a.b.c", "..", "a" * 20_001, f"{head}.{deep}.{rest}", f"{deep}.{payload}.{rest}"):
            assert (await tell(desk, token))[0] in (400, 422), token
        stranger = Signer(desk, provider, client[0])
        stranger.key = ECKey.generate_key("P-256", parameters={"kid": signer.key.kid})
        assert await stranger.tell(sub=login) == refused
        assert (await status(browser))[0] == 200
        signer = Signer(desk, provider, client[0])
        assert await signer.tell(sub="somebody else", jti="2") == (200, None)
        assert (await status(browser))[0] == 200
        assert await signer.tell(sub=login, aud=[client[0]]) == (200, None)
        assert await status(browser) == (401, "session_ended")
        assert error_of(await browser.start(provider)) is None
        assert await signer.tell(sub=login) == refused, "it counts once"


async def test_a_provider_whose_keys_cannot_be_had_is_asked_to_come_again(desk: Desk) -> None:
    provider = await desk.provider("http://127.0.0.1:1", ("x", "y"))
    signer = Signer(desk, provider, "x")
    assert await signer.tell(iss="http://127.0.0.1:1") == (503, "provider_unavailable")


async def test_switching_a_provider_off_unlinking_and_removing_it_end_its_sessions(desk: Desk) -> None:
    provider = await desk.provider()
    user_id, email = desk.person("technician")
    login = desk.at_provider(email)
    path = f"/api/auth/identity-providers/{provider}"
    admin = desk.admin

    async def unlink() -> httpx.Response:
        (linked,) = (await admin.get(f"/api/auth/users/{user_id}/identities")).json()["items"]
        one = f"/api/auth/users/{user_id}/identities/{linked['id']}"
        other = f"/api/auth/users/{user_id}/identities/{uuid4()}"
        assert (await admin.client.delete(other, headers=admin.headers)).status_code == 404
        return await admin.client.delete(one, headers=admin.headers)

    async def switch_off_and_on() -> httpx.Response:
        assert (await admin.patch(path, {"is_enabled": False}, '"1"')).status_code == 200
        return await admin.patch(path, {"is_enabled": True}, '"2"')

    async def remove() -> httpx.Response:
        return await admin.client.delete(path, headers={**admin.headers, "If-Match": '"3"'})

    for end in (switch_off_and_on, unlink, remove):
        async with desk.browser() as browser:
            assert error_of(await browser.log_in(provider, login)) is None
            assert (await end()).is_success
            assert await status(browser) == (401, "session_ended"), end
    assert desk.api.query("select id from auth.identity where user_id = %s", user_id) == []
