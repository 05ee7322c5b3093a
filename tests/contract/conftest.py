"""Every operation of the API as a request that is right, made from its own description, and two furnished tenants."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from fastapi.routing import APIRoute
from psycopg import sql

from operational.auth.service.tokens import digest, refresh_token
from tests.operational.api.conftest import PASSWORD, Api, anyio_backend, api, keys_dir

__all__ = ["anyio_backend", "api", "keys_dir"]

# stand in everything written at the desk of A and of B, and nowhere else
MARKERS = ("Zinnober4711", "Kobalt0815")
# parameters of an address that are no ids
NAMES = {"name": "contract.test"}
# what a schema describes by a pattern
WORDS = {"country": "DE", "email": "somebody@example.test", "new_password": "umbrella ladder quartz"}
# what a schema cannot say: one of two optional fields has to be there
NEEDED = {"tickets_add_time": {"minutes": 5}}
# what these work on is no parameter
TIMED = {"DELETE /api/tickets/timer", "POST /api/tickets/timer/end"}
# If-Match takes alternatives, so that the version a record happens to have explains no answer
ANY_VERSION = ", ".join(f'"{version}"' for version in range(100))


@dataclass(frozen=True)
class Values:
    """What requests are filled with: ids by the name of their parameter, secrets by the name of their field."""

    ids: Mapping[str, str]
    fields: Mapping[str, Any]

    def id(self, name: str) -> str:
        assert name in self.ids, f"no id known for {name}"
        return self.ids[name]


@dataclass(frozen=True)
class Request:
    """A request, all but who sends it."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any


def _plain(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema without references, and without the choice of null."""
    while not {"type", "enum", "const", "properties"} & schema.keys():
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif choices := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
            schema = next(choice for choice in choices if choice.get("type") != "null")
        else:
            break
    return schema


@dataclass(frozen=True)
class Operation:
    """One operation of the API's description, and the permission its route asks for."""

    method: str
    path: str
    spec: Mapping[str, Any]
    document: Mapping[str, Any]
    permission: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def parameters(self, place: str) -> dict[str, Mapping[str, Any]]:
        """The schemas of the parameters in `path` or `query`."""
        found = [one for one in self.spec.get("parameters", []) if one["in"] == place]
        return {one["name"]: _plain(one["schema"], self.document) for one in found}

    @property
    def payload(self) -> Mapping[str, Any] | None:
        """The schema of the body."""
        if "requestBody" not in self.spec:
            return None
        content = self.spec["requestBody"]["content"]
        assert list(content) == ["application/json"], f"{self}: no body known of the type {list(content)}"
        return _plain(content["application/json"]["schema"], self.document)

    def ids_in_path(self) -> list[str]:
        """The parameters of the address that are ids."""
        return [name for name, schema in self.parameters("path").items() if schema.get("format") == "uuid"]

    def ids_in_body(self) -> list[str]:
        """The fields of the body that are ids, optional ones included."""
        fields = (self.payload or {}).get("properties", {})
        return [name for name, schema in fields.items() if _plain(schema, self.document).get("format") == "uuid"]

    def request(self, values: Values, *, filters: bool = False) -> Request:
        """A request that is right; with `filters` the query names every id it takes, and a text to look for."""
        path = self.path
        for name, schema in self.parameters("path").items():
            is_id = schema.get("format") == "uuid"
            assert is_id or name in NAMES, f"no id known for {name}"
            path = path.replace(f"{{{name}}}", values.id(name) if is_id else NAMES[name])
        query = {
            name: self._value(name, schema, values)
            for name, schema in self.parameters("query").items()
            if filters and (schema.get("format") == "uuid" or name == "text")
        }
        return Request(self.method, path, query, self._body(values))

    def _body(self, values: Values) -> Any:
        if self.payload is None:
            return None
        body = self._value("", self.payload, values)
        return {**body, **NEEDED.get(self.spec["operationId"], {})}

    def _value(self, name: str, schema: Mapping[str, Any], values: Values) -> Any:
        """A value that fits; of objects what is required, or, for a change, all there is to change."""
        schema = _plain(schema, self.document)
        kind = schema.get("type")
        if schema.get("format") == "uuid":
            return values.id(name)
        if name in values.fields:
            return values.fields[name]
        if kind == "object":
            properties = schema.get("properties", {})
            wanted = schema.get("required") or (properties if self.method == "PATCH" else ())
            return {field: self._value(field, properties[field], values) for field in wanted}
        if kind == "array":
            return [self._value(name.removesuffix("s"), schema["items"], values)]
        return self._leaf(name, schema)

    def _leaf(self, name: str, schema: Mapping[str, Any]) -> Any:
        if "enum" in schema:
            return schema["enum"][0]
        if schema.get("format") == "date":
            return "2026-01-31"
        kind = str(schema.get("type"))
        assert kind != "string" or "pattern" not in schema, f"{self}: no text known for {name}"
        plain = {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1), "boolean": True}
        return plain.get(kind, "umbrella")


def routes_of(router: Any) -> Iterator[APIRoute]:
    """Every route of a router and of those it includes."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif (included := getattr(route, "original_router", None)) is not None:
            yield from routes_of(included)


def operations(app: Any) -> list[Operation]:
    """Every operation the app describes."""
    document = app.openapi()
    permissions = {
        (method, route.path_format): call.permission
        for route in routes_of(app.router)
        for method in route.methods
        for call in (dependant.call for dependant in route.dependant.dependencies)
        if hasattr(call, "permission")
    }
    return [
        Operation(method.upper(), path, spec, document, permissions[method.upper(), path])
        for path, item in document["paths"].items()
        for method, spec in item.items()
    ]


class HangsUp:
    """The app to a client that lets go of a stream after its first words; others would wait for its end."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        complete = streaming = False
        heard = asyncio.Event()

        async def receive_and_go() -> Any:
            nonlocal complete
            if complete:
                await heard.wait()
                return {"type": "http.disconnect"}
            message = await receive()
            complete = not message.get("more_body", False)
            return message

        async def listen(message: Any) -> None:
            nonlocal streaming
            headers = dict(message.get("headers", ()))
            streaming = streaming or headers.get(b"content-type", b"").startswith(b"text/event-stream")
            await send(message)
            if streaming and message.get("body"):
                heard.set()

        await self._app(scope, receive_and_go, listen)
        if streaming:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


@dataclass(frozen=True)
class Asker:
    """Whoever sends requests, as deviations name them."""

    name: str
    headers: Mapping[str, str]
    user_id: UUID | None = None


@dataclass(frozen=True)
class Company:
    """A tenant with something of everything, all of it marked."""

    tenant: UUID
    marker: str
    admin: Asker
    ids: Mapping[str, str]


@dataclass
class World:
    """The app, and two companies that must not know of each other."""

    api: Api
    a: Company
    b: Company
    operations: list[Operation]

    async def ask(self, asker: Asker, request: Request) -> httpx.Response:
        # what a log-in has left there would make somebody of nobody
        self.api.client.cookies.clear()
        headers = {**asker.headers, "Idempotency-Key": uuid4().hex, "If-Match": ANY_VERSION}
        more = {} if request.body is None else {"json": request.body}
        return await self.api.client.request(
            request.method, request.path, params=request.query, headers=headers, **more
        )

    def values(self, company: Company, asker: Asker | None = None, **fields: str) -> Values:
        """A company's ids, and, to be ended at will, a session of the one who asks or of a colleague."""
        user_id = company.ids["user_id"] if asker is None or asker.user_id is None else asker.user_id
        session_id, refresh = spare_session(self.api, company.tenant, user_id, company.marker)
        known: dict[str, Any] = {
            **WORDS,
            "refresh_token": refresh,
            "password": PASSWORD,
            "current_password": PASSWORD,
            "text": company.marker,
            "started_at": (self.api.clock() - timedelta(hours=1)).isoformat(),
        }
        return Values({**company.ids, "session_id": session_id}, {**known, **fields})

    def start_timer(self, company: Company, asker: Asker) -> None:
        """A timer of somebody's that has run for an hour."""
        self.api.query_write(
            """insert into tickets.timer (tenant_id, user_id, ticket_id, started_at) values (%s, %s, %s, %s)
               on conflict (tenant_id, user_id) do update set started_at = excluded.started_at returning id""",
            company.tenant, asker.user_id, company.ids["ticket_id"], self.api.clock() - timedelta(hours=1),
        )  # fmt: skip

    async def ask_as_meant(
        self, company: Company, asker: Asker, operation: Operation, values: Values
    ) -> httpx.Response:
        """What an operation answers to one of the company, with all there that it works on."""
        if str(operation) in TIMED:
            self.start_timer(company, asker)
        return await self.ask(asker, operation.request(values))

    def rows(self, company: Company) -> dict[str, tuple[int, str]]:
        """How many rows a company has in every table, and a digest of all that stands in them."""
        with psycopg.connect(self.api.house.superuser) as superuser:
            tables = superuser.execute(
                """select c.table_schema, c.table_name from information_schema.columns c
                   join information_schema.tables t using (table_schema, table_name)
                   where c.column_name = 'tenant_id' and t.table_type = 'BASE TABLE'"""
            ).fetchall()
            found: dict[str, tuple[int, str]] = {}
            for table in tables:
                query = sql.SQL(
                    "select count(*), coalesce(md5(string_agg(t::text, '|' order by t::text)), '') "
                    "from {} t where tenant_id = %s"
                ).format(sql.Identifier(*table))
                ((count, standing),) = superuser.execute(query, (company.tenant,)).fetchall()
                found[".".join(table)] = (count, standing)
        return found

    def traces(self, company: Company, answer: httpx.Response) -> Iterator[str]:
        """What of a company can be read in an answer."""
        said = f"{answer.text}\n{json.dumps(dict(answer.headers))}".lower()
        for what, text in {"marker": company.marker, "tenant": str(company.tenant), **company.ids}.items():
            if text.lower() in said:
                yield what


def spare_session(api: Api, tenant: UUID, user_id: Any, agent: str) -> tuple[str, str]:
    """A session nobody needs: its id and refresh token."""
    secret = secrets.token_urlsafe(32)
    now = api.clock()
    until = now + timedelta(days=1)
    rows = api.query_write(
        """with made as (
             insert into auth.session (tenant_id, user_id, kind, user_agent, created_at, last_used_at, expires_at)
             values (%s, %s, 'program', %s, %s, %s, %s) returning id, tenant_id, user_id)
           insert into auth.refresh_token (tenant_id, session_id, user_id, digest, issued_at, expires_at)
           select tenant_id, id, user_id, %s, %s, %s from made returning session_id""",
        tenant, user_id, agent, now, now, until, digest(secret), now, until,
    )  # fmt: skip
    return str(rows[0][0]), refresh_token(tenant, secret)


async def log_in(api: Api, tenant: UUID, role: str, name: str) -> Asker:
    """Somebody of a tenant with a role."""
    user_id = api.add_login(f"{name}@example.test", role, tenant=tenant)
    answer = await api.log_in(f"{name}@example.test")
    assert answer.status_code == 200, answer.text
    return Asker(role, {"Authorization": f"Bearer {answer.json()['access_token']}"}, user_id)


async def _furnish(api: Api, tenant: UUID, marker: str) -> Company:
    admin = await log_in(api, tenant, "admin", f"{marker}.admin")

    async def make(path: str, **body: Any) -> str:
        answer = await api.client.post(path, json=body, headers={**admin.headers, "Idempotency-Key": uuid4().hex})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def insert(query: str, *more: Any) -> str:
        return str(api.query_write(f"insert into {query} returning id", tenant, *more, marker)[0][0])

    user_id = insert("auth.user_account (tenant_id, created_at, name) values (%s, %s, %s)", api.clock())
    customer_id = await make("/api/crm/customers", name=marker, city=marker)
    site_id = insert("crm.site (tenant_id, customer_id, name) values (%s, %s, %s)", customer_id)
    contract_id = insert(
        "crm.contract (tenant_id, customer_id, kind, starts_on, name) values (%s, %s, 'managed', '2026-01-01', %s)",
        customer_id,
    )
    belonging = {"customer_id": customer_id, "site_id": site_id}
    contact_id = await make("/api/crm/contacts", name=marker, **belonging)
    of_ticket = {**belonging, "contact_id": contact_id, "contract_id": contract_id, "assignee_id": user_id}
    words = {"subject": marker, "description": marker, "queue": marker, "category": marker}
    ticket_id = await make("/api/tickets", **words, **of_ticket)
    await make(f"/api/tickets/{ticket_id}/reply", body=marker)
    started_at = (api.clock() - timedelta(hours=1)).isoformat()
    await make(f"/api/tickets/{ticket_id}/time", started_at=started_at, minutes=5)
    return Company(tenant, marker, admin, {**of_ticket, "ticket_id": ticket_id, "user_id": user_id})


@pytest.fixture
async def world(api: Api) -> AsyncIterator[World]:
    """The whole app with two furnished companies."""
    transport = httpx.ASGITransport(HangsUp(api.app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://psa.test") as client:
        own = replace(api, client=client)
        tenants = (api.house.tenant, api.house.other_tenant)
        a, b = [await _furnish(own, tenant, marker) for tenant, marker in zip(tenants, MARKERS, strict=True)]
        yield World(own, a, b, operations(api.app))
