"""Log-in, sessions, roles."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from operational.auth import keys
from operational.core.token_keys import FolderKeys
from tests.operational.api.conftest import PASSWORD

pytestmark = pytest.mark.anyio


async def test_log_in_gives_tokens_that_open_me(api: Any) -> None:
    anna = await api.caller("technician")
    me = await anna.get("/api/auth/me")
    assert me.status_code == 200
    body = me.json()
    assert (body["id"], body["tenant"], body["roles"]) == (str(anna.user_id), "main", ["technician"])
    assert "tickets.ticket.create" in body["permissions"]
    assert "crm.contract.read" not in body["permissions"]


async def test_wrong_password_and_unknown_address_answer_the_same(api: Any) -> None:
    api.add_login("anna@example.test", "technician")
    wrong = await api.log_in("anna@example.test", "not the password")
    unknown = await api.log_in("nobody@example.test", "not the password")
    assert wrong.status_code == unknown.status_code == 401
    hidden = {"request_id"}
    assert {k: v for k, v in wrong.json().items() if k not in hidden} == {
        k: v for k, v in unknown.json().items() if k not in hidden
    }
    assert wrong.json()["code"] == "login_refused"
    assert wrong.headers["content-type"] == "application/problem+json"
    assert api.query("select kind from auth.security_event") == [("login_failed",)]


async def test_five_failures_rest_the_account_and_time_wakes_it(api: Any) -> None:
    api.add_login("anna@example.test", "technician")
    for _ in range(5):
        assert (await api.log_in("anna@example.test", "wrong")).status_code == 401
    resting = await api.log_in("anna@example.test")
    assert (resting.status_code, resting.json()["code"]) == (429, "too_many_attempts")
    assert resting.headers["retry-after"] == "30"
    api.clock.advance(seconds=31)
    assert (await api.log_in("anna@example.test")).status_code == 200
    assert api.query("select count(*) from auth.failed_attempt") == [(0,)]


async def from_afar(api: Any, password: str) -> httpx.Response:
    """A log-in as Anna from an address nobody has seen."""
    transport = httpx.ASGITransport(api.app, client=("203.0.113.9", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://psa.test") as client:
        return await client.post("/api/auth/login", json={"email": "technician0@example.test", "password": password})


async def test_what_a_stranger_tries_does_not_keep_the_person_out_where_they_are_known(api: Any) -> None:
    anna = await api.caller("technician")
    # for a whole day somebody tries, as soon as it is allowed
    for _ in range(96):
        api.clock.advance(minutes=15)
        assert (await from_afar(api, "wrong")).status_code in (401, 429)
    assert (await from_afar(api, "wrong")).status_code == 429
    assert (await from_afar(api, PASSWORD)).status_code == 429
    assert (await api.log_in("technician0@example.test")).status_code == 200
    # the right password from here tells nothing about who tries there
    assert (await from_afar(api, PASSWORD)).status_code == 429
    # and here, too, one cannot try for ever
    for _ in range(5):
        assert (await api.log_in("technician0@example.test", "wrong")).status_code == 401
    assert (await api.log_in("technician0@example.test")).status_code == 429
    assert (await anna.get("/api/auth/me")).status_code == 401


async def test_a_place_is_known_for_a_month(api: Any) -> None:
    await api.caller("technician")
    api.clock.advance(days=31)
    for _ in range(5):
        await from_afar(api, "wrong")
    assert (await api.log_in("technician0@example.test")).status_code == 429


async def test_attempts_at_the_same_moment_are_all_counted(api: Any) -> None:
    api.add_login("anna@example.test", "technician")
    answers = await asyncio.gather(*(api.log_in("anna@example.test", "wrong") for _ in range(12)))
    assert sorted(a.status_code for a in answers) == [401] * 5 + [429] * 7


async def test_a_refresh_token_works_once_and_its_reuse_ends_the_log_in(api: Any) -> None:
    anna = await api.caller("technician")
    first = anna.tokens["refresh_token"]
    second = (await api.client.post("/api/auth/refresh", json={"refresh_token": first})).json()["refresh_token"]
    reused = await api.client.post("/api/auth/refresh", json={"refresh_token": first})
    assert (reused.status_code, reused.json()["code"]) == (401, "session_ended")
    # whoever holds the newer token may be the thief
    assert (await api.client.post("/api/auth/refresh", json={"refresh_token": second})).status_code == 401
    assert ("refresh_reused",) in api.query("select kind from auth.security_event")


async def test_two_refreshes_at_once_give_one_session_at_most(api: Any) -> None:
    anna = await api.caller("technician")
    body = {"refresh_token": anna.tokens["refresh_token"]}
    answers = await asyncio.gather(*(api.client.post("/api/auth/refresh", json=body) for _ in range(4)))
    assert sorted(a.status_code for a in answers) == [200, 401, 401, 401]


async def test_refresh_and_access_tokens_expire(api: Any) -> None:
    anna = await api.caller("technician")
    api.clock.advance(minutes=16)
    late = await anna.get("/api/auth/me")
    assert (late.status_code, late.json()["code"]) == (401, "invalid_token")
    api.clock.advance(days=15)
    body = {"refresh_token": anna.tokens["refresh_token"]}
    assert (await api.client.post("/api/auth/refresh", json=body)).status_code == 401


async def test_log_out_ends_the_session(api: Any) -> None:
    anna = await api.caller("technician")
    body = {"refresh_token": anna.tokens["refresh_token"]}
    assert (await anna.post("/api/auth/logout", body)).status_code == 204
    assert (await api.client.post("/api/auth/refresh", json=body)).status_code == 401


async def test_somebody_who_left_cannot_log_in_or_refresh(api: Any) -> None:
    anna = await api.caller("technician")
    api.query_write("update auth.user_account set active_to = '2020-01-01' where id = %s returning id", anna.user_id)
    body = {"refresh_token": anna.tokens["refresh_token"]}
    assert (await api.client.post("/api/auth/refresh", json=body)).status_code == 401
    assert (await api.log_in("technician0@example.test")).status_code == 401


async def test_an_address_of_two_tenants_needs_the_tenant(api: Any) -> None:
    api.add_login("anna@example.test", "technician")
    api.add_login("anna@example.test", "admin", tenant=api.house.other_tenant)
    assert (await api.log_in("anna@example.test")).status_code == 401
    tokens = (await api.log_in("Anna@Example.test", tenant="other")).json()
    me = await api.client.get("/api/auth/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert me.json()["tenant"] == "other"


@pytest.mark.parametrize("token", ["", "x", "Bearer", "eyJhbGciOiJub25lIn0.e30."])
async def test_a_token_that_is_none_is_refused(api: Any, token: str) -> None:
    response = await api.client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}".strip()})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_token_of_another_key_or_issuer_is_refused(api: Any, tmp_path: Any) -> None:
    anna = await api.caller("technician")
    keys.ensure_keys(tmp_path / "foreign")
    now = int(api.clock().timestamp())
    ids = {"sub": str(anna.user_id), "tid": str(api.house.tenant), "sid": str(uuid4())}
    claims = {"iss": "psa", "aud": "psa-api", **ids, "iat": now, "exp": now + 60}
    good = keys.sign(api.kernel.settings.keys_dir, claims)
    foreign = keys.sign(tmp_path / "foreign", claims)
    other_issuer = keys.sign(api.kernel.settings.keys_dir, claims | {"iss": "them"})
    codes = []
    for token in (good, foreign, other_issuer):
        answer = await api.client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}".strip()})
        codes.append(answer.status_code)
    assert codes == [200, 401, 401]


async def test_tokens_of_the_old_key_stay_valid_after_a_rotation(api: Any, tmp_path: Any) -> None:
    folder = tmp_path / "keys"
    keys.ensure_keys(folder)
    old = keys.sign(folder, {"sub": "x"})
    new_id = keys.rotate(folder)
    public = (folder / "jwks.json").read_text()
    assert new_id in public
    assert '"d"' not in public
    assert [path.stat().st_mode & 0o077 for path in folder.glob("signing-*.json")] == [0, 0]
    jwks = FolderKeys(folder).keys()
    assert len(jwks.keys) == 2
    assert old


async def test_a_tenants_exception_takes_a_permission_away(api: Any) -> None:
    anna = await api.caller("technician")
    api.query_write(
        """insert into auth.role_permission (tenant_id, role_id, permission, scope)
           select tenant_id, id, 'tickets.ticket.create', 'none' from auth.role
           where tenant_id = %s and name = 'technician'
           returning id""",
        api.house.tenant,
    )
    body = {"refresh_token": anna.tokens["refresh_token"]}
    anna.tokens = (await api.client.post("/api/auth/refresh", json=body)).json()
    refused = await anna.post("/api/tickets", {"customer_id": api.customer(), "subject": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_secrets_do_not_reach_the_extractor_or_the_database_in_clear(api: Any) -> None:
    anna = await api.caller("technician")
    secret = anna.tokens["refresh_token"].split(".")[1]
    assert api.query("select count(*) from auth.refresh_token where digest = %s", secret) == [(0,)]
    assert api.query("select password_hash like '$argon2id$%%' from auth.credential where id is not null") == [(True,)]
