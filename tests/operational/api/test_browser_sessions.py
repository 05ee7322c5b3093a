"""A browser's log-in: cookies no script reads, proof that a change comes from the page, the dashboards' token."""

from typing import Any

import httpx
import pytest

from tests.operational.api.conftest import PASSWORD

pytestmark = pytest.mark.anyio
SESSION = "/api/auth/browser-session"


async def browser(api: Any, role: str = "technician", email: str = "anna@example.test") -> httpx.AsyncClient:
    api.add_login(email, role)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(api.app), base_url="http://psa.test")
    answer = await client.post(SESSION, json={"email": email, "password": PASSWORD})
    assert answer.status_code == 204, answer.text
    return client


def proof(client: httpx.AsyncClient) -> dict[str, str]:
    return {"X-CSRF-Token": client.cookies["psa_csrf"]}


async def test_cookies_are_hidden_from_scripts_but_for_the_proof(api: Any) -> None:
    api.add_login("anna@example.test", "technician")
    answer = await api.client.post(SESSION, json={"email": "anna@example.test", "password": PASSWORD})
    cookies = {line.split("=", 1)[0]: line for line in answer.headers.get_list("set-cookie")}
    assert sorted(cookies) == ["psa_access", "psa_csrf", "psa_dashboards", "psa_refresh"]
    assert [name for name, line in cookies.items() if "HttpOnly" not in line] == ["psa_csrf"]
    assert all("SameSite=strict" in line for line in cookies.values())
    assert f"Path={SESSION}" in cookies["psa_refresh"]
    assert answer.content == b""


async def test_reading_needs_the_cookie_and_changing_needs_the_proof(api: Any) -> None:
    client = await browser(api)
    customer = api.customer()
    assert (await client.get("/api/auth/me")).json()["email"] == "anna@example.test"
    body, key = {"customer_id": customer, "subject": "x"}, {"Idempotency-Key": "k"}
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "guessed"}):
        refused = await client.post("/api/tickets", json=body, headers=key | headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf_refused")
    assert (await client.post("/api/tickets", json=body, headers=key | proof(client))).status_code == 201


async def test_a_session_is_renewed_by_its_cookie_alone_and_once(api: Any) -> None:
    client = await browser(api)
    old = client.cookies["psa_refresh"]
    api.clock.advance(minutes=16)
    assert (await client.get("/api/auth/me")).json()["code"] == "invalid_token"
    assert (await client.post(f"{SESSION}/refresh")).status_code == 204
    assert (await client.get("/api/auth/me")).status_code == 200
    thief = httpx.AsyncClient(transport=httpx.ASGITransport(api.app), base_url="http://psa.test")
    thief.cookies.set("psa_refresh", old, path=SESSION)
    assert (await thief.post(f"{SESSION}/refresh")).json()["code"] == "session_ended"
    assert (await client.post(f"{SESSION}/refresh")).json()["code"] == "session_ended"
    assert (await thief.get("/api/auth/me")).json()["code"] == "login_required"


async def test_logging_out_ends_it_on_the_server_and_for_the_dashboards(api: Any) -> None:
    client = await browser(api, "manager")
    dashboards = {"Authorization": f"Bearer {client.cookies['psa_dashboards']}"}
    me = await api.client.get("/api/auth/dashboard-session", headers=dashboards)
    assert (me.json()["email"], "tickets.ticket.read" in me.json()["permissions"]) == ("anna@example.test", True)
    refresh = client.cookies["psa_refresh"]
    assert (await client.delete(SESSION, headers=proof(client))).status_code == 204
    assert "psa_access" not in client.cookies
    client.cookies.set("psa_refresh", refresh, path=SESSION)
    assert (await client.post(f"{SESSION}/refresh")).status_code == 401
    assert (await api.client.get("/api/auth/dashboard-session", headers=dashboards)).json()["code"] == "session_ended"


async def test_a_token_is_worth_nothing_where_it_was_not_made_for(api: Any) -> None:
    client = await browser(api)
    access, dashboards = client.cookies["psa_access"], client.cookies["psa_dashboards"]
    for path, token in (("/api/auth/me", dashboards), ("/api/auth/dashboard-session", access)):
        answer = await api.client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    for header in ({}, {"Authorization": "Basic x"}, {"Authorization": "Bearer"}):
        answer = await api.client.get("/api/auth/dashboard-session", headers=header)
        assert (answer.status_code, answer.json()["code"]) == (401, "login_required")


async def test_preferences_are_a_persons_own(api: Any) -> None:
    anna, bert = await api.caller("technician"), await api.caller("technician")
    put = lambda caller, name, value: api.client.put(  # noqa: E731
        f"/api/auth/preferences/{name}", json={"value": value}, headers=caller.headers
    )
    assert (await put(anna, "queue.view", {"sort": "due_at"})).status_code == 204
    assert (await put(anna, "theme", "dark")).status_code == 204
    assert (await put(anna, "theme", "light")).status_code == 204
    assert (await put(bert, "theme", "dark")).status_code == 204
    listed = (await anna.get("/api/auth/preferences")).json()
    assert listed == {"values": {"queue.view": {"sort": "due_at"}, "theme": "light"}}
    await put(anna, "theme", None)
    assert (await anna.get("/api/auth/preferences")).json() == {"values": {"queue.view": {"sort": "due_at"}}}
    assert (await put(anna, "x", "y" * 20_000)).status_code == 422
    assert (await put(anna, "No Name", 1)).status_code == 400
