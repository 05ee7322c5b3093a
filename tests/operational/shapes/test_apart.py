"""Every service its own process: what only that shape has, and some of the API's tests in it."""

import asyncio
import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from infra.local.bootstrap import ROLE_OPTIONS
from infra.local.home import ROLES, SERVICE_ROLES
from operational.app import create_app
from operational.auth.keys import ensure_keys, rotate, sign
from operational.core.bus import Envelope, Subscription
from operational.core.db import UnitOfWork
from operational.core.errors import Problem
from operational.core.grants import role_of
from operational.core.migrate import SchemaError
from operational.core.peers import HEADER
from operational.core.principal import Principal
from operational.core.service_tokens import PeerSettings, ServiceTokens
from operational.core.settings import Settings
from operational.core.token_keys import RemoteKeys
from operational.services import SERVICES, chosen, needed, require_current_schemas
from operational.worker import Worker
from tests.operational.api.conftest import settings_for
from tests.operational.api.test_auth import test_a_refresh_token_works_once_and_its_reuse_ends_the_log_in
from tests.operational.api.test_idempotency import *  # noqa: F403 - the same tests in another shape
from tests.operational.api.test_reach import *  # noqa: F403
from tests.operational.api.test_tickets import *  # noqa: F403
from tests.shapes import Shape

__all__ = ["test_a_refresh_token_works_once_and_its_reuse_ends_the_log_in"]
pytestmark = pytest.mark.anyio


@pytest.fixture(scope="session")
def shape(apart: Shape) -> Shape:
    return apart


def test_a_service_gets_at_its_own_schema_and_the_shared_ones_only(house: Any) -> None:
    keeping = [service.name for service in SERVICES if service.migrations is not None]
    tables = dict(
        house.query(
            """select table_schema, min(table_name) from information_schema.tables
               where table_name = 'audit' group by table_schema"""
        )
    )
    assert len(tables) >= 3
    for service in SERVICES:
        with psycopg.connect(house.home.url(role_of(service.name), house.psa), autocommit=True) as connection:
            for schema in keeping:
                usage = connection.execute("select has_schema_privilege(%s, 'usage')", (schema,)).fetchone()
                assert usage == (schema == service.name,), (service.name, schema)
            connection.execute("select count(*) from core.revocation")
            for schema, table in tables.items():
                if schema == service.name:
                    connection.execute(f"select count(*) from {schema}.{table}")
                else:
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        connection.execute(f"select count(*) from {schema}.{table}")


def test_a_services_role_has_what_the_apps_has_there_and_no_more(house: Any) -> None:
    def rights(role: str, schema: str) -> set[tuple[object, ...]]:
        return set(
            house.query(
                f"""select table_name, privilege_type, '' from information_schema.table_privileges
                    where grantee = '{role}' and table_schema = '{schema}'
                    union all
                    select table_name, privilege_type, column_name from information_schema.column_privileges
                    where grantee = '{role}' and table_schema = '{schema}'"""
            )
        )

    for service in SERVICES:
        role = role_of(service.name)
        for schema in ("core", "jobs", service.name):
            assert rights(role, schema) == rights("psa_app", schema)
    assert rights("psa_tickets", "tickets")


async def test_ended_means_refused_within_a_second_at_every_process(api: Any, shape: Shape) -> None:
    settings = settings_for(api.house, api.kernel.settings.keys_dir)
    shape.use(api.house, settings, believes=True)
    anna = await api.caller("technician")
    pages = ("/api/tickets", "/api/crm/customers", "/api/auth/me")
    assert [(await anna.get(page)).status_code for page in pages] == [200, 200, 200]
    # the clock of tokens stands; what is believed is measured in earnest
    api.clock.advance(seconds=1)
    ended_at = time.monotonic()
    assert (await anna.post("/api/auth/logout", {"refresh_token": anna.tokens["refresh_token"]})).status_code == 204
    open_pages = set(pages)
    while open_pages and time.monotonic() - ended_at < 5:
        open_pages = {page for page in open_pages if (await anna.get(page)).status_code != 401}
    assert (open_pages, time.monotonic() - ended_at < 2) == (set(), True)


async def test_a_change_at_one_service_is_heard_at_the_gateway(api: Any) -> None:
    anna = await api.caller("technician")
    heard: list[str] = []
    async with (
        httpx.AsyncClient(base_url=api.client.base_url, timeout=20) as client,
        client.stream("GET", "/api/live", headers=anna.headers) as stream,
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        async with asyncio.timeout(20):
            while "event: resync" not in heard:
                heard.append(await anext(lines))
            made = await anna.post("/api/tickets", {"customer_id": api.customer(), "subject": "Drucker"})
            while "event: change" not in heard:
                heard.append(await anext(lines))
            change = json.loads((await anext(lines)).removeprefix("data: "))
    assert (change["topic"], change["aggregate_id"]) == ("tickets.ticket_created.v1", made.json()["id"])


async def test_one_request_has_one_id_in_every_process(api: Any, shape: Shape) -> None:
    anna = await api.caller("technician")
    wanted = uuid4().hex
    body = {"customer_id": api.customer(), "subject": "x"}
    headers = {**anna.headers, "X-Request-Id": wanted, "Idempotency-Key": uuid4().hex}
    made = await api.client.post("/api/tickets", json=body, headers=headers)
    assert made.headers["X-Request-Id"] == wanted

    def told() -> set[str]:
        lines = shape.nodes.log.read_text().splitlines()
        return {json.loads(line)["path"] for line in lines if wanted in line}

    expected = {"/api/tickets", "/internal/crm/Customers/customers"}
    # a line is written when its answer has left
    async with asyncio.timeout(10):
        while not told() >= expected:
            await asyncio.sleep(0.02)
    assert told() == expected
    # what nobody should choose is replaced
    odd = await api.client.get("/api/health", headers={"X-Request-Id": "a b\\"})
    assert len(odd.headers["X-Request-Id"]) == 32


async def test_services_take_calls_of_services_only(api: Any, shape: Shape) -> None:
    address = f"{shape.address('crm')}/internal/crm/Customers/customers"
    customer, principal = api.customer("Bäckerei"), Principal(api.house.tenant)
    body = json.dumps({"ids": [customer]}).encode()
    tokens = ServiceTokens(shape.secret, api.clock)

    async def status(token: str, sent: bytes = body) -> tuple[int, Any]:
        async with httpx.AsyncClient() as client:
            answer = await client.post(address, content=sent, headers={HEADER: token})
        return answer.status_code, answer.json()

    good = tokens.make("tickets", "crm", principal, body)
    assert await status(good) == (200, {customer: {"id": customer, "name": "Bäckerei"}})
    other = Principal(api.house.other_tenant)
    assert await status(tokens.make("tickets", "crm", other, body)) == (200, {})
    late = ServiceTokens(shape.secret, lambda: datetime(2020, 1, 1, tzinfo=UTC))
    for bad in (
        "", "x", tokens.make("tickets", "auth", principal, body), late.make("tickets", "crm", principal, body),
        tokens.make("tickets", "crm", principal, b"{}"),
        ServiceTokens("y" * 40, api.clock).make("tickets", "crm", principal, body),
        (await api.caller("admin")).tokens["access_token"],
    ):  # fmt: skip
        answer = await status(bad)
        assert (answer[0], answer[1]["code"]) == (401, "invalid_service_token")
    wrong = b'{"ids": ["x"]}'
    answer = await status(tokens.make("tickets", "crm", principal, wrong), wrong)
    assert (answer[0], answer[1]["code"]) == (422, "invalid_payload")
    # and nobody gets there by the door, whatever way they write it
    for path in ("/internal/crm/Customers/customers", "//internal/crm/x", "/api/..%2finternal/crm/Customers/customers"):
        asked = await api.client.post(path, content=body, headers={HEADER: good})
        assert asked.status_code in (404, 405), path


async def test_what_a_service_says_of_the_call_is_not_said_of_the_caller(api: Any, shape: Shape) -> None:
    """Services that do not share their secret: a fault of the installation, and no reason to log somebody out."""
    anna, customer = await api.caller("technician"), api.customer()
    settings = settings_for(api.house, api.kernel.settings.keys_dir)
    peers = PeerSettings({name: shape.address(name) for name in ("auth", "crm")}, "another secret than the others have")
    app = create_app(replace(settings, login_url=None, peers=peers), chosen(["tickets"]), clock=api.clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://psa.test") as client:
        headers = {**anna.headers, "Idempotency-Key": uuid4().hex}
        refused = await client.post("/api/tickets", json={"customer_id": customer, "subject": "x"}, headers=headers)
    await app.state.kernel.close()
    assert (refused.status_code, refused.json()["code"]) == (500, "internal_error")
    assert api.query("select count(*) from tickets.ticket") == [(0,)]


async def test_keys_of_auth_are_found_without_a_restart_and_kept_while_it_is_away(tmp_path: Any) -> None:
    ensure_keys(tmp_path)
    now, asked = [0.0], []

    class Auth(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = (tmp_path / "jwks.json").read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Auth) as server:
        keys = RemoteKeys(f"http://127.0.0.1:{server.server_port}", ticks=lambda: now[0])
        with pytest.raises(Problem, match="the service auth does not answer"):
            keys.keys()
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        first = sign(tmp_path, {"sub": "x"})
        for seconds in (0, 30, 59):
            now[0] = seconds
            await keys.prepare(first)
        assert (asked, len(keys.keys().keys)) == (["/api/auth/jwks"], 1)
        rotate(tmp_path)
        await keys.prepare(sign(tmp_path, {"sub": "x"}))
        assert (len(asked), len(keys.keys().keys)) == (2, 2)
        # keys nobody has are asked for once a second, however many tokens name them
        for _ in range(5):
            await keys.prepare("eyJraWQiOiAibm9uZSJ9.x.x")
            await keys.prepare("x")
        assert len(asked) == 2
        server.shutdown()
        thread.join()
    now[0] = 1000
    await keys.prepare(first)
    assert len(keys.keys().keys) == 2


async def test_the_gateway_describes_the_whole_house(api: Any) -> None:
    described = (await api.client.get("/api/openapi.json")).json()
    assert {"/api/tickets", "/api/crm/customers", "/api/auth/login", "/api/live"} <= described["paths"].keys()
    page = await api.client.get("/api/docs")
    assert (page.status_code, "swagger" in page.text.lower()) == (200, True)
    unknown = await api.client.get("/api/nothing")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "route_not_found")


def test_a_process_says_which_role_it_should_have(house: Any) -> None:
    url = house.home.url(role_of("tickets"), house.psa)
    require_current_schemas(url, chosen(["tickets"]))
    with pytest.raises(SchemaError, match="may not use the schema of crm; use psa_app, or psa_crm for that service"):
        require_current_schemas(url, chosen(["tickets", "crm"]))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"PSA_PEERS": "crm", "PSA_SERVICE_SECRET": "x" * 32}, "PSA_PEERS must look like"),
        ({"PSA_PEERS": "crm=ftp://x", "PSA_SERVICE_SECRET": "x" * 32}, "crm=ftp://x does not"),
        ({"PSA_PEERS": "crm=http://x"}, "PSA_SERVICE_SECRET needs at least 32 characters"),
        ({"PSA_RABBITMQ_URL": "http://x"}, "PSA_RABBITMQ_URL must look like"),
    ],
)
def test_settings_that_cannot_be_meant_end_the_start(given: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Settings.from_env({"PSA_DATABASE_URL": "x", **given}, needed=needed(chosen(["crm"]), is_worker=False))


async def hear(work: UnitOfWork, envelope: Envelope) -> None:
    """Listen to nothing in particular."""


def test_services_elsewhere_need_an_address_and_workers_of_some_a_broker(house: Any, keys_dir: Any) -> None:
    settings = replace(settings_for(house, keys_dir), peers=PeerSettings({"crm": "http://x"}, "x" * 32))
    with pytest.raises(ValueError, match="PSA_PEERS does not say where auth is"):
        create_app(settings, chosen(["tickets"]))
    with pytest.raises(ValueError, match="set PSA_RABBITMQ_URL"):
        Worker(settings, chosen(["tickets", "auth"]))
    # also without a word of peers, as soon as somebody listens
    listening = replace(chosen(["crm"])[0], subscribers=(Subscription("tickets.ticket_created.v1", "crm.x", hear),))
    with pytest.raises(ValueError, match="set PSA_RABBITMQ_URL"):
        Worker(replace(settings, peers=None), [listening])
    with pytest.raises(ValueError, match="set PSA_RELAY_URL and PSA_SCHEDULER_URL"):
        Worker(replace(settings, relay_url=None))
    with pytest.raises(ValueError, match="there is no service billing"):
        chosen(["billing"])


def test_every_service_has_a_role_and_none_of_their_passwords_is_a_persons() -> None:
    assert set(SERVICE_ROLES) == {role_of(service.name) for service in SERVICES}
    assert set(ROLE_OPTIONS) <= set(ROLES.values())
