"""What the API is measured against: a bare FastAPI and psycopg handler of the same SQL, with nobody to ask who asks.

No log-in, no permissions, no row security, no log; `uvicorn --factory infra.bench_api.bare:create`.
"""

import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, LiteralString
from uuid import UUID, uuid4

from fastapi import FastAPI, Response
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from operational.core.pagination import Page
from operational.tickets.schemas import TicketDetail, TicketIn, TicketOut, TicketRow

URL, TENANT, PERSON = "PSA_BENCH_URL", "PSA_BENCH_TENANT", "PSA_BENCH_PERSON"
POOL_SIZE = 10

_LIST = """select id, number, subject, customer_id, contact_id, status, status_category, priority, category, queue,
        assignee_id, opened_at, first_response_at, resolved_at, closed_at, reopen_count, version
    from tickets.ticket where tenant_id = %(tenant)s order by opened_at desc, id limit 51"""
_GET = """select id, number, subject, customer_id, contact_id, status, status_category, priority, category, queue,
        assignee_id, opened_at, first_response_at, resolved_at, closed_at, reopen_count, version, site_id, contract_id,
        channel, impact, urgency, subcategory, source_system
    from tickets.ticket where tenant_id = %(tenant)s and id = %(id)s"""
_CLOCKS = "select * from tickets.sla_clock where tenant_id = %(tenant)s and ticket_id = %(id)s order by clock"
_NAMES = {
    "customer": "select id, name from crm.customer where tenant_id = %(tenant)s and id = any(%(ids)s)",
    "contact": """select id, name, coalesce((select array_agg(l.customer_id) from crm.contact_customer l
            where l.tenant_id = c.tenant_id and l.contact_id = c.id), '{}') as customer_ids
        from crm.contact c where tenant_id = %(tenant)s and id = any(%(ids)s)""",
    "assignee": "select id, name, email from auth.user_account where tenant_id = %(tenant)s and id = any(%(ids)s)",
}
_DUE = """select distinct on (ticket_id) ticket_id, clock, verdict is not distinct from 'breached' as breached,
        case when state = 'running' then case when verdict = 'breached' then judged_at else due_at end end as due_at
    from tickets.sla_clock
    where tenant_id = %(tenant)s and ticket_id = any(%(ids)s) and state in ('running', 'paused')
    order by ticket_id, due_at nulls last, clock"""
_NUMBER = """insert into tickets.ticket_counter (tenant_id, last_number) values (%(tenant)s, 1)
    on conflict (tenant_id) do update set last_number = ticket_counter.last_number + 1 returning last_number"""
_TICKET = """insert into tickets.ticket (id, tenant_id, number, customer_id, subject, channel, status, status_category,
        priority, opened_at, source_system, version)
    values (%(id)s, %(tenant)s, %(number)s, %(customer_id)s, %(subject)s, %(channel)s, 'new', 'new', %(priority)s,
        %(now)s, 'psa', 1)"""
_EVENT = """insert into tickets.ticket_event (id, tenant_id, ticket_id, seq, occurred_at, kind, actor_kind, actor_id,
        status, status_category, priority, changed, is_reopening)
    values (%(event)s, %(tenant)s, %(id)s, 1, %(now)s, 'created', 'staff', %(person)s, 'new', 'new', %(priority)s,
        %(changed)s, false)"""
_MESSAGE = """insert into tickets.message (tenant_id, ticket_id, event_id, author_id, is_public, body, written_at)
    values (%(tenant)s, %(id)s, %(event)s, %(person)s, true, %(description)s, %(now)s)"""
_OUTBOX = """insert into tickets.outbox (tenant_id, topic, aggregate, aggregate_id, aggregate_version, payload,
        actor_id, occurred_at)
    values (%(tenant)s, 'tickets.ticket.created', 'ticket', %(id)s, 1, %(payload)s, %(person)s, %(now)s)"""
_NOTIFY = "select pg_notify('psa_live', %(told)s)"
_SLA = """insert into tickets.ticket_sla (id, tenant_id, ticket_id, chosen_by, path)
    values (%(sla)s, %(tenant)s, %(id)s, 'contract', %(path)s)"""
_ANSWER = """insert into tickets.idempotency (tenant_id, user_id, key, fingerprint, status, headers, body, answered_at)
    values (%(tenant)s, %(person)s, %(key)s, 'none', 201, %(headers)s, %(body)s, %(now)s)"""


def create() -> FastAPI:
    """The app; its database and whose tickets it serves are in the environment."""
    pool = AsyncConnectionPool(
        os.environ[URL], min_size=POOL_SIZE, max_size=POOL_SIZE, open=False, kwargs={"row_factory": dict_row}
    )
    tenant, person = UUID(os.environ[TENANT]), UUID(os.environ[PERSON])

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with pool:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/api/tickets")
    async def list_tickets() -> Page[TicketRow]:
        async with pool.connection() as connection:
            rows = await _rows(connection, _LIST, {"tenant": tenant})
            named = await _named(connection, tenant, rows[:50])
        return Page[TicketRow](items=[TicketRow.model_validate(row) for row in named], next_cursor=None)

    @app.get("/api/tickets/{ticket_id}")
    async def get_ticket(ticket_id: UUID) -> TicketDetail:
        async with pool.connection() as connection:
            of = {"tenant": tenant, "id": ticket_id}
            rows = await _rows(connection, _GET, of)
            clocks = await _rows(connection, _CLOCKS, of)
            (row,) = await _named(connection, tenant, rows)
        return TicketDetail.model_validate({**row, "clocks": clocks})

    @app.post("/api/tickets", status_code=201, response_model=TicketOut)
    async def create_ticket(body: TicketIn) -> Response:
        async with pool.connection() as connection:
            made = TicketOut.model_validate(await _create(connection, tenant, person, body))
        return Response(made.model_dump_json(), 201, media_type="application/json")

    return app


async def _rows(connection: AsyncConnection[Any], query: LiteralString, values: dict[str, Any]) -> list[dict[str, Any]]:
    return await (await connection.execute(query, values)).fetchall()


async def _named(
    connection: AsyncConnection[Any], tenant: UUID, rows: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    names: dict[UUID, str] = {}
    for kind, query in _NAMES.items():
        ids = list({row[f"{kind}_id"] for row in rows} - {None})
        if ids:
            names |= {row["id"]: row["name"] for row in await _rows(connection, query, {"tenant": tenant, "ids": ids})}
    found = await _rows(connection, _DUE, {"tenant": tenant, "ids": [row["id"] for row in rows]})
    due = {row["ticket_id"]: row for row in found}
    return [
        {
            **row,
            **{f"{kind}_name": names.get(row[f"{kind}_id"]) for kind in _NAMES},
            "due": due.get(row["id"]),
        }
        for row in rows
    ]


async def _create(connection: AsyncConnection[Any], tenant: UUID, person: UUID, body: TicketIn) -> dict[str, Any]:
    ids = {"tenant": tenant, "person": person, "id": uuid4(), "event": uuid4(), "sla": uuid4(), "key": uuid4().hex}
    now = datetime.now(UTC)
    values: dict[str, Any] = {**ids, **body.model_dump(), "now": now}
    await _rows(connection, _NAMES["customer"], {"tenant": tenant, "ids": [body.customer_id]})
    (counted,) = await _rows(connection, _NUMBER, values)
    values["number"] = f"T{counted['last_number']:06}"
    values["changed"] = ["channel", "customer_id", "priority", "status", "subject"]
    told = {"id": str(values["id"]), "number": values["number"], "customer_id": str(body.customer_id)}
    written: tuple[tuple[LiteralString, dict[str, Any]], ...] = (
        (_TICKET, {}), (_EVENT, {}), (_MESSAGE, {}), (_OUTBOX, {"payload": Jsonb(told)}),
        (_NOTIFY, {"told": json.dumps(told)}), (_SLA, {"path": Jsonb([])}),
    )  # fmt: skip
    for query, more in written:
        await connection.execute(query, {**values, **more})
    (row,) = await _rows(connection, _GET, values)
    shown = TicketOut.model_validate(row).model_dump(mode="json")
    await connection.execute(_ANSWER, {**values, "headers": Jsonb({}), "body": Jsonb(shown)})
    return row
