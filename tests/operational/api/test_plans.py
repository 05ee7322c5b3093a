"""The main lists find their rows by an index although row security stands before them."""

from typing import Any

import psycopg
import pytest

from tests.statements import statements_seen

pytestmark = pytest.mark.anyio
TICKETS, CUSTOMERS = 20_000, 400

FILL = f"""
with made as (
    insert into crm.customer (tenant_id, name)
    select %(tenant)s::uuid, 'Kunde ' || n from generate_series(1, {CUSTOMERS}) n returning id
), numbered as (select id, row_number() over () as n from made)
insert into tickets.ticket
    (tenant_id, number, customer_id, subject, status, status_category, priority, queue, opened_at)
select %(tenant)s::uuid, 'X' || g, c.id, 'Betreff ' || g, case when g %% 50 = 0 then 'open' else 'closed' end,
       case when g %% 50 = 0 then 'open' else 'closed' end, 'p' || (1 + g %% 4), 'Service Desk',
       timestamptz '2026-01-01' + g * interval '1 minute'
from generate_series(1, {TICKETS}) g join numbered c on c.n = 1 + g %% {CUSTOMERS}
"""
EVENTS = """
insert into tickets.ticket_event (tenant_id, ticket_id, seq, occurred_at, kind, changed, is_reopening)
select tenant_id, id, s, opened_at + s * interval '1 minute', 'updated', '{}', false
from tickets.ticket cross join generate_series(1, 2) s where tenant_id = %(tenant)s
"""


def plans(house: Any, statements: list[tuple[str, Any]], tenant: Any) -> list[Any]:
    """The plans of statements as the app's role gets them."""
    found = []
    with psycopg.connect(house.app) as app:
        app.execute("select set_config('app.tenant_id', %s, true)", (str(tenant),))
        for statement, parameters in statements:
            rows = app.execute(f"explain (format json) {statement}", parameters).fetchall()  # type: ignore[arg-type]
            found.append(rows[0][0])
    return found


def scanned(found_plans: list[Any], table: str) -> set[str]:
    """How the plans get at a table: the index's name, or Seq Scan."""
    found = set()
    for node in _nodes(found_plans):
        if node.get("Relation Name") == table or str(node.get("Index Name", "")).startswith(f"ix_{table}_"):
            found.add(node.get("Index Name") or node["Node Type"])
    # a bitmap's heap is not looked through
    return found - {"Bitmap Heap Scan"}


def _nodes(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [node for item in value for node in _nodes(item)]
    if not isinstance(value, dict):
        return []
    own = [value] if "Node Type" in value else []
    return own + [node for item in value.values() for node in _nodes(item)]


@pytest.fixture
async def filled(api: Any) -> Any:
    """Two companies with many tickets each, so that a plan which forgot the tenant would show."""
    with psycopg.connect(api.house.owner) as owner:
        for tenant in (api.house.tenant, api.house.other_tenant):
            for statement in (FILL, EVENTS):
                owner.execute(statement, {"tenant": tenant})
    with psycopg.connect(api.house.owner, autocommit=True) as owner:
        for table in ("crm.customer", "tickets.ticket", "tickets.ticket_event"):
            owner.execute(f"analyze {table}")  # type: ignore[arg-type]
    return api


async def plan_of(api: Any, caller: Any, path: str, **params: Any) -> list[Any]:
    """The plans of a request's reading statements."""
    with statements_seen() as seen:
        answer = await caller.get(path, **params)
    assert answer.status_code == 200, answer.text
    reading = [(statement, values) for statement, values in seen if statement.lstrip().lower().startswith("select")]
    return plans(api.house, reading, api.house.tenant)


@pytest.mark.one_process
async def test_the_main_lists_are_read_by_index(filled: Any) -> None:
    api = filled
    caller = await api.caller("technician")
    query = "select id, customer_id from tickets.ticket where tenant_id = %s limit 1"
    ticket_id, customer_id = api.query(query, api.house.tenant)[0]
    newest, by_status = "ix_ticket_tenant_id_opened_at", "ix_ticket_tenant_id_status_category"
    by_customer = "ix_ticket_tenant_id_customer_id_opened_at"
    for path, params, table, right in (
        ("/api/tickets", {}, "ticket", {newest}),
        ("/api/tickets", {"customer_id": str(customer_id)}, "ticket", {by_customer}),
        ("/api/tickets", {"status_category": "open", "sort": "priority"}, "ticket", {by_status}),
        ("/api/tickets/count", {"status_category": "open"}, "ticket", {by_status}),
        (f"/api/tickets/{ticket_id}", {}, "ticket", {"pk_ticket"}),
        (f"/api/tickets/{ticket_id}/events", {}, "ticket_event", {"ix_ticket_event_tenant_id_ticket_id_seq"}),
        ("/api/crm/customers", {}, "customer", {"ix_customer_tenant_id_sort_name"}),
    ):  # fmt: skip
        assert scanned(await plan_of(api, caller, path, **params), table) == right, (path, params)


@pytest.mark.one_process
async def test_who_is_confined_reads_by_index_as_well(filled: Any) -> None:
    api = filled
    caller = await api.caller("technician")
    query = "select id from crm.customer where tenant_id = %s limit 3"
    customers = [row[0] for row in api.query(query, api.house.tenant)]
    for customer_id in customers:
        api.query_write(
            """insert into auth.customer_rule (tenant_id, user_id, customer_id, effect)
               values (%s, %s, %s, 'only') returning id""",
            api.house.tenant, caller.user_id, customer_id,
        )  # fmt: skip
    api.kernel.parties.forget()
    found = scanned(await plan_of(api, caller, "/api/tickets"), "ticket")
    assert found == {"ix_ticket_tenant_id_customer_id_opened_at"}


def test_no_function_of_ours_is_taken_for_leakproof(house: Any) -> None:
    """None is needed: status columns are text, and what the lists filter by is compared by leakproof operators."""
    assert (
        house.query(
            """select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
           where p.proleakproof and n.nspname not in ('pg_catalog', 'information_schema')"""
        )
        == []
    )
    filtered = house.query(
        """select distinct o.oprname, t.typname, p.proleakproof from pg_operator o join pg_proc p on p.oid = o.oprcode
           join pg_type t on t.oid = o.oprleft
           where o.oprleft = o.oprright and o.oprname in ('=', '<', '>', '<=', '>=')
             and t.typname in ('uuid', 'text', 'timestamptz', 'int4')"""
    )
    assert len(filtered) == 20
    assert [row for row in filtered if not row[2]] == []
