"""To a provider and back: what counts once, what belongs to one browser, and what is refused."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from operational.auth.service.sso import own_page
from tests.operational.api.test_users_and_roles import put, role_named
from tests.operational.sso.conftest import CALLBACK, DESK, Desk, error_of

pytestmark = pytest.mark.anyio


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def sessions(desk: Desk) -> int:
    return int(desk.api.query("select count(*) from auth.session where authenticated_by = 'sso'")[0][0])


async def test_a_verified_address_leads_to_the_account_and_the_subject_does_from_then_on(desk: Desk) -> None:
    provider = await desk.provider()
    user_id, email = desk.person("technician")
    login = desk.at_provider(email.upper())
    async with desk.browser() as browser:
        started = await browser.start(provider, next="/tickets?status=new")
        asked = query_of(started.headers["location"])
        assert asked["redirect_uri"] == CALLBACK
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        assert {"state", "nonce", "code_challenge"} <= asked.keys()
        assert "prompt" not in asked
        assert query_of((await browser.start(provider, again="true")).headers["location"])["prompt"] == "login"
        cookie = started.headers["set-cookie"]
        assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/api/auth/sso", "Max-Age=600"))
        answer = await browser.log_in(provider, login, next="/tickets?status=new")
        assert answer.headers["location"] == "/tickets?status=new"
        assert (await browser.me())["id"] == str(user_id)
        # strict cookies of a session, and the one of the way there is gone
        assert "psa_sso" not in browser.desk.cookies
        assert sum("SameSite=strict" in line for line in answer.headers.get_list("set-cookie")) == 4
        desk.at_provider("x@example.test")
        desk.openid.add(login, email="moved@elsewhere.test", email_verified=False)
        assert error_of(await browser.log_in(provider, login)) is None
        assert (await browser.me())["id"] == str(user_id)
    kept = desk.api.query(
        "select subject, email, linked_by, last_used_at is not null from auth.identity where user_id = %s", user_id
    )
    assert kept == [(login, email, "verified_email", True)]
    ((sealed,),) = desk.api.query("select id_token from auth.sso_session where user_id = %s limit 1", user_id)
    assert sealed.count(".") == 0
    told = desk.api.query("select after ->> 'subject' from auth.audit where entity = 'identity' and actor_id is null")
    assert (login,) in told


async def test_a_demand_for_a_second_factor_is_satisfied_by_the_provider(desk: Desk) -> None:
    provider = await desk.provider()
    _, email = desk.person("dispatcher")
    role = await role_named(desk.admin, "dispatcher")
    body = {"permissions": role["permissions"], "needs_second_factor": True}
    changed = await put(desk.admin, f"/api/auth/roles/{role['id']}", body, f'"{role["version"]}"')
    assert changed.status_code == 200, changed.text
    async with desk.browser() as browser:
        assert error_of(await browser.log_in(provider, desk.at_provider(email))) is None
        me = await browser.me()
        assert (me["lacks_factor"], "tickets.ticket.read" in me["permissions"]) == (False, True)
    assert (await desk.caller("dispatcher").get("/api/auth/me")).json()["lacks_factor"] is True


async def test_whoever_has_no_password_logs_in_anew_before_they_change_how_they_log_in(desk: Desk) -> None:
    provider = await desk.provider()
    user_id, email = desk.person("technician")
    login = desk.at_provider(email)
    async with desk.browser() as browser:

        async def begin() -> tuple[int, str | None]:
            answer = await browser.desk.post("/api/auth/second-factors/totp", json={}, headers=browser.proof)
            return answer.status_code, answer.json().get("code")

        assert error_of(await browser.log_in(provider, login)) is None
        me = await browser.me()
        assert (me["has_password"], me["login_provider_id"]) == (False, provider)
        # whether the provider has asked just now it was not asked to say
        assert await begin() == (403, "login_too_old")
        assert error_of(await browser.log_in(provider, login, again="true")) is None
        assert await begin() == (200, None)
        # a session that is new is no proof of somebody whom the provider asked long ago
        desk.api.query_write(
            "update auth.sso_session set authenticated_at = authenticated_at - interval '1 hour' "
            "where user_id = %s returning id", user_id,
        )  # fmt: skip
        assert await begin() == (403, "login_too_old")
        assert error_of(await browser.log_in(provider, login, again="true")) is None
        desk.api.clock.advance(minutes=11)
        assert await begin() == (403, "login_too_old")


async def test_an_answer_counts_once_for_a_while_and_in_its_own_browser(desk: Desk) -> None:
    provider = await desk.provider()
    login = desk.at_provider(desk.person("technician")[1])
    before = sessions(desk)
    async with desk.browser() as browser, desk.browser() as other:
        back = await browser.way_back(provider, login)
        await other.start(provider)
        assert error_of(await other.desk.get(back)) == "login_over", "another browser"
        state = query_of(back)["state"]
        elsewhere = f"{desk.api.house.other_tenant.hex}.{state.partition('.')[2]}"
        for wrong in (elsewhere, "x", f"{state}x", ""):
            refused = await browser.desk.get(f"{CALLBACK}?{urlencode({**query_of(back), 'state': wrong})}")
            assert error_of(refused) == "login_over", wrong
        assert error_of(await browser.desk.get(CALLBACK)) == "login_over"
        assert sessions(desk) == before
        kept = dict(browser.desk.cookies)
        assert error_of(await browser.desk.get(back)) is None, "the right one still counts"
        browser.desk.cookies.clear()
        browser.desk.cookies.update(kept)
        assert error_of(await browser.desk.get(back)) == "login_over", "and only once"
        assert sessions(desk) == before + 1
        late = await browser.way_back(provider, login)
        desk.api.clock.advance(minutes=10)
        assert error_of(await browser.desk.get(late)) == "login_over"


async def test_a_session_lasts_a_working_day_however_often_it_is_renewed(desk: Desk) -> None:
    provider = await desk.provider()
    user_id, email = desk.person("technician")
    login = desk.at_provider(email)
    renew = "/api/auth/browser-session/refresh"
    async with desk.browser() as browser:
        assert error_of(await browser.log_in(provider, login)) is None
        for hours in (6, 5.9):
            desk.api.clock.advance(hours=hours)
            assert (await browser.desk.post(renew)).status_code == 204
        desk.api.clock.advance(minutes=7)
        # what has changed at the provider meanwhile is heard of at the next log-in
        assert (await browser.desk.post(renew)).json()["code"] == "session_ended"
    lives = "select expires_at - created_at from auth.session where user_id = %s"
    assert desk.api.query(lives, user_id) == [(timedelta(hours=12),)]


async def test_two_tabs_of_a_browser_may_be_on_their_way_at_once(desk: Desk) -> None:
    provider = await desk.provider()
    login = desk.at_provider(desk.person("technician")[1])
    async with desk.browser() as browser:
        first = await browser.start(provider, next="/a")
        second = await browser.way_back(provider, login, next="/b")
        backs = [await browser.at_provider(first.headers["location"], login), second]
        cookies = dict(browser.desk.cookies)
        for back, page in zip(backs, ("/a", "/b"), strict=True):
            browser.desk.cookies.update(cookies)
            assert (await browser.desk.get(back)).headers["location"] == page


@pytest.mark.parametrize("column", ["nonce", "verifier"])
async def test_a_token_for_another_log_in_or_a_code_of_another_is_refused(desk: Desk, column: str) -> None:
    provider = await desk.provider()
    user_id, email = desk.person("technician")
    before = sessions(desk)
    async with desk.browser() as browser:
        back = await browser.way_back(provider, desk.at_provider(email))
        other = "x" * 50
        desk.api.query_write(
            f"update auth.sso_state set {column} = %s where provider_id = %s returning id", other, provider
        )
        assert error_of(await browser.desk.get(back)) == "invalid_answer"
    assert sessions(desk) == before
    assert desk.api.query("select id from auth.identity where user_id = %s", user_id) == []
    assert desk.api.query("select id from auth.sso_state where provider_id = %s", provider) == []


async def test_an_answer_of_another_provider_is_not_taken_to_this_one(desk: Desk) -> None:
    a, b = await desk.provider(), await desk.provider(desk.openid.b)
    login = desk.at_provider(desk.person("technician")[1])
    async with desk.browser() as browser:
        state = query_of((await browser.start(a)).headers["location"])["state"]
        foreign = query_of(await browser.way_back(b, login))
        assert foreign["iss"] == desk.openid.b
        mixed = {**foreign, "state": state}
        assert error_of(await browser.desk.get(f"{CALLBACK}?{urlencode(mixed)}")) == "invalid_answer"
        state = query_of((await browser.start(a)).headers["location"])["state"]
        unsaid = {"code": foreign["code"], "state": state}
        assert error_of(await browser.desk.get(f"{CALLBACK}?{urlencode(unsaid)}")) == "invalid_answer"


@pytest.mark.parametrize(("said", "told"), [("access_denied", "cancelled"), ("server_error", "provider_refused")])
async def test_what_a_provider_refuses_is_told(desk: Desk, said: str, told: str) -> None:
    provider = await desk.provider()
    async with desk.browser() as browser:
        state = query_of((await browser.start(provider)).headers["location"])["state"]
        answer = {"state": state, "error": said, "iss": desk.openid.a, "error_description": "<b>no</b>"}
        assert error_of(await browser.desk.get(f"{CALLBACK}?{urlencode(answer)}")) == told


async def test_one_person_comes_by_several_providers_and_clients(desk: Desk) -> None:
    client = desk.openid.client(desk.openid.b, token_endpoint_auth_method="none")
    providers = [
        await desk.provider(),
        # claims in the ID token, and a public client
        await desk.provider(desk.openid.b, client, client_secret=None),
        await desk.provider(),
    ]
    user_id, email = desk.person("technician")
    login = desk.at_provider(email)
    for provider in providers:
        async with desk.browser() as browser:
            assert error_of(await browser.log_in(provider, login)) is None
            assert (await browser.me())["id"] == str(user_id)
    linked = await desk.admin.get(f"/api/auth/users/{user_id}/identities")
    assert {one["provider_id"] for one in linked.json()["items"]} == set(providers)


async def test_a_new_key_of_the_provider_is_fetched_once_it_is_used(desk: Desk) -> None:
    provider = await desk.provider()
    login = desk.at_provider(desk.person("technician")[1])
    async with desk.browser() as browser:
        assert error_of(await browser.log_in(provider, login)) is None
        desk.openid.rotate(desk.openid.a)
        client_id, secret = desk.openid.client(desk.openid.a)
        body = {"client_id": client_id, "client_secret": secret}
        path = f"/api/auth/identity-providers/{provider}"
        assert (await desk.admin.patch(path, body, '"1"')).status_code == 200
        # whoever sends us unknown keys does not make us ask at once again
        assert error_of(await browser.log_in(provider, login)) == "invalid_answer"
        desk.api.clock.advance(seconds=11)
        assert error_of(await browser.log_in(provider, login)) is None


async def test_a_provider_that_is_away_or_set_up_wrongly_lets_nobody_in_and_leaves_nothing(desk: Desk) -> None:
    nowhere = "http://127.0.0.1:1"
    away = await desk.provider(nowhere, ("x", "y"))
    provider = await desk.provider()
    _, secret = desk.openid.client(desk.openid.a)
    wrong = await desk.provider(client=(desk.openid.client(desk.openid.a)[0], secret))
    user_id, email = desk.person("technician")
    login = desk.at_provider(email)
    before = sessions(desk)
    async with desk.browser() as browser:
        assert error_of(await browser.start(away)) == "provider_unavailable"
        back = await browser.way_back(provider, login)
        desk.api.query_write(
            "update auth.identity_provider set issuer = %s where id = %s returning id", nowhere, provider
        )
        assert error_of(await browser.desk.get(back)) == "provider_unavailable"
        assert error_of(await browser.log_in(wrong, login)) == "provider_misconfigured"
        off = await desk.provider()
        back = await browser.way_back(off, login)
        desk.api.query_write("update auth.identity_provider set is_enabled = false where id = %s returning id", off)
        assert error_of(await browser.desk.get(back)) == "unknown_provider"
        for gone in (off, str(user_id)):
            assert error_of(await browser.start(gone)) == "unknown_provider"
    assert sessions(desk) == before
    assert desk.api.query("select id from auth.identity where user_id = %s", user_id) == []
    refused = desk.api.query("select count(*) from auth.security_event where kind = 'sso_refused'")[0][0]
    assert refused >= 3


async def test_the_log_in_page_is_told_the_providers_and_nothing_else_of_them(desk: Desk) -> None:
    domain = "offered.test"
    provider = await desk.provider(name="Firmenkonto", allowed_domains=[domain])
    await desk.provider(name="Abgeschaltet", allowed_domains=[domain], is_enabled=False)
    path = "/api/auth/sso/providers"

    async def names(**params: str) -> list[dict[str, Any]]:
        answer: httpx.Response = await desk.api.client.get(path, params=params)
        return list(answer.json()["items"])

    expected = {"id": provider, "name": "Firmenkonto", "preset": "generic"}
    assert expected in await names(tenant="main")
    assert await names(email=f"Anna@{domain.upper()}") == [expected]
    for nothing in ({}, {"tenant": "other"}, {"tenant": "nobody"}, {"email": "x@unknown.test"}, {"email": "x"}):
        assert await names(**nothing) == []
    desk.api.query_write("delete from auth.tenant where slug = 'other' returning id")
    assert expected in await names(), "there is one tenant only"


async def test_a_way_to_the_dashboards_begins_anew_at_a_page_of_ours(desk: Desk) -> None:
    provider = await desk.provider()
    login = desk.at_provider(desk.person("manager")[1])
    async with desk.browser() as browser:
        answer = await browser.log_in(provider, login, next="dashboards")
        # strict cookies do not go along on a way that began at another site
        assert answer.status_code == 200
        assert 'content="0;url=http://psa.test:81/"' in answer.text
        assert (await browser.me())["name"]


@pytest.mark.parametrize(
    "next",
    [
        None,
        "",
        "tickets",
        "//evil.test",
        "/\\evil.test",
        "https://evil.test",
        "/api/auth/sso/x/start",
        "/a\r\nb",
        "\t/x",
    ],
)
def test_only_pages_of_ours_are_opened_afterwards(next: str | None) -> None:
    assert own_page(next) == "/"
    assert own_page("/tickets/1?x=https://y#z") == "/tickets/1?x=https://y#z"
    assert DESK.startswith("http://")
