"""What open pages hear: their tenant's changes at the moment of the commit, and nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest

from operational.core import live
from operational.core.live import RESYNC, Happening, LiveHub, notification
from operational.core.principal import Principal
from operational.core.streams import _stream

pytestmark = pytest.mark.anyio
RESYNC_SENT = "event: resync\ndata: {}\n\n"


@asynccontextmanager
async def listening(hub: LiveHub, tenant: UUID) -> AsyncIterator[Any]:
    """An open page that has heard the greeting of a new connection."""
    heard = hub.happenings(tenant)
    assert await asyncio.wait_for(anext(heard), 10) is RESYNC
    yield heard
    await heard.aclose()


async def present(api: Any, caller: Any) -> Principal:
    """Who a caller is, with what they may do."""
    proven = api.kernel.verifier.principal(caller.tokens["access_token"])
    principal: Principal = await api.kernel.parties.present(proven)
    return principal


async def test_a_change_is_heard_when_it_is_committed(api: Any) -> None:
    anna = await api.caller("technician")
    customer = api.customer()
    async with listening(api.kernel.live, api.house.tenant) as heard:
        made = (await anna.post("/api/tickets", {"customer_id": customer, "subject": "x"})).json()
        first = await asyncio.wait_for(anext(heard), 10)
        assert first == Happening("tickets.ticket_created.v1", made["id"], 1, str(anna.user_id))
        refused = await anna.post(f"/api/tickets/{made['id']}/status", {"status": "open"}, tag='"7"')
        assert refused.status_code == 412
        await anna.post(f"/api/tickets/{made['id']}/status", {"status": "open"}, tag='"1"')
        assert (await asyncio.wait_for(anext(heard), 10)).version == 2


async def test_another_tenant_hears_nothing_of_it(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = await api.caller("technician")
    customer = api.customer()
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.3)
    async with listening(api.kernel.live, api.house.other_tenant) as heard:
        await anna.post("/api/tickets", {"customer_id": customer, "subject": "x"})
        assert await asyncio.wait_for(anext(heard), 10) is None


async def test_the_stream_tells_what_its_reader_may_know_and_ends_with_the_token(api: Any) -> None:
    tenant = api.house.tenant
    caller = await api.caller("analyst")
    api.query_write(
        """insert into auth.role_permission (tenant_id, role_id, permission, scope)
           select tenant_id, id, 'crm.customer.read', 'none' from auth.role where name = 'analyst' returning id"""
    )
    api.kernel.parties.forget()
    reader = await present(api, caller)
    stream = _stream(reader, api.kernel)
    assert await anext(stream) == "retry: 2000\n\n"
    assert await asyncio.wait_for(anext(stream), 10) == RESYNC_SENT
    async with api.kernel.database.transaction(reader) as work:
        for topic in ("crm.customer_changed.v1", "tickets.ticket_changed.v1"):
            await work.write(notification(tenant, Happening(topic, "a", 3, None)))
    kind, data = (await asyncio.wait_for(anext(stream), 10)).strip().split("\n")
    assert kind == "event: change"
    assert json.loads(data.removeprefix("data: "))["topic"] == "tickets.ticket_changed.v1"
    api.clock.advance(minutes=15)
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_the_stream_ends_with_its_session_and_no_other(api: Any) -> None:
    anna, bert = await api.caller("technician"), await api.caller("technician")
    streams = [_stream(await present(api, one), api.kernel) for one in (anna, bert)]
    for stream in streams:
        await anext(stream)
    # both listen before anything happens
    heard = [asyncio.create_task(anext(stream)) for stream in streams]
    assert await asyncio.wait_for(heard[0], 10) == await asyncio.wait_for(heard[1], 10) == RESYNC_SENT
    await anna.post("/api/auth/logout", {"refresh_token": anna.tokens["refresh_token"]})
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(streams[0]), 10)
    async with api.kernel.database.transaction(Principal(api.house.tenant)) as work:
        await work.write(notification(api.house.tenant, Happening("tickets.x.v1", "a", 1, None)))
    # of the end of somebody else's session nobody hears
    assert "tickets.x.v1" in await asyncio.wait_for(anext(streams[1]), 10)


@pytest.mark.one_process
async def test_a_page_that_missed_the_end_lets_go_when_it_is_connected_again(api: Any) -> None:
    anna = await api.caller("technician")
    principal = await present(api, anna)
    await anna.post("/api/auth/logout", {"refresh_token": anna.tokens["refresh_token"]})
    stream = _stream(principal, api.kernel)
    assert await anext(stream) == "retry: 2000\n\n"
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(stream), 10)


async def test_a_page_that_reads_too_slowly_is_told_to_look_anew(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "QUEUED", 3)
    tenant = api.house.tenant
    async with listening(api.kernel.live, tenant) as heard:
        async with api.kernel.database.transaction(Principal(tenant)) as work:
            for n in range(4):
                await work.write(notification(tenant, Happening("tickets.x.v1", "a", n, None)))
        first = await asyncio.wait_for(anext(heard), 10)
        while first is not RESYNC:
            first = await asyncio.wait_for(anext(heard), 10)


async def test_a_broken_connection_is_made_again_and_pages_look_anew(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RETRY_SECONDS", 0.05)
    async with listening(api.kernel.live, api.house.tenant) as heard:
        with psycopg.connect(api.house.superuser, autocommit=True) as superuser:
            superuser.execute(
                """select pg_terminate_backend(pid) from pg_stat_activity
                   where datname = current_database() and query ilike 'listen %'"""
            )
        assert await asyncio.wait_for(anext(heard), 10) is RESYNC


async def test_a_reader_that_hangs_up_leaves_nobody_waiting(api: Any) -> None:
    async with listening(api.kernel.live, api.house.tenant) as heard:
        before = asyncio.all_tasks()
        reader = asyncio.create_task(anext(heard))
        while not asyncio.all_tasks() - before - {reader}:
            await asyncio.sleep(0)
        reader.cancel()
        await asyncio.wait({reader})
        # what was cancelled ends at the loop's next turn
        await asyncio.sleep(0)
        assert asyncio.all_tasks() <= before


async def test_open_pages_let_go_when_the_process_ends(api: Any) -> None:
    async with listening(api.kernel.live, api.house.tenant) as heard:
        api.kernel.live.stop()
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(anext(heard), 10)
