"""Second factors: authenticator app, recovery codes, passkeys, and roles that ask for one."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pyotp
import pytest

from tests.operational.api.authenticator import Authenticator
from tests.operational.api.conftest import PASSWORD, Caller
from tests.operational.api.test_resets import mails
from tests.operational.api.test_users_and_roles import put, role_named

pytestmark = pytest.mark.anyio
EMAIL = "technician0@example.test"
MINE = "/api/auth/second-factors"
PROOF = {"current_password": PASSWORD}
ORIGIN = "http://localhost:8000"


async def post(caller: Any, path: str, body: Any) -> httpx.Response:
    answer: httpx.Response = await caller.post(path, body, key=None)
    return answer


async def with_app(api: Any) -> tuple[Any, pyotp.TOTP, list[str]]:
    """Somebody with an authenticator app, the app, and their recovery codes; the app's code of now is used up."""
    anna = await api.caller("technician")
    begun = (await post(anna, f"{MINE}/totp", PROOF)).json()
    assert len(begun["qr"]) == len(begun["qr"][0]) > 20
    app = pyotp.parse_uri(begun["uri"])
    assert isinstance(app, pyotp.TOTP)
    wrong = await post(anna, f"{MINE}/totp/confirm", {"code": "000000" if code(api, app) != "000000" else "111111"})
    assert wrong.json()["code"] == "wrong_code"
    assert (await api.log_in(EMAIL)).status_code == 200, "what is not confirmed counts for nothing"
    done = await post(anna, f"{MINE}/totp/confirm", {"code": code(api, app)})
    return anna, app, done.json()["recovery_codes"]


def code(api: Any, app: pyotp.TOTP) -> str:
    return str(app.at(api.clock()))


async def begin(api: Any) -> str:
    answer = await api.log_in(EMAIL)
    assert (answer.status_code, "access_token" in answer.json()) == (202, False)
    return str(answer.json()["token"])


async def second(api: Any, token: str, **answer: Any) -> tuple[int, str | None]:
    found = await api.client.post("/api/auth/second-factor", json={"token": token, **answer})
    return found.status_code, found.json().get("code")


async def test_a_code_of_the_app_is_asked_for_and_counts_once(api: Any) -> None:
    _, app, _ = await with_app(api)
    answer = await api.log_in(EMAIL)
    assert answer.json()["methods"] == ["totp", "recovery_code"]
    token = answer.json()["token"]
    assert await second(api, token, code=code(api, app)) == (422, "wrong_second_factor"), "it confirmed the app already"
    api.clock.advance(seconds=30)
    used = code(api, app)
    tokens = [await begin(api) for _ in range(3)]
    answers = await asyncio.gather(*(second(api, one, code=used) for one in tokens))
    assert sorted(status for status, _ in answers) == [200, 422, 422]
    api.clock.advance(seconds=30)
    assert await second(api, token, code=code(api, app)) == (200, None)
    assert await second(api, token, code=code(api, app)) == (401, "login_over")
    sealed = api.query("select secret from auth.totp")[0][0]
    assert app.secret not in sealed
    assert len(mails(api, "auth.factors_changed")) == 1


async def test_guessing_rests_the_account_and_ends_the_log_in(api: Any) -> None:
    _, app, _ = await with_app(api)
    token = await begin(api)
    wrong = "123456" if code(api, app) != "123456" else "654321"
    answers = [await second(api, token, code=wrong) for _ in range(6)]
    assert answers == [(422, "wrong_second_factor")] * 5 + [(401, "login_over")]
    # a new log-in does not bring new guesses
    assert (await second(api, await begin(api), code=wrong))[1] == "too_many_attempts"
    token = await begin(api)
    api.clock.advance(minutes=6)
    assert await second(api, token, code=code(api, app)) == (401, "login_over")
    assert await second(api, await begin(api), code=code(api, app)) == (200, None)


async def test_recovery_codes_work_once_each_and_go_with_the_last_factor(api: Any) -> None:
    anna, _, codes = await with_app(api)
    assert len(set(codes)) == 10
    assert (await second(api, await begin(api), recovery_code=codes[3].upper().replace("-", " ")))[0] == 200
    assert (await second(api, await begin(api), recovery_code=codes[3]))[1] == "wrong_second_factor"
    assert (await anna.get(MINE)).json()["codes_left"] == 9
    fresh = (await post(anna, f"{MINE}/recovery-codes", PROOF)).json()["recovery_codes"]
    assert (await second(api, await begin(api), recovery_code=codes[0]))[1] == "wrong_second_factor"
    assert (await second(api, await begin(api), recovery_code=fresh[0]))[0] == 200
    refused = await post(anna, f"{MINE}/totp/remove", {"current_password": "not the password"})
    assert refused.json()["code"] == "wrong_password"
    assert (await post(anna, f"{MINE}/totp/remove", PROOF)).status_code == 204
    assert (await anna.get(MINE)).json()["codes_left"] == 0
    assert (await api.log_in(EMAIL)).status_code == 200


async def passkey_of(caller: Any, authenticator: Authenticator) -> httpx.Response:
    begun = (await post(caller, f"{MINE}/passkeys/options", PROOF)).json()
    body = {"state": begun["state"], "credential": authenticator.make(begun["options"]), "name": "Schlüssel"}
    return await post(caller, f"{MINE}/passkeys", body)


@pytest.mark.parametrize(("counts", "refusal"), [(True, 422), (False, 401)])
async def test_a_passkey_is_made_answers_the_second_step_and_logs_in_alone(
    api: Any, counts: bool, refusal: int
) -> None:
    anna = await api.caller("technician")
    key = Authenticator(ORIGIN, counts=counts)
    assert len((await passkey_of(anna, key)).json()["recovery_codes"]) == 10
    token = await begin(api)
    asked = (await api.client.post("/api/auth/second-factor/passkey-options", json={"token": token})).json()
    answer = {"state": asked["state"], "credential": key.use(asked["options"], "localhost")}
    assert await second(api, token, passkey=answer) == (200, None)
    alone = (await api.client.post("/api/auth/passkey-login/options")).json()
    body = {"state": alone["state"], "credential": key.use(alone["options"], "localhost")}
    entered = await api.client.post("/api/auth/browser-session/passkey", json=body)
    assert (entered.status_code, len(entered.cookies) > 2) == (204, True)
    again = await api.client.post("/api/auth/browser-session/passkey", json=body)
    assert again.status_code == refusal, "an answer that was overheard"
    (listed,) = (await anna.get(MINE)).json()["passkeys"]
    assert listed["last_used_at"] is not None
    assert (await post(anna, f"{MINE}/passkeys/{listed['id']}/remove", PROOF)).status_code == 204
    assert (await api.log_in(EMAIL)).status_code == 200


async def test_what_a_foreign_page_or_key_says_is_refused(api: Any) -> None:
    anna, bert = await api.caller("technician"), await api.caller("technician")
    for strange in (Authenticator("https://evil.example"), Authenticator(ORIGIN, verifies=False)):
        assert (await passkey_of(anna, strange)).json()["code"] == "passkey_refused"
    key = Authenticator(ORIGIN)
    begun = (await post(anna, f"{MINE}/passkeys/options", PROOF)).json()
    made = {"state": begun["state"], "credential": key.make(begun["options"]), "name": "x"}
    assert (await post(bert, f"{MINE}/passkeys", made)).json()["code"] == "passkey_refused", "made for somebody else"
    api.clock.advance(minutes=6)
    assert (await post(anna, f"{MINE}/passkeys", made)).json()["code"] == "passkey_refused", "took too long"
    assert (await passkey_of(anna, key)).status_code == 200
    alone = (await api.client.post("/api/auth/passkey-login/options")).json()
    stranger = Authenticator(ORIGIN)
    stranger.id = key.id
    for credential, status in (
        (stranger.use(alone["options"], "localhost"), 422),
        (key.use(alone["options"], "evil.example"), 422),
        (Authenticator(ORIGIN).use(alone["options"], "localhost"), 401),
        ({"id": "é"}, 422),
        ({}, 422),
    ):
        body = {"state": alone["state"], "credential": credential}
        assert (await api.client.post("/api/auth/browser-session/passkey", json=body)).status_code == status
    # a state of another purpose
    body = {"state": begun["state"], "credential": key.use(alone["options"], "localhost")}
    assert (await api.client.post("/api/auth/browser-session/passkey", json=body)).status_code == 422


async def test_a_role_that_asks_for_a_factor_leaves_only_the_way_to_one(api: Any) -> None:
    admin, anna = await api.caller("admin"), await api.caller("technician")
    role = await role_named(admin, "technician")
    body = {"permissions": role["permissions"], "needs_second_factor": True}
    assert (await put(admin, f"/api/auth/roles/{role['id']}", body)).json()["needs_second_factor"] is True
    assert (await anna.get("/api/tickets")).json()["code"] == "forbidden"
    me = (await anna.get("/api/auth/me")).json()
    assert (me["lacks_factor"], me["permissions"]) == (True, ["auth.account.use"])
    begun = (await post(anna, f"{MINE}/totp", PROOF)).json()
    confirmed = await post(anna, f"{MINE}/totp/confirm", {"code": code(api, pyotp.parse_uri(begun["uri"]))})
    assert confirmed.status_code == 200
    assert (await anna.get("/api/tickets")).status_code == 200
    # who has lost it is helped by an administrator, and asked for a new one
    lost = await admin.client.delete(f"/api/auth/users/{anna.user_id}/second-factors", headers=admin.headers)
    assert lost.status_code == 204
    assert (await anna.get("/api/tickets")).json()["code"] == "forbidden"


async def test_the_second_step_in_a_browser_sets_the_cookies(api: Any) -> None:
    _, app, _ = await with_app(api)
    api.clock.advance(seconds=31)
    body = {"email": EMAIL, "password": PASSWORD}
    first = await api.client.post("/api/auth/browser-session", json=body)
    assert (first.status_code, len(first.cookies)) == (202, 0)
    answer = {"token": first.json()["token"], "code": code(api, app)}
    entered = await api.client.post("/api/auth/browser-session/second-factor", json=answer)
    assert (entered.status_code, len(entered.cookies) > 2) == (204, True)
    both = await api.client.post("/api/auth/second-factor", json={**answer, "recovery_code": "abcde-fghij"})
    assert both.json()["code"] == "invalid_payload"


async def key_for(caller: Any, **body: Any) -> Any:
    made = await post(caller, "/api/auth/api-keys", {"name": "Skript", **body})
    assert made.status_code == 201, made.text
    return made.json()


def as_key(api: Any, made: Any) -> Caller:
    return Caller(api.client, made["id"], {"access_token": made["key"]})


async def test_a_key_acts_as_its_owner_with_no_more_than_it_is_given(api: Any) -> None:
    anna = await api.caller("technician")
    made = await key_for(anna, permissions=["tickets.ticket.read", "auth.role.manage", "auth.account.use"])
    script = as_key(api, made)
    assert (await script.get("/api/tickets")).status_code == 200
    assert (await script.get("/api/crm/customers")).json()["code"] == "forbidden"
    me = (await script.get("/api/auth/me")).json()
    assert (me["id"], me["permissions"]) == (str(anna.user_id), ["auth.account.use", "tickets.ticket.read"])
    (listed,) = (await anna.get("/api/auth/api-keys")).json()["items"]
    assert (listed["hint"], listed["last_used_at"] is not None, "key" in listed) == (made["key"][-4:], True, False)
    assert made["key"].split("_", 2)[2] not in str(api.query("select array_agg(k.*::text) from auth.api_key k"))
    # what belongs to a person's own session is not a program's to do
    password = {"current_password": PASSWORD, "new_password": "umbrella ladder quartz"}
    changed = await api.client.put("/api/auth/password", json=password, headers=script.headers)
    assert (changed.status_code, changed.json()["code"]) == (403, "no_session")
    assert (await post(script, f"{MINE}/totp", PROOF)).json()["code"] == "no_session"
    ended = await api.client.delete(f"/api/auth/api-keys/{made['id']}", headers=anna.headers)
    assert ended.status_code == 204
    assert (await script.get("/api/tickets")).json()["code"] == "invalid_key"


async def test_a_key_expires_and_ends_with_a_reset_and_with_its_owner(api: Any) -> None:
    anna = await api.caller("technician")
    until = (api.clock() + timedelta(hours=1)).isoformat()
    script = as_key(api, await key_for(anna, expires_at=until))
    assert (await script.get("/api/tickets")).status_code == 200
    api.clock.advance(hours=2)
    api.kernel.parties.forget()
    assert (await script.get("/api/tickets")).json()["code"] == "invalid_key"
    anna = Caller(api.client, anna.user_id, (await api.log_in(EMAIL)).json())
    past = await post(anna, "/api/auth/api-keys", {"name": "x", "expires_at": until})
    unknown = await post(anna, "/api/auth/api-keys", {"name": "x", "permissions": ["x.y.z"]})
    assert [answer.json()["code"] for answer in (past, unknown)] == ["expired", "unknown_permission"]
    lasting = as_key(api, await key_for(anna))
    assert (await lasting.get("/api/tickets")).status_code == 200
    api.query_write("update auth.user_account set active_to = '2020-01-01' where id = %s returning id", anna.user_id)
    api.kernel.parties.forget()
    assert (await lasting.get("/api/tickets")).json()["code"] == "invalid_key"
    for strange in ("psa_", "psa_x_y", f"psa_{api.house.tenant.hex}_é", f"psa_{api.house.tenant.hex}_x"):
        answer = await api.client.get("/api/tickets", headers={b"Authorization": f"Bearer {strange}".encode()})
        assert answer.status_code == 401, strange


async def test_a_service_account_has_keys_and_nothing_else(api: Any) -> None:
    admin = await api.caller("admin")
    made = await admin.post("/api/auth/service-accounts", {"name": "Monitoring", "roles": ["technician"]})
    assert (made.status_code, made.json()["kind"], made.json()["email"]) == (201, "service", None)
    keys = f"/api/auth/users/{made.json()['id']}/api-keys"
    key = (await post(admin, keys, {"name": "RMM"})).json()
    assert (await as_key(api, key).get("/api/tickets")).status_code == 200
    assert [item["name"] for item in (await admin.get("/api/auth/service-accounts")).json()["items"]] == ["Monitoring"]
    assert (await admin.get(keys)).json()["items"][0]["id"] == key["id"]
    person = await api.caller("technician")
    mine = await post(admin, f"/api/auth/users/{person.user_id}/api-keys", {"name": "x"})
    assert mine.json()["code"] == "not_a_service"
    assert (await admin.client.delete(f"{keys}/{key['id']}", headers=admin.headers)).status_code == 204
    assert (await as_key(api, key).get("/api/tickets")).json()["code"] == "invalid_key"
