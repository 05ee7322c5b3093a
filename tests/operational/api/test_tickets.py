"""A ticket's life over the API, and what each step leaves in the database."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from operational.core import outbox

pytestmark = pytest.mark.anyio


async def _open(caller: Any, customer: str, **more: Any) -> dict[str, Any]:
    response = await caller.post("/api/tickets", {"customer_id": customer, "subject": "Drucker steht", **more})
    assert response.status_code == 201, response.text
    return dict(response.json())


def _tag(ticket: dict[str, Any]) -> str:
    return f'"{ticket["version"]}"'


async def test_a_ticket_from_opening_to_reopening(api: Any) -> None:
    anna = await api.caller("technician")
    customer = api.customer()
    made = await anna.post(
        "/api/tickets", {"customer_id": customer, "subject": "Drucker steht", "priority": "p2", "description": "Hilfe!"}
    )
    ticket = made.json()
    path = made.headers["location"]
    assert (made.status_code, made.headers["etag"], ticket["number"], ticket["status"]) == (
        201,
        '"1"',
        "T000001",
        "new",
    )
    opened = api.clock().isoformat().replace("+00:00", "Z")
    assert ticket["opened_at"] == opened

    api.clock.advance(minutes=4)
    taken = await anna.post(f"{path}/assign", {"assignee_id": str(anna.user_id)}, tag='"1"')
    assert (taken.status_code, taken.json()["assignee_id"]) == (200, str(anna.user_id))
    await anna.post(f"{path}/note", {"body": "kenne ich"})
    api.clock.advance(minutes=4)
    reply = await anna.post(f"{path}/reply", {"body": "Wir kümmern uns.", "status": "waiting_customer"})
    first_response = api.clock().isoformat().replace("+00:00", "Z")
    assert reply.json()["first_response_at"] == first_response
    assert reply.json()["status_category"] == "paused"
    api.clock.advance(minutes=4)
    solved = await anna.post(f"{path}/status", {"status": "resolved"}, tag=reply.headers["etag"])
    assert solved.json()["resolved_at"] is not None
    again = await anna.post(f"{path}/status", {"status": "open"}, tag=solved.headers["etag"])
    assert (again.json()["resolved_at"], again.json()["reopen_count"]) == (None, 1)
    assert again.json()["first_response_at"] == first_response

    assert (await anna.get(path)).headers["etag"] == '"6"'
    await _check_history(api, anna, path)


async def _check_history(api: Any, anna: Any, path: str) -> None:
    events = (await anna.get(f"{path}/events")).json()["items"]
    assert [(e["seq"], e["kind"], e["status"], e["pause_reason"], e["body"], e["is_reopening"]) for e in events] == [
        (1, "created", "new", None, "Hilfe!", False),
        (2, "updated", "new", None, None, False),
        (3, "note", "new", None, "kenne ich", False),
        (4, "reply", "waiting_customer", "customer", "Wir kümmern uns.", False),
        (5, "updated", "resolved", None, None, False),
        (6, "updated", "open", None, None, True),
    ]
    assert [e["changed"] for e in events][1:] == [
        ["assignee_ref"],
        [],
        ["status", "pause_reason"],
        ["pause_reason", "status"],
        ["status"],
    ]
    assert {e["actor_id"] for e in events} == {str(anna.user_id)}
    ticket_id = path.rsplit("/", 1)[1]
    rows = api.query("select aggregate_version, topic, aggregate_id::text from tickets.outbox order by 1")
    assert rows == [
        (1, "tickets.ticket_created.v1", ticket_id),
        (2, "tickets.ticket_changed.v1", ticket_id),
        (3, "tickets.message_written.v1", ticket_id),
        (4, "tickets.message_written.v1", ticket_id),
        (5, "tickets.ticket_changed.v1", ticket_id),
        (6, "tickets.ticket_changed.v1", ticket_id),
    ]


async def test_fields_change_with_event_and_audit_and_nothing_changes_without_a_difference(api: Any) -> None:
    anna = await api.caller("technician")
    ticket = await _open(anna, api.customer(), queue="1st")
    path = f"/api/tickets/{ticket['id']}"
    changed = await anna.patch(path, {"subject": "Drucker brennt", "priority": "p1", "queue": None}, '"1"')
    assert changed.status_code == 200
    assert [changed.json()[k] for k in ("subject", "priority", "queue", "version")] == ["Drucker brennt", "p1", None, 2]
    event = (await anna.get(f"{path}/events", after=1)).json()["items"][0]
    assert (event["changed"], event["priority"], event["queue"]) == (["priority", "queue", "subject"], "p1", None)
    assert api.query("select before, after, actor_id from tickets.audit") == [
        ({"subject": "Drucker steht"}, {"subject": "Drucker brennt"}, anna.user_id)
    ]
    same = await anna.patch(path, {"subject": "Drucker brennt"}, '"2"')
    assert (same.status_code, same.headers["etag"]) == (200, '"2"')
    assert api.query("select count(*) from tickets.outbox") == [(2,)]


async def _promise(api: Any, customer: str) -> str:
    """A contract that buys ten minutes to the first response and an hour to the resolution, round the clock."""
    tenant = api.house.tenant

    def add(table: str, columns: str, *values: object) -> Any:
        places = ", ".join(["%s"] * (len(values) + 1))
        return api.query_write(
            f"insert into {table} (tenant_id, {columns}) values ({places}) returning id", tenant, *values
        )[0][0]

    windows = "; ".join(f"{day} 00:00-24:00" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    contract = add("crm.contract", "customer_id, name, kind, starts_on", customer, "c", "fixed_fee", "2020-01-01")
    policy = add("tickets.sla_policy", "name", "gold")
    calendar = add("tickets.calendar", "name, timezone, windows", "24x7", "UTC", windows)
    for clock, minutes in (("first_response", 10), ("resolution", 60)):
        add("tickets.sla_target", "policy_id, priority, clock, target_minutes", policy, "p2", clock, minutes)
    add("tickets.contract_sla", "contract_id, policy_id, calendar_id", contract, policy, calendar)
    return str(contract)


async def test_a_promised_service_level_sets_clocks_that_follow_the_desk(api: Any) -> None:
    anna = await api.caller("technician")
    customer = api.customer()
    ticket = await _open(anna, customer, priority="p2", contract_id=await _promise(api, customer))
    path = f"/api/tickets/{ticket['id']}"
    clocks = (await anna.get(path)).json()["clocks"]
    assert [(c["clock"], c["state"], c["target_seconds"]) for c in clocks] == [
        ("first_response", "running", 600),
        ("resolution", "running", 3600),
    ]
    api.clock.advance(minutes=4)
    await anna.post(f"{path}/reply", {"body": "Wir sind dran.", "status": "waiting_customer"})
    clocks = (await anna.get(path)).json()["clocks"]
    assert [(c["clock"], c["verdict"], c["due_at"]) for c in clocks] == [
        ("first_response", "met", None),
        ("resolution", None, None),
    ]
    assert clocks[1]["consumed_seconds"] == 240


async def test_if_match_is_required_and_must_be_current(api: Any) -> None:
    anna = await api.caller("technician")
    ticket = await _open(anna, api.customer())
    path = f"/api/tickets/{ticket['id']}"
    for tag, status, code in (
        (None, 428, "if_match_required"),
        ("*", 428, "if_match_required"),
        ('"7"', 412, "stale"),
        ('W/"1"', 412, "stale"),
    ):
        for answer in (
            await anna.patch(path, {"priority": "p1"}, tag),
            await anna.post(f"{path}/status", {"status": "open"}, tag=tag),
            await anna.post(f"{path}/assign", {"assignee_id": None}, tag=tag),
        ):
            assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await anna.patch(path, {"priority": "p1"}, '"9", "1"')).status_code == 200


async def test_time_is_entered_with_end_or_minutes(api: Any) -> None:
    anna = await api.caller("technician")
    ticket = await _open(anna, api.customer())
    path = f"/api/tickets/{ticket['id']}/time"
    start = api.clock().replace(second=0) - timedelta(hours=2)
    begin = {"started_at": start.isoformat()}
    by_end = await anna.post(path, {**begin, "ended_at": start.replace(second=30).isoformat()})
    by_minutes = await anna.post(path, {**begin, "minutes": 45, "work_type": "on_site", "billable": True})
    assert [by_end.json()["minutes"], by_minutes.json()["minutes"]] == [1, 45]
    assert by_minutes.json()["user_id"] == str(anna.user_id)
    for wrong in (
        begin,
        {**begin, "minutes": 180},
        {**begin, "ended_at": start.isoformat()},
        {"started_at": "2026-01-01"},
    ):
        assert (await anna.post(path, wrong)).status_code == 422
    assert api.query("select topic, payload->>'minutes' from tickets.outbox where aggregate_version = 3") == [
        ("tickets.time_added.v1", "45")
    ]


async def test_references_must_be_the_customers(api: Any) -> None:
    anna = await api.caller("technician")
    ours, theirs = api.customer("ours"), api.customer("theirs", tenant=api.house.other_tenant)
    site = api.query_write(
        "insert into crm.site (tenant_id, customer_id, name) values (%s, %s, 'Lager') returning id",
        api.house.tenant,
        api.customer("somebody else"),
    )[0][0]
    for body, code in (
        ({"customer_id": theirs}, "unknown_customer"),
        ({"customer_id": ours, "site_id": str(site)}, "unknown_site"),
        ({"customer_id": ours, "contact_id": str(uuid4())}, "unknown_contact"),
        ({"customer_id": ours, "assignee_id": str(uuid4())}, "unknown_assignee"),
    ):
        refused = await anna.post("/api/tickets", {"subject": "x", **body})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert api.query("select count(*) from tickets.ticket_counter") == [(0,)]


async def test_another_tenants_records_are_not_there(api: Any) -> None:
    anna, eva = await api.caller("admin"), await api.caller("admin", tenant=api.house.other_tenant)
    ticket = await _open(anna, api.customer())
    path = f"/api/tickets/{ticket['id']}"
    answers = [
        await eva.get(path),
        await eva.get(f"{path}/events"),
        await eva.patch(path, {"priority": "p1"}, '"1"'),
        await eva.post(f"{path}/reply", {"body": "x"}),
        await eva.post(f"{path}/time", {"started_at": "2026-01-01T00:00:00Z", "minutes": 5}),
        await eva.get(f"/api/crm/customers/{ticket['customer_id']}"),
    ]
    assert [(a.status_code, a.json()["code"]) for a in answers] == [(404, "not_found")] * 6
    assert (await eva.get("/api/tickets")).json()["items"] == []
    assert (await _open(eva, api.customer("theirs", tenant=api.house.other_tenant)))["number"] == "T000001"


@pytest.mark.one_process
async def test_a_fault_after_the_event_leaves_nothing(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = await api.caller("technician")
    customer = api.customer()

    async def fail(*_: Any) -> None:
        raise RuntimeError("a secret of the machine room")

    monkeypatch.setattr("operational.tickets.service.desk.announce", fail)
    broken = await anna.post("/api/tickets", {"customer_id": customer, "subject": "x"}, key="the-same")
    assert (broken.status_code, broken.json()["code"]) == (500, "internal_error")
    assert "secret" not in broken.text
    assert broken.json()["request_id"] == broken.headers["x-request-id"]
    for table in ("ticket", "ticket_event", "outbox", "idempotency", "ticket_counter"):
        assert api.query(f"select count(*) from tickets.{table}") == [(0,)], table
    monkeypatch.setattr("operational.tickets.service.desk.announce", outbox.announce)
    repaired = await anna.post("/api/tickets", {"customer_id": customer, "subject": "x"}, key="the-same")
    assert repaired.json()["number"] == "T000001"
