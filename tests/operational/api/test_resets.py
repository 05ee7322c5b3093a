"""New passwords by one-time links, asked for by mail or given by an administrator."""

import asyncio
import re
from typing import Any

import psycopg
import pytest

from operational.auth.service.logins import create_login, invite
from operational.auth.service.resets import ANSWER_SECONDS, Resets
from tests.operational.api.conftest import PASSWORD, Caller

pytestmark = pytest.mark.anyio
NEW = "umbrella ladder quartz"


async def ask(api: Any, email: str, **more: str) -> int:
    answer = await api.client.post("/api/auth/password-resets", json={"email": email, **more})
    assert answer.content == b"null"
    return int(answer.status_code)


def mails(api: Any, kind: str = "auth.password_reset") -> list[tuple[str, str, str]]:
    query = "select recipient, subject, body from core.mail_message where kind = %s order by created_at, recipient"
    return list(api.query(query, kind))


def token_in(body: str) -> str:
    (found,) = re.findall(r"/set-password#(\S+)", body)
    return str(found)


async def use(api: Any, token: str, password: str = NEW) -> tuple[int, str | None]:
    body = {"token": token, "new_password": password}
    answer = await api.client.post("/api/auth/one-time-links/use", json=body)
    return answer.status_code, answer.json()["code"] if answer.content else None


async def test_a_reset_works_once_and_ends_every_session(api: Any) -> None:
    anna = await api.caller("technician")
    email = "technician0@example.test"
    assert await ask(api, email.upper()) == 202
    ((recipient, subject, body),) = mails(api)
    assert (recipient, subject.split(" ")[0]) == (email, "Neues")
    token = token_in(body)
    look = await api.client.post("/api/auth/one-time-links/look", json={"token": token})
    assert (look.json()["purpose"], look.json()["email"]) == ("password_reset", email)
    # a weak password does not use the link up
    assert await use(api, token, "password1234") == (422, "password_easily_guessed")
    assert await use(api, token) == (204, None)
    assert await use(api, token) == (410, "link_gone")
    assert (await anna.get("/api/auth/me")).json()["code"] == "session_ended"
    refresh = {"refresh_token": anna.tokens["refresh_token"]}
    assert (await api.client.post("/api/auth/refresh", json=refresh)).status_code == 401
    assert (await api.log_in(email)).status_code == 401
    assert (await api.log_in(email, NEW)).status_code == 200
    # whoever it was not hears of it
    assert [mail[0] for mail in mails(api, "auth.password_changed")] == [email]
    assert token.split(".")[1] not in str(api.query("select array_agg(l.*::text) from auth.one_time_link l"))


async def test_one_of_two_who_use_a_link_at_once_gets_through(api: Any) -> None:
    await api.caller("technician")
    await ask(api, "technician0@example.test")
    token = token_in(mails(api)[0][2])
    answers = await asyncio.gather(*(use(api, token, f"{NEW} {n}") for n in range(4)))
    assert sorted(status for status, _ in answers) == [204, 410, 410, 410]


async def test_nobody_learns_who_has_an_account(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    await api.caller("technician")
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("operational.auth.service.resets.anyio.sleep", sleep)
    ticks = iter((0.0, 0.1, 5.0, 5.02))
    kernel = api.kernel
    resets = Resets(
        kernel.database, kernel.login_database, kernel.revocations, "http://desk", None, lambda: next(ticks)
    )
    for email in ("technician0@example.test", "nobody@example.test"):
        await resets.request(email, None)
    assert slept == pytest.approx([ANSWER_SECONDS - 0.1, ANSWER_SECONDS - 0.02])
    assert await ask(api, "nobody@example.test") == 202
    assert len(mails(api)) == 1


async def test_a_stranger_cannot_fill_somebodys_mailbox_and_links_grow_old(api: Any) -> None:
    await api.caller("technician")
    for _ in range(5):
        assert await ask(api, "technician0@example.test") == 202
    assert len(mails(api)) == 3
    assert api.query("select count(*) from auth.security_event where kind = 'reset_withheld'") == [(2,)]
    api.clock.advance(minutes=61)
    assert await use(api, token_in(mails(api)[0][2])) == (410, "link_gone")
    assert await ask(api, "technician0@example.test") == 202
    assert len(mails(api)) == 4


async def test_every_company_of_an_address_is_asked_unless_one_is_named(api: Any) -> None:
    for tenant in (api.house.tenant, api.house.other_tenant):
        api.add_login("anna@example.test", "technician", tenant=tenant)
    await ask(api, "anna@example.test")
    assert len(mails(api)) == 2
    await ask(api, "anna@example.test", tenant="main")
    assert len(mails(api)) == 3
    # the link of one opens the account of that one alone
    main = api.query("select body from core.mail_message where tenant_id = %s limit 1", api.house.tenant)[0][0]
    assert await use(api, token_in(main)) == (204, None)
    assert (await api.log_in("anna@example.test", tenant="other")).status_code == 200
    assert (await api.log_in("anna@example.test", tenant="main")).status_code == 401


async def test_who_is_gone_gets_no_link_and_a_reset_wakes_an_account_that_rests(api: Any) -> None:
    anna = await api.caller("technician")
    for _ in range(5):
        await api.log_in("technician0@example.test", "wrong password")
    assert (await api.log_in("technician0@example.test", "wrong password")).status_code == 429
    await ask(api, "technician0@example.test")
    assert await use(api, token_in(mails(api)[0][2])) == (204, None)
    assert (await api.log_in("technician0@example.test", NEW)).status_code == 200
    await ask(api, "technician0@example.test")
    token = token_in(mails(api)[1][2])
    api.query_write("update auth.user_account set active_to = '2020-01-01' where id = %s returning id", anna.user_id)
    assert await use(api, token) == (410, "link_gone")
    await ask(api, "technician0@example.test")
    assert len(mails(api)) == 2


async def test_the_first_administrator_comes_in_by_a_link_and_a_password_set_anew_ends_what_was_open(api: Any) -> None:
    with psycopg.connect(api.house.owner) as owner:
        token, _ = invite(owner, api.house.tenant, "Chef@example.test", name="Chef", roles=["admin"])
    look = await api.client.post("/api/auth/one-time-links/look", json={"token": token})
    assert (look.json()["purpose"], look.json()["name"]) == ("invitation", "Chef")
    assert await use(api, token) == (204, None)
    tokens = (await api.log_in("chef@example.test", NEW)).json()
    api.clock.advance(seconds=2)
    chef = Caller(api.client, api.house.tenant, tokens)
    assert (await chef.get("/api/auth/users")).status_code == 200
    with psycopg.connect(api.house.owner) as owner:
        create_login(owner, api.house.tenant, "chef@example.test", PASSWORD, roles=["admin"])
    api.kernel.parties.forget()
    assert (await chef.get("/api/auth/me")).json()["code"] == "session_ended"
    refresh = {"refresh_token": tokens["refresh_token"]}
    assert (await api.client.post("/api/auth/refresh", json=refresh)).status_code == 401


@pytest.mark.parametrize("token", ["x", "00000000000000000000000000000000.x", f"{'0' * 32}.{'é' * 20}"])
async def test_what_is_no_link_is_refused_as_one_that_is_gone(api: Any, token: str) -> None:
    assert await use(api, token) == (410, "link_gone")


async def test_no_link_at_all_is_a_payload_that_does_not_fit(api: Any) -> None:
    assert await use(api, "") == (422, "invalid_payload")
