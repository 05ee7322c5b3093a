"""A POST sent twice has its effect once."""

import asyncio
from typing import Any

import pytest

from operational.tickets.service import desk

pytestmark = pytest.mark.anyio


async def test_the_same_request_again_gets_the_stored_answer(api: Any) -> None:
    anna = await api.caller("technician")
    body = {"customer_id": api.customer(), "subject": "x"}
    first = await anna.post("/api/tickets", body, key="k1")
    again = await anna.post("/api/tickets", body, key="k1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert (again.headers["etag"], again.headers["location"]) == (first.headers["etag"], first.headers["location"])
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert api.query("select count(*) from tickets.ticket") == [(1,)]


async def test_another_body_under_the_same_key_is_refused(api: Any) -> None:
    anna = await api.caller("technician")
    body = {"customer_id": api.customer(), "subject": "x"}
    ticket = (await anna.post("/api/tickets", body, key="k1")).json()
    other = await anna.post("/api/tickets", {**body, "subject": "y"}, key="k1")
    elsewhere = await anna.post(f"/api/tickets/{ticket['id']}/reply", {"body": "x"}, key="k1")
    assert [(a.status_code, a.json()["code"]) for a in (other, elsewhere)] == [(422, "idempotency_key_reused")] * 2


@pytest.mark.one_process
async def test_while_the_first_runs_the_second_is_told_so(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = await api.caller("technician")
    body = {"customer_id": api.customer(), "subject": "x"}
    entered, go_on = asyncio.Event(), asyncio.Event()
    real = desk.create

    async def slow(*args: Any) -> Any:
        entered.set()
        await go_on.wait()
        return await real(*args)

    monkeypatch.setattr(desk, "create", slow)
    running = asyncio.create_task(anna.post("/api/tickets", body, key="k1"))
    await asyncio.wait_for(entered.wait(), 10)
    second = await asyncio.wait_for(anna.post("/api/tickets", body, key="k1"), 10)
    assert (second.status_code, second.json()["code"]) == (409, "request_in_progress")
    go_on.set()
    assert (await running).status_code == 201
    assert (await anna.post("/api/tickets", body, key="k1")).headers["idempotency-replayed"] == "true"


async def test_keys_belong_to_their_user(api: Any) -> None:
    anna, ben = await api.caller("technician"), await api.caller("technician")
    customer = api.customer()
    numbers = [
        (await who.post("/api/tickets", {"customer_id": customer, "subject": "x"}, key="k1")).json()["number"]
        for who in (anna, ben)
    ]
    assert numbers == ["T000001", "T000002"]


async def test_a_key_is_required(api: Any) -> None:
    anna = await api.caller("technician")
    missing = await anna.post("/api/tickets", {"customer_id": api.customer(), "subject": "x"}, key=None)
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_required")
