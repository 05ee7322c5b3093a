"""Errors, lists, customers: what all addresses have in common."""

import base64
import json
from typing import Any
from uuid import uuid4

import pytest

pytestmark = pytest.mark.anyio


async def test_unknown_addresses_and_methods_are_problems(api: Any) -> None:
    for method, path, status, code in (
        ("GET", "/api/nowhere", 404, "route_not_found"),
        ("POST", "/api/tickets/1/2/3", 404, "route_not_found"),
        ("DELETE", "/api/health", 405, "method_not_allowed"),
        ("PUT", "/api/tickets", 405, "method_not_allowed"),
    ):
        answer = await api.client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await api.client.get("/api/health")).json() == {"status": "ok"}


async def test_without_log_in_or_permission_nothing_is_told(api: Any) -> None:
    bare = await api.client.get(f"/api/tickets/{uuid4()}")
    assert (bare.status_code, bare.json()["code"]) == (401, "login_required")
    vera = await api.caller("analyst")
    refused = await vera.post("/api/tickets", {"wrong": "payload"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert "tickets.ticket.create" in refused.json()["detail"]
    tina = await api.caller("technician")
    assert (await tina.get("/api/crm/contracts")).status_code == 403
    assert (await vera.get("/api/crm/contracts")).status_code == 200


async def test_what_is_wrong_with_a_payload_is_said_by_field(api: Any) -> None:
    anna = await api.caller("technician")
    wrong = await anna.post("/api/tickets", {"customer_id": "x", "subject": "a\x00b", "priority": "p9", "extra": 1})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_payload")
    assert {e["field"] for e in wrong.json()["errors"]} == {"customer_id", "subject", "priority", "extra"}
    broken = await anna.post("/api/tickets", None, content=b"{")
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed_json")
    for path in ("/api/tickets/no-uuid", "/api/tickets?limit=0", "/api/tickets?sort=nice", "/api/tickets?text=%00"):
        answer = await anna.get(path)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter"), path


async def test_a_request_id_is_taken_over_or_made(api: Any) -> None:
    given = await api.client.get("/api/nowhere", headers={"X-Request-ID": "trace-12345"})
    assert given.headers["x-request-id"] == given.json()["request_id"] == "trace-12345"
    odd = await api.client.get("/api/nowhere", headers={"X-Request-ID": 'x"\\n'})
    assert len(odd.headers["x-request-id"]) == 32


async def _tickets(api: Any, caller: Any, customer: str, count: int, **more: Any) -> list[str]:
    numbers = []
    for number in range(count):
        # pairs share their instant, so that ties occur
        api.clock.advance(seconds=number % 2)
        body = {"customer_id": customer, "subject": f"Nr {number}", **more}
        numbers.append((await caller.post("/api/tickets", body)).json()["number"])
    return numbers


@pytest.mark.parametrize("sort", ["-opened_at", "opened_at", "priority"])
async def test_pages_neither_repeat_nor_miss_while_tickets_are_opened(api: Any, sort: str) -> None:
    anna = await api.caller("technician")
    customer = api.customer()
    there = await _tickets(api, anna, customer, 4, priority="p2") + await _tickets(api, anna, customer, 3)
    seen: list[str] = []
    cursor = None
    while True:
        page = (await anna.get("/api/tickets", limit=2, sort=sort, **({"cursor": cursor} if cursor else {}))).json()
        seen += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None or len(seen) > 20:
            break
        if len(seen) == 2:
            there_now = await _tickets(api, anna, customer, 2)
    assert len(seen) == len(set(seen))
    assert set(there) <= set(seen) <= set(there) | set(there_now)
    if sort == "opened_at":
        instants = dict(api.query("select number, opened_at from tickets.ticket"))
        assert [instants[n] for n in seen] == sorted(instants[n] for n in seen)


async def test_a_cursor_that_is_none_is_a_clear_400(api: Any) -> None:
    anna = await api.caller("technician")
    await _tickets(api, anna, api.customer(), 3)
    good = (await anna.get("/api/tickets", limit=1)).json()["next_cursor"]
    text = base64.urlsafe_b64decode(good + "=" * (-len(good) % 4)).decode()
    altered = text[:8] + json.dumps([*json.loads(text[8:])[:2], str(uuid4())])
    for bad in ("x", "ä", "%00", base64.urlsafe_b64encode(altered.encode()).decode(), good[:-3]):
        answer = await anna.get("/api/tickets", cursor=bad)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor"), bad
    moved = await anna.get("/api/tickets", cursor=good, priority="p1")
    assert (moved.status_code, moved.json()["code"]) == (400, "cursor_mismatch")


async def test_ticket_filters(api: Any) -> None:
    anna = await api.caller("technician")
    one, two = api.customer("one"), api.customer("two")
    await anna.post("/api/tickets", {"customer_id": one, "subject": "100% voll", "priority": "p1", "queue": "net"})
    await anna.post(
        "/api/tickets", {"customer_id": two, "subject": "100 Mbit", "priority": "p2", "assignee_id": str(anna.user_id)}
    )
    for filters, expected in (
        ({"customer_id": one}, ["T000001"]),
        ({"priority": ["p1", "p2"]}, ["T000001", "T000002"]),
        ({"status_category": "open"}, []),
        ({"status_category": ["new", "open"], "queue": "net"}, ["T000001"]),
        ({"assignee_id": str(anna.user_id)}, ["T000002"]),
        ({"text": "100%"}, ["T000001"]),
    ):
        items = (await anna.get("/api/tickets", sort="priority", **filters)).json()["items"]
        assert [item["number"] for item in items] == expected, filters


async def test_customers_and_contacts_are_made_and_changed(api: Any) -> None:
    mia = await api.caller("manager")
    made = await mia.post("/api/crm/customers", {"name": "Kern", "country": "DE", "seats": 12})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    path = made.headers["location"]
    changed = await mia.patch(path, {"seats": 14, "country": "DE"}, '"1"')
    assert (changed.json()["seats"], changed.headers["etag"]) == (14, '"2"')
    assert (await mia.patch(path, {"seats": 15}, '"1"')).status_code == 412
    assert (await mia.patch(path, {"name": None}, '"2"')).status_code == 422
    contact = await mia.post(
        "/api/crm/contacts", {"name": "Eva", "email": "eva@kern.test", "customer_id": made.json()["id"]}
    )
    assert contact.json()["customer_ids"] == [made.json()["id"]]
    found = (await mia.get("/api/crm/contacts", customer_id=made.json()["id"], text="ev")).json()["items"]
    assert [c["name"] for c in found] == ["Eva"]
    assert api.query("select before, after from crm.audit where before is not null") == [({"seats": 12}, {"seats": 14})]
    rows = api.query("select topic, aggregate_version from crm.outbox order by 1, 2")
    assert rows == [("crm.contact_saved.v1", 1), ("crm.customer_saved.v1", 1), ("crm.customer_saved.v1", 2)]
    tina = await api.caller("technician")
    assert (await tina.post("/api/crm/customers", {"name": "x"})).status_code == 403
