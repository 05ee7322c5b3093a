"""Sessions: listed, ended by their owner or an administrator, and refused everywhere at once."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from operational.auth.service.ending import HOUSEKEEPING
from operational.core.errors import Problem
from operational.core.parties import BELIEVED_SECONDS, Parties
from operational.core.principal import Principal
from tests.operational.api.conftest import PASSWORD, Caller

pytestmark = pytest.mark.anyio


async def again(api: Any, first: Caller, agent: str = "another") -> Caller:
    """The same person once more, elsewhere."""
    body = {"email": "technician0@example.test", "password": PASSWORD}
    answer = await api.client.post("/api/auth/login", json=body, headers={"User-Agent": agent})
    return Caller(api.client, first.user_id, answer.json())


async def test_a_person_sees_where_they_are_logged_in(api: Any) -> None:
    anna = await api.caller("technician")
    await api.caller("technician")
    api.clock.advance(minutes=1)
    await again(api, anna, "Kiosk/1.0")
    items = (await anna.get("/api/auth/sessions")).json()["items"]
    assert [(item["user_agent"], item["is_current"], item["kind"]) for item in items] == [
        ("Kiosk/1.0", False, "program"), (items[1]["user_agent"], True, "program"),
    ]  # fmt: skip
    assert items[0]["address"] == "127.0.0.1"
    assert items[0]["created_at"] == items[0]["last_used_at"] > items[1]["last_used_at"]


async def test_a_session_somebody_ends_is_refused_at_once_and_the_others_go_on(api: Any) -> None:
    anna = await api.caller("technician")
    other = await again(api, anna)
    assert (await other.get("/api/auth/me")).status_code == 200
    items = (await anna.get("/api/auth/sessions")).json()["items"]
    (ended,) = [item["id"] for item in items if not item["is_current"]]
    assert (await anna.client.delete(f"/api/auth/sessions/{ended}", headers=anna.headers)).status_code == 204
    refused = await other.get("/api/auth/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "session_ended")
    renewed = await api.client.post("/api/auth/refresh", json={"refresh_token": other.tokens["refresh_token"]})
    assert renewed.json()["code"] == "session_ended"
    assert (await anna.get("/api/auth/me")).status_code == 200
    assert (await anna.client.delete(f"/api/auth/sessions/{ended}", headers=anna.headers)).status_code == 404
    assert api.query("select ended_because from auth.session where ended_at is not null") == [("ended_by_owner",)]


async def test_all_the_others_end_with_one_request(api: Any) -> None:
    anna = await api.caller("technician")
    others = [await again(api, anna) for _ in range(2)]
    assert (await anna.post("/api/auth/sessions/end-others", None)).json() == {"ended": 2}
    assert [(await other.get("/api/auth/me")).status_code for other in others] == [401, 401]
    assert (await anna.post("/api/auth/sessions/end-others", None)).json() == {"ended": 0}


async def test_nobody_ends_a_session_of_somebody_else(api: Any) -> None:
    anna, bert = await api.caller("technician"), await api.caller("technician")
    (session,) = (await bert.get("/api/auth/sessions")).json()["items"]
    assert (await anna.client.delete(f"/api/auth/sessions/{session['id']}", headers=anna.headers)).status_code == 404
    assert (await anna.get(f"/api/auth/users/{bert.user_id}/sessions")).status_code == 403
    assert (await anna.post(f"/api/auth/users/{bert.user_id}/sessions/end", None)).status_code == 403
    assert (await bert.get("/api/auth/me")).status_code == 200


async def test_an_administrator_ends_them_in_their_own_company_alone(api: Any) -> None:
    boss, anna = await api.caller("admin"), await api.caller("technician")
    stranger = await api.caller("technician", tenant=api.house.other_tenant)
    assert len((await boss.get(f"/api/auth/users/{anna.user_id}/sessions")).json()["items"]) == 1
    assert (await boss.post(f"/api/auth/users/{anna.user_id}/sessions/end", None)).json() == {"ended": 1}
    assert (await anna.get("/api/auth/me")).json()["code"] == "session_ended"
    assert (await boss.get(f"/api/auth/users/{stranger.user_id}/sessions")).status_code == 404
    assert (await boss.post(f"/api/auth/users/{stranger.user_id}/sessions/end", None)).status_code == 404
    assert (await stranger.get("/api/auth/me")).status_code == 200
    assert ("ended_by_administrator",) in api.query("select kind from auth.security_event")


async def test_logging_out_and_a_copied_token_take_the_access_token_back(api: Any) -> None:
    anna, bert = await api.caller("technician"), await api.caller("technician")
    assert (await anna.post("/api/auth/logout", {"refresh_token": anna.tokens["refresh_token"]})).status_code == 204
    assert (await anna.get("/api/auth/me")).json()["code"] == "session_ended"
    body = {"refresh_token": bert.tokens["refresh_token"]}
    assert (await api.client.post("/api/auth/refresh", json=body)).status_code == 200
    assert (await bert.get("/api/auth/me")).status_code == 200
    assert (await api.client.post("/api/auth/refresh", json=body)).status_code == 401
    assert (await bert.get("/api/auth/me")).json()["code"] == "session_ended"


async def test_another_process_believes_what_it_knows_for_less_than_a_second(api: Any) -> None:
    anna = await api.caller("technician")
    principal = api.kernel.verifier.principal(anna.tokens["access_token"])
    now = [100.0]
    elsewhere = Parties(api.kernel.database, api.kernel.permissions, ticks=lambda: now[0])
    await elsewhere.present(principal)
    assert (await anna.post("/api/auth/logout", {"refresh_token": anna.tokens["refresh_token"]})).status_code == 204
    now[0] += BELIEVED_SECONDS
    await elsewhere.present(principal)
    now[0] += 0.01
    with pytest.raises(Problem, match="session_ended"):
        await elsewhere.present(principal)
    assert BELIEVED_SECONDS < 1


async def test_what_a_person_holds_can_be_taken_back_up_to_a_moment(api: Any) -> None:
    anna = await api.caller("technician")
    async with api.kernel.database.transaction(Principal(api.house.tenant)) as work:
        await api.kernel.revocations.revoke(work, anna.user_id)
    assert (await anna.get("/api/auth/me")).json()["code"] == "session_ended"
    api.clock.advance(seconds=0.1)
    later = await again(api, anna)
    assert (await later.get("/api/auth/me")).status_code == 200


async def test_what_is_over_is_forgotten_when_it_serves_no_more(api: Any) -> None:
    anna = await api.caller("technician")
    await anna.post("/api/auth/logout", {"refresh_token": anna.tokens["refresh_token"]})
    counts = "select (select count(*) from auth.session), (select count(*) from core.revocation)"
    for days, left in ((0, (1, 1)), (1, (1, 0)), (60, (0, 0))):
        api.clock.advance(days=days)
        async with api.kernel.database.transaction(Principal(api.house.tenant)) as work:
            await HOUSEKEEPING.handler(work)
        assert api.query(counts) == [left], days
    assert api.query("select count(*) from auth.refresh_token") == [(0,)]


async def test_a_revocation_is_seen_in_its_own_company_alone(api: Any) -> None:
    async with api.kernel.database.transaction(Principal(api.house.tenant)) as work:
        await api.kernel.revocations.revoke(work, UUID(int=7))
    with psycopg.connect(api.house.app) as app:
        for tenant, seen in ((api.house.tenant, 1), (api.house.other_tenant, 0)):
            app.execute("select set_config('app.tenant_id', %s, true)", (str(tenant),))
            assert app.execute("select count(*) from core.revocation").fetchone() == (seen,)
