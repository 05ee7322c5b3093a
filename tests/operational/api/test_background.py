"""Behind the desk: how jobs fare, and what to do with events that could not be handled."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from operational.core.bus import Envelope
from operational.core.db import UnitOfWork
from operational.core.jobs import Job, JobQueue
from operational.core.parking import park
from operational.core.principal import Principal

pytestmark = pytest.mark.anyio
A = UUID(int=1)


async def _park(api: Any, version: int, *, is_dead: bool, tenant: UUID | None = None) -> UUID:
    tenant_id = tenant or api.house.tenant
    event = Envelope(uuid4(), tenant_id, "crm.x.v1", "customer", A, version, api.clock(), {"name": "Ä"})
    async with api.kernel.database.transaction(Principal(tenant_id)) as work:
        await park(work, "tickets.test", event, "ValueError: no" if is_dead else None, is_dead=is_dead)
    api.clock.advance(seconds=1)
    return UUID(str(api.query("select id from core.parked_event where event_id = %s", event.id)[0][0]))


async def test_events_are_looked_at_tried_again_and_given_up(api: Any) -> None:
    dead, behind = await _park(api, 1, is_dead=True), await _park(api, 2, is_dead=False)
    theirs = await _park(api, 1, is_dead=True, tenant=api.house.other_tenant)
    admin = await api.caller("admin")
    listed = (await admin.get("/api/background/events")).json()["items"]
    assert [(item["id"], item["status"]) for item in listed] == [(str(behind), "waiting"), (str(dead), "dead")]
    assert [i["id"] for i in (await admin.get("/api/background/events", status="dead")).json()["items"]] == [str(dead)]
    first = (await admin.get("/api/background/events", limit=1)).json()
    rest = (await admin.get("/api/background/events", limit=1, cursor=first["next_cursor"])).json()
    assert [first["items"][0]["id"], rest["items"][0]["id"]] == [str(behind), str(dead)]
    seen = (await admin.get(f"/api/background/events/{dead}")).json()
    assert (seen["payload"], seen["last_error"], seen["attempts"]) == ({"name": "Ä"}, "ValueError: no", 1)

    assert (await admin.post(f"/api/background/events/{dead}/retry", None)).status_code == 204
    seen = (await admin.get(f"/api/background/events/{dead}")).json()
    assert (seen["status"], seen["attempts"], seen["last_error"]) == ("waiting", 0, "ValueError: no")
    assert (await admin.post(f"/api/background/events/{dead}/discard", None)).status_code == 204
    seen = (await admin.get(f"/api/background/events/{dead}")).json()
    assert (seen["status"], seen["settled_by"]) == ("discarded", str(admin.user_id))
    again = await admin.post(f"/api/background/events/{dead}/retry", None)
    assert (again.status_code, again.json()["code"]) == (409, "event_discarded")
    for verb in ("retry", "discard"):
        assert (await admin.post(f"/api/background/events/{theirs}/{verb}", None)).status_code == 404
    assert (await admin.get("/api/background/events", status="lost")).status_code == 400
    assert (await (await api.caller("technician")).get("/api/background/events")).status_code == 403


async def test_a_job_tells_of_its_last_error_until_that_is_dismissed(api: Any) -> None:
    fails = [True]

    async def job(work: UnitOfWork) -> None:
        if fails[0]:
            raise RuntimeError("the disk is full")

    queue = JobQueue([Job("crm.test", job, attempts=1)], api.kernel.settings.scheduler_url, api.kernel.database)

    async def run() -> None:
        async with api.kernel.database.transaction(Principal(api.house.tenant)) as work:
            await queue.enqueue(work, "crm.test")
        async with queue.app.open_async():
            await asyncio.wait_for(queue.app.run_worker_async(wait=False, install_signal_handlers=False), 20)

    admin = await api.caller("admin")

    async def state() -> dict[str, Any]:
        jobs = (await admin.get("/api/background/jobs")).json()
        return next(job for job in jobs if job["job"] == "crm.test")

    jobs = (await admin.get("/api/background/jobs")).json()
    assert {job["job"] for job in jobs} >= {"auth.forget_ended", "tickets.housekeeping"}
    assert all(job["schedule"] and job["last_started_at"] is None for job in jobs)
    await run()
    await run()
    failed = await state()
    assert (failed["failures"], failed["last_error"], failed["last_succeeded_at"]) == (
        2, "RuntimeError: the disk is full", None
    )  # fmt: skip
    fails[0] = False
    api.clock.advance(minutes=1)
    await run()
    # it works again, and somebody is still to see that it did not
    recovered = await state()
    assert (recovered["last_error"], recovered["failures"]) == ("RuntimeError: the disk is full", 2)
    assert recovered["last_succeeded_at"] > recovered["last_error_at"]
    assert (await admin.post("/api/background/jobs/crm.test/dismiss", None)).status_code == 204
    assert ((await state())["last_error"], (await state())["failures"]) == (None, 0)
    assert (await admin.post("/api/background/jobs/crm.test/dismiss", None)).status_code == 404
