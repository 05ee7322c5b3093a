"""How far permissions reach: own, the team's, everything; and customers out of reach."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select

from operational.core.access import ALL, OWN, SCOPES, TEAM, Reach
from operational.core.principal import Principal
from operational.core.statements import Statement
from operational.tickets.domain.reach import reaches
from operational.tickets.models import ticket
from operational.tickets.repository_reach import condition, reaching
from tests.operational.api.test_resets import NEW, mails, token_in, use
from tests.operational.api.test_users_and_roles import put, role_named

pytestmark = pytest.mark.anyio
READ = "tickets.ticket.read"


async def give(api: Any, admin: Any, role: str, **scopes: str) -> None:
    """Let a shipped role hold these permissions of the tickets service with these scopes; `none` takes one away."""
    found = await role_named(admin, role)
    wanted = {**found["permissions"], **{f"tickets.{name.replace('__', '.')}": scope for name, scope in scopes.items()}}
    kept = {name: scope for name, scope in wanted.items() if scope != "none"}
    answer = await put(admin, f"/api/auth/roles/{found['id']}", {"permissions": kept}, f'"{found["version"]}"')
    assert answer.status_code == 200, answer.text


async def opened(api: Any, admin: Any, customer: str, assignee: Any = None, **more: Any) -> str:
    body = {"customer_id": customer, "subject": "x", **more}
    made = (await admin.post("/api/tickets", body)).json()
    if assignee is not None:
        body = {"assignee_id": str(assignee)}
        assert (await admin.post(f"/api/tickets/{made['id']}/assign", body, tag='"1"')).status_code == 200
    return str(made["id"])


async def seen(caller: Any) -> set[str]:
    items = (await caller.get("/api/tickets")).json()["items"]
    count = (await caller.get("/api/tickets/count")).json()["count"]
    assert count == len(items)
    facets = (await caller.get("/api/tickets/facets")).json()["queues"]
    assert sum(facet["open_tickets"] for facet in facets) == count
    return {item["id"] for item in items}


async def test_own_and_team_are_what_is_seen_and_what_can_be_changed(api: Any) -> None:
    admin = await api.caller("admin")
    anna, bert, carl = [await api.caller("technician") for _ in range(3)]
    api.query_write(
        "update auth.user_account set team = 'Netze' where id = any(%s) returning id", [anna.user_id, bert.user_id]
    )
    kern = api.customer()
    mine, colleagues, strangers, nobodys = [
        await opened(api, admin, kern, who) for who in (anna.user_id, bert.user_id, carl.user_id, None)
    ]
    everything = {mine, colleagues, strangers, nobodys}
    assert await seen(anna) == everything
    await give(api, admin, "technician", ticket__read=TEAM, ticket__update=OWN, ticket__assign=TEAM)
    assert await seen(anna) == {mine, colleagues, nobodys}
    await give(api, admin, "technician", ticket__read=OWN)
    assert await seen(anna) == {mine}
    await give(api, admin, "technician", ticket__read=ALL)

    async def status(ticket_id: str) -> Any:
        version = (await admin.get(f"/api/tickets/{ticket_id}")).headers["ETag"]
        return await anna.post(f"/api/tickets/{ticket_id}/status", {"status": "open"}, tag=version)

    assert (await status(mine)).status_code == 200
    refused = await status(colleagues)
    assert (refused.status_code, refused.json()["code"]) == (403, "out_of_reach")
    assert "your own" in refused.json()["detail"]
    # nobody's ticket can be taken by whoever may assign in the team, and be given away for good
    body = {"assignee_id": str(anna.user_id)}
    assert (await anna.post(f"/api/tickets/{nobodys}/assign", body, tag='"1"')).status_code == 200
    assert (await anna.post(f"/api/tickets/{strangers}/assign", body, tag='"2"')).json()["code"] == "out_of_reach"
    away = {"assignee_id": str(carl.user_id)}
    given = await anna.post(f"/api/tickets/{nobodys}/assign", away, tag='"2"')
    assert (given.status_code, given.json()["assignee_id"]) == (200, str(carl.user_id))
    await give(api, admin, "technician", ticket__read=OWN, ticket__reply=OWN, time_entry__create=OWN, note__create=OWN)
    there = f"/api/tickets/{strangers}"
    answers = [await anna.get(f"{there}{path}") for path in ("", "/events")]
    answers += [await anna.post(f"{there}/{path}", {"body": "x"}) for path in ("reply", "note", "timer")]
    assert [answer.json()["code"] for answer in answers] == ["not_found"] * 5


def principals(team: frozenset[UUID], me: UUID, contact: UUID) -> Iterator[Principal]:
    for scope, contact_id in product((*SCOPES, None), (None, contact)):
        scopes = {} if scope is None else {READ: scope}
        yield Principal(UUID(int=1), me, scopes=scopes, team=team, contact_id=contact_id)
    yield Principal(UUID(int=1))


def test_the_rule_in_sql_is_the_rule_in_python(house: Any) -> None:
    me, colleague, stranger, contact, other = (uuid4() for _ in range(5))
    with psycopg.connect(house.owner) as owner:
        kern = owner.execute(
            "insert into crm.customer (tenant_id, name) values (%s, 'x') returning id", (house.tenant,)
        ).fetchall()[0][0]
        for n, (assignee, writer) in enumerate(product((me, colleague, stranger, None), (contact, other, None))):
            owner.execute(
                """insert into tickets.ticket (tenant_id, customer_id, number, opened_at, assignee_id, contact_id)
                   values (%s, %s, %s, now(), %s, %s)""",
                (house.tenant, kern, str(n), assignee, writer),
            )
        rows = owner.execute("select number, assignee_id, contact_id from tickets.ticket").fetchall()
        for principal in principals(frozenset({me, colleague}), me, contact):
            shape, values = reaching(principal, READ)
            statement = Statement(select(ticket.c.number).where(condition(shape)))
            found = owner.execute(statement.text, statement.values(house.tenant, values)).fetchall()
            expected = {
                number
                for number, assignee, writer in rows
                if reaches(principal, READ, SimpleNamespace(assignee_id=assignee, contact_id=writer))
            }
            assert {row[0] for row in found} == expected, principal
    confined, _ = reaching(Principal(UUID(int=1), customers=Reach(frozenset())), READ)
    assert str(condition(confined)).count(str(ticket.c.customer_id)) == 1


async def test_a_customer_out_of_reach_is_not_there(api: Any) -> None:
    admin, anna = await api.caller("admin"), await api.caller("manager")
    kern, moser, huber = [api.customer(name) for name in ("Kern", "Moser", "Huber")]
    contact = (await admin.post("/api/crm/contacts", {"name": "Eva", "customer_id": kern}, key=None)).json()["id"]
    tickets = {name: await opened(api, admin, name) for name in (kern, moser, huber)}
    rules = f"/api/auth/users/{anna.user_id}/customers"
    confined = await put(admin, rules, {"only": [], "never": [kern]})
    assert (confined.status_code, confined.json()["customers_never"]) == (200, [kern])
    assert await seen(anna) == {tickets[moser], tickets[huber]}
    for path in (f"/api/tickets/{tickets[kern]}", f"/api/crm/customers/{kern}", f"/api/crm/contacts/{contact}"):
        assert (await anna.get(path)).status_code == 404, path
        assert (await admin.get(path)).status_code == 200, path
    names = {item["name"] for item in (await anna.get("/api/crm/customers")).json()["items"]}
    assert names == {"Moser", "Huber"}
    assert (await anna.get("/api/crm/contacts", customer_id=kern)).json()["items"] == []
    opened_there = await anna.post("/api/tickets", {"customer_id": kern, "subject": "x"})
    assert opened_there.json()["code"] == "unknown_customer"
    # what shows all customers together is withheld, whatever the role gives
    assert (await anna.get("/api/reports/forecast")).json()["code"] == "forbidden"
    assert (await put(admin, rules, {"only": [huber], "never": []}, '"1"')).status_code == 200
    assert await seen(anna) == {tickets[huber]}
    made = await anna.post("/api/crm/contacts", {"name": "Max", "customer_id": huber}, key=None)
    assert (made.status_code, made.json()["customer_ids"]) == (201, [huber])
    assert (await anna.post("/api/crm/customers", {"name": "Neu"}, key=None)).json()["code"] == "customer_out_of_reach"
    assert (await put(admin, rules, {"only": [], "never": []}, '"2"')).status_code == 200
    assert len(await seen(anna)) == 3
    both = await put(admin, rules, {"only": [kern], "never": [kern]}, '"3"')
    unknown = await put(admin, rules, {"only": [str(uuid4())], "never": []}, '"3"')
    assert [answer.json()["code"] for answer in (both, unknown)] == ["both_only_and_never", "unknown_customer"]


async def portal_user(api: Any, admin: Any, *customers: str) -> Any:
    """A contact of the customers who is let in: (their id, the caller)."""
    contact = (await admin.post("/api/crm/contacts", {"name": "Eva", "customer_id": customers[0]}, key=None)).json()[
        "id"
    ]
    for more in customers[1:]:
        api.query_write(
            """insert into crm.contact_customer (tenant_id, contact_id, customer_id, is_primary)
               values (%s, %s, %s, false) returning id""",
            api.house.tenant, contact, more,
        )  # fmt: skip
    let_in = {"contact_id": contact, "email": "eva@example.test", "customer_ids": list(customers)}
    made = await admin.post("/api/auth/portal-users", let_in)
    assert (made.status_code, made.json()["kind"], made.json()["roles"]) == (201, "portal", ["portal_user"])
    assert await use(api, token_in(mails(api, "auth.invitation")[0][2])) == (204, None)
    tokens = (await api.log_in("eva@example.test", NEW)).json()
    caller = type(admin)(api.client, UUID(made.json()["id"]), tokens)
    return contact, caller


async def test_a_portal_user_sees_their_company_and_switches_to_another_of_theirs(api: Any) -> None:
    admin = await api.caller("admin")
    kern, moser, huber = [api.customer(name) for name in ("Kern", "Moser", "Huber")]
    contact, eva = await portal_user(api, admin, kern, moser)
    theirs, other, foreign = [await opened(api, admin, customer) for customer in (kern, moser, huber)]
    await admin.post(f"/api/tickets/{theirs}/note", {"body": "among colleagues"}, key=None)
    await admin.post(f"/api/tickets/{theirs}/status", {"status": "waiting_customer"}, tag='"2"')
    customers = (await eva.get("/api/auth/portal/customers")).json()["items"]
    assert {(item["name"], item["is_current"]) for item in customers} == {("Kern", True), ("Moser", False)}
    assert [item["id"] for item in (await eva.get("/api/tickets")).json()["items"]] == [theirs]
    assert (await eva.get(f"/api/tickets/{foreign}")).status_code == 404
    assert "among colleagues" not in (await eva.get(f"/api/tickets/{theirs}/events")).text
    assert "among colleagues" in (await admin.get(f"/api/tickets/{theirs}/events")).text
    # who is waited for and writes is waited for no longer; it is no response of the desk
    replied = await eva.post(f"/api/tickets/{theirs}/reply", {"body": "here you are"})
    assert (replied.json()["status"], replied.json()["first_response_at"]) == ("open", None)
    made = (await eva.post("/api/tickets", {"customer_id": kern, "subject": "new"})).json()
    assert (made["contact_id"], made["channel"]) == (contact, "portal")
    for body, code in (
        ({"customer_id": moser, "subject": "x"}, "unknown_customer"),
        ({"customer_id": kern, "subject": "x", "priority": "p1"}, "decided_by_desk"),
    ):
        assert (await eva.post("/api/tickets", body)).json()["code"] == code
    forbidden = [await eva.get(path) for path in ("/api/auth/users", "/api/crm/customers", "/api/auth/mail")]
    assert [answer.json()["code"] for answer in forbidden] == ["forbidden"] * 3
    switch = await eva.client.put("/api/auth/portal/customer", json={"customer_id": moser}, headers=eva.headers)
    assert switch.status_code == 204
    assert [item["id"] for item in (await eva.get("/api/tickets")).json()["items"]] == [other]
    nowhere = await eva.client.put("/api/auth/portal/customer", json={"customer_id": huber}, headers=eva.headers)
    assert nowhere.status_code == 404
    # a customer's contact is nobody tickets are given to, and none of the staff
    assert "eva@example.test" not in (await admin.get("/api/auth/users")).text
    given = await admin.post(f"/api/tickets/{other}/assign", {"assignee_id": str(eva.user_id)}, tag='"1"')
    assert given.json()["code"] == "unknown_assignee"


async def test_portal_users_are_found_by_state_let_go_and_given_other_customers(api: Any) -> None:
    admin = await api.caller("admin")
    kern, moser, huber = [api.customer(name) for name in ("Kern", "Moser", "Huber")]
    contact, eva = await portal_user(api, admin, kern, moser)
    person = (await admin.get(f"/api/auth/users/{eva.user_id}")).json()
    assert (person["contact_id"], person["portal_customers"]) == (contact, [kern, moser])
    other = await admin.post("/api/crm/contacts", {"name": "Jan Ott", "customer_id": huber}, key=None)
    let_in = {"contact_id": other.json()["id"], "email": "jan@huber.test", "customer_ids": [huber]}
    jan = (await admin.post("/api/auth/portal-users", let_in)).json()
    twice = await admin.post("/api/auth/portal-users", {**let_in, "email": "ott@huber.test"})
    assert (twice.status_code, twice.json()["code"]) == (409, "contact_known")

    async def names(**query: str) -> list[str]:
        answer = await admin.client.get("/api/auth/portal-users", params=query, headers=admin.headers)
        assert answer.status_code == 200, answer.text
        return [one["name"] for one in answer.json()["items"]]

    first = await admin.client.get("/api/auth/portal-users", params={"limit": 1}, headers=admin.headers)
    assert [await names(), await names(cursor=first.json()["next_cursor"])] == [["Eva", "Jan Ott"], ["Jan Ott"]]
    assert [await names(state="active"), await names(state="invited")] == [["Eva"], ["Jan Ott"]]
    assert [await names(text="HUBER.test"), await names(text="eva@")] == [["Jan Ott"], ["Eva"]]
    assert [await names(customer_id=moser), await names(contact_id=jan["contact_id"])] == [["Eva"], ["Jan Ott"]]
    gone = (api.clock() - timedelta(days=1)).date().isoformat()
    assert (await admin.patch(f"/api/auth/users/{jan['id']}", {"active_to": gone}, '"1"')).status_code == 200
    assert [await names(state="former"), await names(state="invited")] == [["Jan Ott"], []]
    path = f"/api/auth/portal-users/{eva.user_id}/customers"
    switch = await eva.client.put("/api/auth/portal/customer", json={"customer_id": kern}, headers=eva.headers)
    assert switch.status_code == 204
    for ids, tag, told in (
        ([moser, huber], '"1"', (422, "not_their_customer")),
        ([], '"1"', (422, "invalid_payload")),
        ([moser], '"7"', (412, "stale")),
    ):
        refused = await put(admin, path, {"customer_ids": ids}, tag)
        assert (refused.status_code, refused.json()["code"]) == told
    left = await put(admin, path, {"customer_ids": [moser]}, '"1"')
    assert (left.json()["portal_customers"], left.headers["etag"]) == ([moser], '"2"')
    assert (await put(admin, path, {"customer_ids": [moser]}, '"2"')).headers["etag"] == '"2"', "no difference"
    # whoever acted for the one that was taken acts for one that is left
    mine = (await eva.get("/api/auth/portal/customers")).json()["items"]
    assert [(one["id"], one["is_current"]) for one in mine] == [(moser, True)]
    staff = f"/api/auth/portal-users/{admin.user_id}/customers"
    assert (await put(admin, staff, {"customer_ids": [moser]}, '"0"')).status_code == 404
