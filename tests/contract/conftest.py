"""Two furnished tenants, and who asks for what in them."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from psycopg import sql

from operational.auth.service.tokens import digest, refresh_token
from tests.contract.described import NAMES, WORDS, Operation, Request, Values, operations
from tests.operational.api.conftest import PASSWORD, Api, anyio_backend, api, keys_dir

__all__ = ["anyio_backend", "api", "keys_dir"]

# stand in everything written at the desk of A and of B, and nowhere else
MARKERS = ("Zinnober4711", "Kobalt0815")
# what these work on is no parameter
TIMED = {"DELETE /api/tickets/timer", "POST /api/tickets/timer/end"}
# If-Match takes alternatives, so that the version a record happens to have explains no answer
ANY_VERSION = ", ".join(f'"{version}"' for version in range(100))


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
        more = {} if request.body is None else {"data" if request.is_form else "json": request.body}
        return await self.api.client.request(
            request.method, request.path, params=request.query, headers=headers, **more
        )

    def values(self, company: Company, asker: Asker | None = None, **fields: str) -> Values:
        """A company's ids, and, to be ended at will, a session of the one who asks or of a colleague."""
        user_id = company.ids["assignee_id"] if asker is None or asker.user_id is None else asker.user_id
        known: dict[str, Any] = {
            **WORDS,
            "name": f"umbrella_{uuid4().hex[:8]}",
            "email": f"{uuid4().hex[:8]}@example.test",
            "password": PASSWORD,
            "client_id": uuid4().hex,
            "current_password": PASSWORD,
            "text": company.marker,
            "started_at": (self.api.clock() - timedelta(hours=1)).isoformat(),
        }
        with psycopg.connect(self.api.house.owner) as owner:
            spare = Spare(owner, company, self.api.clock())
            session_id, known["refresh_token"] = spare.session(user_id)
            known["token"] = spare.link()
            spare_user = spare.user()
            spare.job(NAMES["job"])
            ids = {
                "session_id": session_id, "user_id": spare_user, "role_id": spare.role(), "mail_id": spare.mail(),
                "key_id": spare.key(user_id), "passkey_id": str(uuid4()), "provider_id": spare.provider(),
                "identity_id": spare.identity(spare_user), "parked_id": spare.parked(),
            }  # fmt: skip
        return Values({**company.ids, **ids}, {**known, **fields})

    def start_timer(self, company: Company, asker: Asker) -> None:
        """A timer of somebody's that has run for an hour."""
        self.api.query_write(
            """insert into tickets.timer (tenant_id, user_id, ticket_id, started_at) values (%s, %s, %s, %s)
               on conflict (tenant_id, user_id) do update set started_at = excluded.started_at returning id""",
            company.tenant, asker.user_id, company.ids["ticket_id"], self.api.clock() - timedelta(hours=1),
        )  # fmt: skip

    def forget_portal_users(self, company: Company, asker: Asker) -> None:
        """The contact has no account yet, besides the asker's own."""
        forget = "delete from auth.portal_membership where contact_id = %s and user_id <> %s"
        with psycopg.connect(self.api.house.owner) as owner:
            owner.execute(forget, (company.ids["contact_id"], asker.user_id))

    def make_service(self, values: Values) -> None:
        """A service account of the user, who owns the key."""
        user_id, key_id = values.id("user_id"), values.id("key_id")
        self.api.query_write("update auth.user_account set kind = 'service' where id = %s returning id", user_id)
        self.api.query_write("update auth.api_key set user_id = %s where id = %s returning id", user_id, key_id)

    async def ask_as_meant(
        self, company: Company, asker: Asker, operation: Operation, values: Values
    ) -> httpx.Response:
        """What an operation answers to one of the company, with all there that it works on."""
        if str(operation) in TIMED:
            self.start_timer(company, asker)
        if "/users/{user_id}/api-keys" in operation.path:
            self.make_service(values)
        if "/portal-users/{user_id}" in operation.path:
            make_portal_user(self.api, company, Asker("portal user", {}, UUID(values.id("user_id"))))
        if str(operation) == "POST /api/auth/portal-users":
            self.forget_portal_users(company, asker)
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


@dataclass(frozen=True)
class Spare:
    """Records of a company that requests may change or remove, made by one connection."""

    owner: psycopg.Connection
    company: Company
    now: datetime

    def user(self) -> str:
        """Somebody nobody needs, who is logged in."""
        user_id = self._insert(
            "auth.user_account (tenant_id, created_at, name, email) values (%s, %s, %s, %s)",
            self.now, self.company.marker, f"{uuid4().hex}@example.test",
        )  # fmt: skip
        self.session(user_id)
        self._insert(
            "auth.totp (tenant_id, user_id, secret, created_at, confirmed_at) values (%s, %s, 'x', now(), now())",
            user_id,
        )
        self.key(user_id)
        return user_id

    def key(self, user_id: Any) -> str:
        """The one API key of somebody's."""
        self.owner.execute("delete from auth.api_key where user_id = %s", (user_id,))
        return self._insert(
            "auth.api_key (tenant_id, user_id, name, digest, hint, created_at) values (%s, %s, %s, %s, 'x', now())",
            user_id, self.company.marker, uuid4().hex,
        )  # fmt: skip

    def role(self) -> str:
        """A role nobody holds."""
        name = f"role_{uuid4().hex[:8]}"
        return self._insert("auth.role (tenant_id, name, description) values (%s, %s, %s)", name, self.company.marker)

    def provider(self) -> str:
        """An identity provider that nobody is linked to, and that cannot be reached."""
        return self._insert(
            """auth.identity_provider (tenant_id, name, preset, issuer, client_id, scopes, allowed_domains, is_enabled,
               link_by_verified_email, trusts_email, creates_accounts, default_roles, created_at)
               values (%s, %s, 'generic', 'https://127.0.0.1:1', %s, '{openid}', '{}', true, false, false, false, '{}',
               now())""",
            f"{self.company.marker} {uuid4().hex}", uuid4().hex,
        )  # fmt: skip

    def identity(self, user_id: str) -> str:
        """What somebody is linked to, at a provider of its own."""
        return self._insert(
            """auth.identity (tenant_id, user_id, provider_id, subject, linked_by, linked_at)
               values (%s, %s, %s, 'x', 'administrator', now())""",
            user_id, self.provider(),
        )  # fmt: skip

    def job(self, name: str) -> None:
        """A job that has failed."""
        self.owner.execute(
            """insert into core.job_state (tenant_id, job, last_started_at, failures, last_error, last_error_at)
               values (%s, %s, now(), 1, 'full', now())
               on conflict (tenant_id, job) do update set last_error = 'full', last_error_at = now()""",
            (self.company.tenant, name),
        )

    def parked(self) -> str:
        """An event that could not be handled."""
        return self._insert(
            """core.parked_event (tenant_id, id, consumer, event_id, topic, aggregate, aggregate_id,
               aggregate_version, occurred_at, payload, status, attempts, last_error, parked_at, next_attempt_at)
               values (%s, gen_random_uuid(), 'x', gen_random_uuid(), %s, 'x', gen_random_uuid(), 1, now(), '{}',
               'dead', 1, 'full', now(), now())""",
            self.company.marker,
        )

    def mail(self) -> str:
        """A mail that is stuck."""
        return self._insert(
            """core.mail_message (tenant_id, id, kind, recipient, subject, body, is_secret, status, is_uncertain,
               attempts, created_at, next_attempt_at)
               values (%s, gen_random_uuid(), 'test', 'x@example.test', %s, 'x', false, 'stuck', false, 1, now(), now())
            """,
            self.company.marker,
        )

    def link(self) -> str:
        """The token of a one-time link of somebody nobody needs."""
        secret = secrets.token_urlsafe(32)
        self._insert(
            """auth.one_time_link (tenant_id, user_id, purpose, digest, created_at, expires_at)
               values (%s, %s, 'invitation', %s, %s, %s)""",
            self.user(), digest(secret), self.now, self.now + timedelta(days=1),
        )  # fmt: skip
        return refresh_token(self.company.tenant, secret)

    def session(self, user_id: Any) -> tuple[str, str]:
        """A session nobody needs: its id and refresh token."""
        secret, until = secrets.token_urlsafe(32), self.now + timedelta(days=1)
        session_id = self._insert(
            """auth.session (tenant_id, user_id, kind, user_agent, created_at, last_used_at, expires_at)
               values (%s, %s, 'program', %s, %s, %s, %s)""",
            user_id, self.company.marker, self.now, self.now, until,
        )  # fmt: skip
        self._insert(
            """auth.refresh_token (tenant_id, session_id, user_id, digest, issued_at, expires_at)
               values (%s, %s, %s, %s, %s, %s)""",
            session_id, user_id, digest(secret), self.now, until,
        )  # fmt: skip
        return session_id, refresh_token(self.company.tenant, secret)

    def _insert(self, query: str, *more: Any) -> str:
        made = self.owner.execute(f"insert into {query} returning id", (self.company.tenant, *more))  # type: ignore[arg-type]
        return str(made.fetchall()[0][0])


async def log_in(api: Api, tenant: UUID, role: str, name: str) -> Asker:
    """Somebody of a tenant with a role."""
    user_id = api.add_login(f"{name}@example.test", role, tenant=tenant)
    answer = await api.log_in(f"{name}@example.test")
    assert answer.status_code == 200, answer.text
    return Asker(role, {"Authorization": f"Bearer {answer.json()['access_token']}"}, user_id)


def make_portal_user(api: Api, company: Company, asker: Asker) -> None:
    """Let somebody be a contact of the company's customer instead of one of its staff."""
    api.query_write("update auth.user_account set kind = 'portal' where id = %s returning id", asker.user_id)
    api.query_write(
        """insert into auth.portal_membership (tenant_id, user_id, customer_id, contact_id, position)
           values (%s, %s, %s, %s, 0) returning id""",
        company.tenant, asker.user_id, company.ids["customer_id"], company.ids["contact_id"],
    )  # fmt: skip
    api.kernel.parties.forget()


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
    return Company(tenant, marker, admin, {**of_ticket, "ticket_id": ticket_id})


@pytest.fixture
async def world(api: Api) -> AsyncIterator[World]:
    """The whole app with two furnished companies."""
    transport = httpx.ASGITransport(HangsUp(api.app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://psa.test") as client:
        own = replace(api, client=client)
        tenants = (api.house.tenant, api.house.other_tenant)
        a, b = [await _furnish(own, tenant, marker) for tenant, marker in zip(tenants, MARKERS, strict=True)]
        yield World(own, a, b, operations(api.app))
