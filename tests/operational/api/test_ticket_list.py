"""The ticket list as a screen needs it: names, deadlines, filters, counts, any place of it; and the running timer."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

pytestmark = pytest.mark.anyio


async def opened(caller: Any, customer: str, subject: str = "Drucker steht", **more: Any) -> dict[str, Any]:
    answer = await caller.post("/api/tickets", {"customer_id": customer, "subject": subject, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def clock_of(api: Any, ticket_id: str, due: Any, *, clock: str = "resolution", breached: bool = False) -> None:
    """A running clock as the desk would have set it."""
    tenant = api.house.tenant
    policy, calendar = (
        api.query_write(sql, tenant)[0][0]
        for sql in (
            "insert into tickets.sla_policy (tenant_id, name) values (%s, 'gold') returning id",
            """insert into tickets.calendar (tenant_id, name, timezone, windows)
               values (%s, 'c', 'UTC', '') returning id""",
        )
    )
    verdict, judged = ("breached", due) if breached else (None, None)
    api.query_write(
        """insert into tickets.sla_clock (tenant_id, ticket_id, clock, policy_id, calendar_id, started_at, due_at,
               state, consumed_seconds, verdict, judged_at)
           values (%s, %s, %s, %s, %s, %s, %s, 'running', 0, %s, %s) returning id""",
        *(tenant, ticket_id, clock, policy, calendar, due, None if breached else due, verdict, judged),
    )


async def test_rows_carry_names_and_the_deadline_that_comes_first(api: Any) -> None:
    anna = await api.caller("technician")
    customer = api.customer("Bäckerei Kern")
    ticket = await opened(anna, customer, assignee_id=str(anna.user_id))
    now = api.clock()
    clock_of(api, ticket["id"], now + timedelta(hours=4))
    clock_of(api, ticket["id"], now + timedelta(hours=1), clock="first_response")
    (row,) = (await anna.get("/api/tickets")).json()["items"]
    assert (row["customer_name"], row["contact_name"], row["assignee_name"]) == (
        "Bäckerei Kern",
        None,
        "technician0@example.test",
    )
    due = (now + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert row["due"] == {"clock": "first_response", "due_at": due, "breached": False}
    assert (await anna.get(f"/api/tickets/{ticket['id']}")).json()["due"] == row["due"]


async def test_a_paused_clock_is_due_at_no_time_and_stands_behind_one_that_runs(api: Any) -> None:
    anna = await api.caller("technician")
    ticket, now = await opened(anna, api.customer()), api.clock()
    clock_of(api, ticket["id"], now + timedelta(hours=4), breached=True)
    api.query_write("update tickets.sla_clock set state = 'paused' where ticket_id = %s returning id", ticket["id"])
    (row,) = (await anna.get("/api/tickets")).json()["items"]
    assert row["due"] == {"clock": "resolution", "due_at": None, "breached": True}
    clock_of(api, ticket["id"], now + timedelta(hours=9), clock="first_response")
    (row,) = (await anna.get("/api/tickets")).json()["items"]
    assert (row["due"]["clock"], row["due"]["breached"]) == ("first_response", False)


async def test_the_order_by_deadline_begins_with_what_is_over_and_ends_with_what_has_none(api: Any) -> None:
    anna = await api.caller("technician")
    customer, now = api.customer(), api.clock()
    tickets = {name: await opened(anna, customer, name) for name in ("none", "late", "soon", "over")}
    clock_of(api, tickets["late"]["id"], now + timedelta(days=2))
    clock_of(api, tickets["soon"]["id"], now + timedelta(hours=2))
    clock_of(api, tickets["over"]["id"], now - timedelta(hours=2), breached=True)
    listed, cursor = [], None
    while True:
        page = (await anna.get("/api/tickets", sort="due_at", limit=1, **({"cursor": cursor} if cursor else {}))).json()
        listed += [(row["subject"], (row["due"] or {}).get("breached")) for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert listed == [("over", True), ("soon", False), ("late", False), ("none", None)]


async def test_filters_count_and_any_place_of_the_list(api: Any) -> None:
    anna = await api.caller("technician")
    kern, other = api.customer("Kern"), api.customer("Other")
    for n in range(7):
        await opened(anna, kern, f"Drucker {n}", queue="1st", category="print")
        api.clock.advance(minutes=1)
    mine = await opened(anna, other, "Laptop", queue="2nd", assignee_id=str(anna.user_id), priority="p1")

    async def count(**filters: Any) -> int:
        listed = (await anna.get("/api/tickets", limit=200, **filters)).json()["items"]
        counted = (await anna.get("/api/tickets/count", **filters)).json()["count"]
        assert counted == len(listed)
        return int(counted)

    assert await count() == 8
    assert await count(customer_id=kern) == 7
    assert await count(assignee_id=str(anna.user_id)) == 1
    assert await count(unassigned=True) == 7
    assert await count(queue=["1st", "2nd"], priority="p1") == 1
    assert await count(text="laptop") == 1
    assert await count(text=mine["number"].lower()) == 1
    assert await count(status="new", status_category="new") == 8
    moment = api.clock().isoformat()
    assert (await count(opened_from=moment), await count(opened_before=moment)) == (1, 7)
    everything = [row["id"] for row in (await anna.get("/api/tickets", limit=200)).json()["items"]]
    third = (await anna.get("/api/tickets", limit=2, offset=5)).json()
    assert [row["id"] for row in third["items"]] == everything[5:7]
    rest = (await anna.get("/api/tickets", limit=2, cursor=third["next_cursor"])).json()
    assert [row["id"] for row in rest["items"]] == everything[7:]
    both = await anna.get("/api/tickets", offset=1, cursor=third["next_cursor"])
    assert (both.status_code, both.json()["code"]) == (400, "invalid_parameter")
    facets = (await anna.get("/api/tickets/facets")).json()
    assert facets["queues"] == [{"value": "1st", "open_tickets": 7}, {"value": "2nd", "open_tickets": 1}]
    assert facets["categories"] == [{"value": "print", "open_tickets": 7}, {"value": None, "open_tickets": 1}]


async def test_events_name_who_acted(api: Any) -> None:
    anna = await api.caller("technician")
    ticket = await opened(anna, api.customer(), assignee_id=str(anna.user_id))
    (event,) = (await anna.get(f"/api/tickets/{ticket['id']}/events")).json()["items"]
    assert (event["actor_name"], event["assignee_name"]) == ("technician0@example.test",) * 2


async def test_one_timer_a_person_that_becomes_a_time_entry(api: Any) -> None:
    anna, bert = await api.caller("technician"), await api.caller("technician")
    customer = api.customer()
    first, second = await opened(anna, customer), await opened(anna, customer, "zweites")
    assert (await anna.get("/api/tickets/timer")).json() == {"timer": None}
    started = await anna.post(f"/api/tickets/{first['id']}/timer", None, key=None)
    assert (started.status_code, started.json()["number"]) == (201, first["number"])
    again = await anna.post(f"/api/tickets/{second['id']}/timer", None, key=None)
    assert (again.status_code, again.json()["code"]) == (409, "timer_running")
    assert first["number"] in again.json()["detail"]
    assert (await bert.post(f"/api/tickets/{second['id']}/timer", None, key=None)).status_code == 201
    api.clock.advance(minutes=12, seconds=20)
    too_many = await anna.post("/api/tickets/timer/end", {"minutes": 14})
    assert (too_many.status_code, too_many.json()["code"]) == (422, "bad_time")
    assert (await anna.get("/api/tickets/timer")).json()["timer"]["ticket_id"] == first["id"]
    ended = await anna.post("/api/tickets/timer/end", {"work_type": "phone"}, key="once")
    assert (ended.status_code, ended.json()["minutes"], ended.json()["work_type"]) == (201, 13, "phone")
    assert (await anna.post("/api/tickets/timer/end", {"work_type": "phone"}, key="once")).json() == ended.json()
    assert (await anna.post("/api/tickets/timer/end", {})).json()["code"] == "no_timer"
    assert api.query("select count(*), sum(minutes) from tickets.time_entry") == [(1, 13)]
    assert (await api.client.delete("/api/tickets/timer", headers=bert.headers)).status_code == 204
    assert (await api.client.delete("/api/tickets/timer", headers=bert.headers)).status_code == 404
    assert (await anna.post(f"/api/tickets/{uuid4()}/timer", None, key=None)).status_code == 404


async def test_a_forgotten_timer_is_kept_until_somebody_decides(api: Any) -> None:
    anna = await api.caller("technician")
    ticket = await opened(anna, api.customer())
    await anna.post(f"/api/tickets/{ticket['id']}/timer", None, key=None)
    api.clock.advance(hours=30)
    anna.tokens = (await api.log_in("technician0@example.test")).json()
    assert (await anna.post("/api/tickets/timer/end", {})).json()["code"] == "bad_time"
    assert (await anna.get("/api/tickets/timer")).json()["timer"] is not None
