"""Who may not, and what is said where there is no warehouse, or nothing in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from operational.app import create_app
from operational.auth.service.tenants import create_tenant
from operational.core.db import utc_now
from operational.core.principal import Principal
from operational.core.warehouse import NotBuilt, Unavailable, Warehouse
from tests.operational.api.conftest import Api, Clock, settings_for

pytestmark = pytest.mark.anyio
FORECAST = "/api/reports/forecast"


@asynccontextmanager
async def api_with(house: Any, keys: Path, serving_url: str | None) -> AsyncIterator[Api]:
    clock = Clock()
    app = create_app(replace(settings_for(house, keys), serving_url=serving_url), clock=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://psa.test") as client:
        yield Api(app, client, house, clock)
    await app.state.kernel.close()


async def test_who_is_not_logged_in_or_lacks_the_permission_is_refused(api: Any) -> None:
    assert (await api.client.get(FORECAST)).json()["code"] == "login_required"
    await api.caller("technician")
    api.query_write(
        """insert into auth.role_permission (tenant_id, role_id, permission, scope)
           select tenant_id, id, 'reports.forecast.read', 'none' from auth.role where name = 'technician'
           returning id"""
    )
    technician = await api.caller("technician")
    refused = await technician.get(FORECAST)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert "reports.forecast.read" in refused.json()["detail"]


async def test_reports_are_for_all_but_technicians_and_the_strip_for_everybody(api: Any) -> None:
    for role in ("admin", "manager", "technician", "vcio", "analyst"):
        caller = await api.caller(role)
        held = set((await caller.get("/api/auth/me")).json()["permissions"])
        assert "reports.forecast.read" in held, role
        assert ("reports.dashboard.read" in held) is (role != "technician"), role


async def test_without_a_warehouse_the_answer_says_what_to_do(api: Any) -> None:
    technician = await api.caller("technician")
    answer = await technician.get(FORECAST)
    assert (answer.status_code, answer.json()["code"]) == (503, "warehouse_unavailable")
    assert "PSA_SERVING_URL" in answer.json()["detail"]
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_warehouse_that_is_away_is_a_503_and_the_desk_goes_on(house: Any, keys_dir: Path) -> None:
    async with api_with(house, keys_dir, "postgresql://nobody@127.0.0.1:1/none") as api:
        technician = await api.caller("technician")
        answer = await technician.get(FORECAST)
        assert (answer.status_code, answer.json()["code"]) == (503, "warehouse_unavailable")
        assert "does not answer" in answer.json()["detail"]
        assert answer.headers["retry-after"] == "30"
        assert (await technician.get("/api/tickets")).status_code == 200


async def test_before_the_first_refresh_the_answer_is_empty_and_says_so(house: Any, keys_dir: Path) -> None:
    async with api_with(house, keys_dir, house.serving) as api:
        technician = await api.caller("technician")
        answer = await technician.get(FORECAST)
        assert answer.status_code == 200
        assert answer.json()["status"] == "none_yet"
        assert "psa pipeline run" in answer.json()["explanation"]
        assert answer.json()["periods"] == []


async def test_a_tenant_newer_than_the_last_refresh_has_no_forecast_yet(desk: Any, keys_dir: Path) -> None:
    with psycopg.connect(desk.owner) as owner:
        newcomer = create_tenant(owner, slug="new", name="new", timezone="Europe/Berlin", locale="de")
    async with api_with(desk, keys_dir, desk.serving) as api:
        technician = await api.caller("technician", tenant=newcomer)
        answer = (await technician.get(FORECAST)).json()
        assert (answer["status"], answer["today"], answer["periods"]) == ("none_yet", None, [])
        assert "no forecast yet" in answer["explanation"]


async def test_a_snapshot_stands_still_and_cannot_write(desk: Any) -> None:
    warehouse = Warehouse(desk.serving, utc_now)
    principal = Principal(desk.tenant)
    async with warehouse.snapshot(principal) as snapshot:
        before = await snapshot.rows("select max(batch) as batch from desk_coverage")
        with psycopg.connect(desk.warehouse) as owner:
            owner.execute("update marts.fct_coverage set batch = batch + 1")
        assert await snapshot.rows("select max(batch) as batch from desk_coverage") == before
    async with warehouse.snapshot(principal) as snapshot:
        assert await snapshot.rows("select max(batch) as batch from desk_coverage") != before
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await snapshot.rows("create table serving.mine (a int)")
    async with warehouse.snapshot(principal) as snapshot:
        with pytest.raises(NotBuilt):
            await snapshot.rows("select * from no_such_view")
    await warehouse.close()


async def test_a_restarted_server_is_found_again(desk: Any) -> None:
    warehouse = Warehouse(desk.serving, utc_now)

    async def read(*, interrupted: bool) -> None:
        async with warehouse.snapshot(Principal(desk.tenant)) as snapshot:
            [row] = await snapshot.rows("select pg_backend_pid() as pid")
            if interrupted:
                stop(row["pid"])
            assert await snapshot.rows("select 1 as one") == [{"one": 1}]
        stop(row["pid"])

    def stop(pid: int) -> None:
        with psycopg.connect(desk.home.url("superuser", desk.warehouse_name), autocommit=True) as superuser:
            superuser.execute("select pg_terminate_backend(%s, 5000)", (pid,))

    await read(interrupted=False)
    with pytest.raises(Unavailable):
        await read(interrupted=True)
    await read(interrupted=False)
    await warehouse.close()
