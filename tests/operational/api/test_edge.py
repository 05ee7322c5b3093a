"""The door of the API: limits by address, person and key, with Redis and without, sizes, and pages elsewhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.servers.redis import Redis
from operational.app import create_app
from operational.core.errors import Problem
from operational.core.limits import Limits, Rates
from operational.core.settings import Settings
from tests.operational.api.conftest import Caller
from tests.servers import need

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def served(api: Any, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The app of the same house with other settings."""
    app = create_app(replace(api.kernel.settings, **settings), clock=api.clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://psa.test") as client:
        yield client
    await app.state.kernel.close()


async def statuses(limits: Limits, who: str, times: int) -> int:
    """How many of so many requests were admitted."""
    admitted = 0
    for _ in range(times):
        with suppress(Problem):
            await limits.count("party", who)
            admitted += 1
    return admitted


async def test_who_asks_too_often_waits_and_others_do_not(api: Any) -> None:
    anna, bert = await api.caller("technician"), await api.caller("technician")
    async with served(api, rates=Rates(party="3/hour")) as client:
        answers = [await client.get("/api/auth/me", headers=anna.headers) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        refused = answers[-1]
        assert (refused.json()["code"], refused.headers["content-type"]) == ("rate_limited", "application/problem+json")
        assert 0 < int(refused.headers["Retry-After"]) <= 3600
        assert (await client.get("/api/auth/me", headers=bert.headers)).status_code == 200
        # a key counts for itself
        made = (await anna.post("/api/auth/api-keys", {"name": "x"}, key=None)).json()
        key = Caller(client, anna.user_id, {"access_token": made["key"]})
        assert (await key.get("/api/auth/me")).status_code == 200


async def test_an_address_is_limited_before_it_is_known_who_asks(api: Any) -> None:
    async with served(api, rates=Rates(address="5/hour", entry="2/hour")) as client:
        body = {"email": "nobody@example.test", "password": "x"}
        answers = [await client.post("/api/auth/login", json=body) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [401, 401, 429]
        assert answers[-1].headers["X-Request-Id"]
        answers = [await client.get("/api/health") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]


async def test_processes_count_together_in_redis_and_alone_while_it_is_away(tmp_path: Path) -> None:
    rates = Rates(party="4/hour")
    need(Redis)
    server = Redis(tmp_path)
    with server:
        one, two = Limits(rates, server.url), Limits(rates, server.url)
        assert await statuses(one, "anna", 3) == 3
        assert await statuses(two, "anna", 3) == 1
        assert await statuses(two, "bert", 1) == 1
    # away: nobody is refused for that, and each process still counts
    assert await statuses(one, "anna", 6) == 4
    assert await statuses(two, "anna", 6) == 4
    with server:
        assert await statuses(one, "carl", 3) == 3
        assert await statuses(two, "carl", 3) == 1


async def test_what_is_too_large_is_refused_before_it_is_read_to_its_end(api: Any) -> None:
    anna = await api.caller("technician")

    async def endless() -> AsyncIterator[bytes]:
        sent = 0
        yield b'{"customer_id": "'
        while True:
            sent += 1
            assert sent < 100, "nobody stopped it"
            yield b"x" * 1000

    async with served(api, largest_body=10_000) as client:
        headers = {**anna.headers, "Idempotency-Key": "k", "Content-Type": "application/json"}
        for content in (b"x" * 10_001, endless()):
            answer = await client.post("/api/tickets", content=content, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
        body = {"customer_id": api.customer(), "subject": "x" * 250}
        assert (await client.post("/api/tickets", json=body, headers=headers)).status_code == 201


async def test_pages_elsewhere_may_ask_when_they_are_named_and_never_with_cookies(api: Any) -> None:
    asked = {"Origin": "https://tools.example", "Access-Control-Request-Method": "GET"}
    refused = await api.client.options("/api/tickets", headers=asked)
    assert "access-control-allow-origin" not in refused.headers
    async with served(api, cors_origins=("https://tools.example",)) as client:
        allowed = await client.options("/api/tickets", headers=asked)
        assert allowed.headers["access-control-allow-origin"] == "https://tools.example"
        assert "access-control-allow-credentials" not in allowed.headers
        other = await client.options("/api/tickets", headers={**asked, "Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers


def test_an_installation_is_limited_unless_it_says_otherwise() -> None:
    needed = {f"PSA_{name}_URL": "postgresql://x" for name in ("DATABASE", "LOGIN", "RELAY", "SCHEDULER")}
    settings = Settings.from_env({**needed, "PSA_KEYS_DIR": "keys"})
    assert settings.rates == Rates("6000/minute", "60/minute", "1800/minute")
    more = {"PSA_LIMIT_ENTRY": "", "PSA_CORS_ORIGINS": "https://a.example/, https://b.example"}
    settings = Settings.from_env({**needed, "PSA_KEYS_DIR": "keys", **more})
    assert (settings.rates.entry, settings.cors_origins) == (None, ("https://a.example", "https://b.example"))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PSA_LIMIT_PARTY", "often", "a limit looks like 100/minute, and not like often"),
        ("PSA_REDIS_URL", "nonsense", "must look like redis://"),
        ("PSA_MAIL_URL", "nonsense", "PSA_MAIL_URL must look like"),
        ("PSA_MAIL_FROM", "nobody", "PSA_MAIL_FROM must be an address"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_before_anything_starts(name: str, value: str, said: str) -> None:
    needed = {f"PSA_{role}_URL": "postgresql://x" for role in ("DATABASE", "LOGIN", "RELAY", "SCHEDULER")}
    env = {**needed, "PSA_KEYS_DIR": "keys", "PSA_MAIL_URL": "file:///mail", name: value}
    with pytest.raises(ValueError, match=said):
        Settings.from_env(env)
