"""The administration of people and roles: effective at once, and nobody gives more than they have."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.operational.api.test_resets import NEW, mails, token_in, use

pytestmark = pytest.mark.anyio


async def put(caller: Any, path: str, body: Any, tag: str = '"0"') -> Any:
    return await caller.client.put(path, json=body, headers={**caller.headers, "If-Match": tag})


async def role_named(admin: Any, name: str) -> Any:
    roles = (await admin.get("/api/auth/roles")).json()["items"]
    return next(role for role in roles if role["name"] == name)


async def test_somebody_is_invited_comes_in_and_is_let_go(api: Any) -> None:
    admin = await api.caller("admin")
    body = {"name": "Ömer", "email": "Oemer@example.test", "team": "Netze", "roles": ["technician"]}
    key = uuid4().hex
    made = await admin.post("/api/auth/users", body, key=key)
    assert (made.status_code, made.json()["roles"], made.json()["has_password"]) == (201, ["technician"], False)
    assert (await admin.post("/api/auth/users", body, key=key)).json() == made.json()
    assert (await admin.post("/api/auth/users", body)).json()["code"] == "address_taken"
    ((recipient, _, text),) = mails(api, "auth.invitation")
    assert recipient == "Oemer@example.test"
    assert await use(api, token_in(text)) == (204, None)
    tokens = (await api.log_in("oemer@example.test", NEW)).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await api.client.get("/api/auth/me", headers=headers)).json()["team"] == "Netze"
    user = f"/api/auth/users/{made.json()['id']}"
    gone = (api.clock() - timedelta(days=1)).date().isoformat()
    left = await admin.patch(user, {"active_to": gone, "email": "o@example.test"}, '"1"')
    assert (left.status_code, left.json()["is_active"]) == (200, False)
    assert (await api.client.get("/api/auth/me", headers=headers)).json()["code"] == "session_ended"
    assert (await api.log_in("o@example.test", NEW)).status_code == 401
    back = await admin.patch(user, {"active_to": None}, '"2"')
    assert (back.status_code, (await api.log_in("o@example.test", NEW)).status_code) == (200, 200)
    assert (await admin.patch(user, {"name": "Ö"}, '"1"')).json()["code"] == "stale"
    audited = api.query(
        "select before, after from auth.audit where entity = 'user' and entity_id = %s order by occurred_at, row_txid",
        made.json()["id"],
    )
    before = {"active_to": None, "email": "Oemer@example.test"}
    assert audited[1] == (before, {"active_to": gone, "email": "o@example.test"})
    topics = "select topic, aggregate_version from auth.outbox where aggregate_id = %s order by aggregate_version"
    assert api.query(topics, made.json()["id"]) == [("auth.user_saved.v1", n) for n in (1, 2, 3)]


async def test_a_role_is_given_and_taken_with_effect_at_once(api: Any) -> None:
    admin, anna = await api.caller("admin"), await api.caller("analyst")
    roles = f"/api/auth/users/{anna.user_id}/roles"
    body = {"customer_id": api.customer(), "subject": "x"}
    assert (await anna.post("/api/tickets", body)).json()["code"] == "forbidden"
    assert (await put(admin, roles, {"roles": ["technician"]})).json()["roles"] == ["technician"]
    assert (await anna.post("/api/tickets", body)).status_code == 201
    assert (await put(admin, roles, {"roles": []}, '"1"')).status_code == 200
    assert (await anna.post("/api/tickets", body)).json()["code"] == "forbidden"
    assert (await put(admin, roles, {"roles": ["king"]}, '"2"')).json()["code"] == "unknown_role"
    assert (await put(admin, roles, {"roles": ["portal_user"]}, '"2"')).json()["code"] == "unknown_role"


async def test_the_last_administrator_stays(api: Any) -> None:
    admin = await api.caller("admin")
    mine = f"/api/auth/users/{admin.user_id}"
    assert (await put(admin, f"{mine}/roles", {"roles": ["manager"]})).json()["code"] == "last_administrator"
    assert (await admin.patch(mine, {"active_to": "2020-01-01"}, '"0"')).json()["code"] == "last_administrator"
    second = await api.caller("admin")
    assert (await put(second, f"{mine}/roles", {"roles": ["manager"]})).status_code == 200
    assert (await admin.get("/api/auth/roles")).json()["code"] == "forbidden"


async def test_a_role_says_what_it_gives_and_changes_at_once_for_all_who_hold_it(api: Any) -> None:
    admin, anna = await api.caller("admin"), await api.caller("technician")
    role = await role_named(admin, "technician")
    assert (role["is_shipped"], role["people"], role["changed"]) == (True, 1, [])
    fewer = {name: scope for name, scope in role["permissions"].items() if name != "tickets.ticket.create"}
    given = {"permissions": {**fewer, "tickets.ticket.update": "own"}}
    changed = await put(admin, f"/api/auth/roles/{role['id']}", given)
    assert changed.json()["changed"] == ["tickets.ticket.create", "tickets.ticket.update"]
    me = (await anna.get("/api/auth/me")).json()
    assert ("tickets.ticket.create" in me["permissions"], me["scopes"]["tickets.ticket.update"]) == (False, "own")
    back = await put(admin, f"/api/auth/roles/{role['id']}", {"permissions": role["permissions"]}, '"1"')
    assert back.json()["changed"] == []
    assert api.query("select count(*) from auth.role_permission") == [(0,)]
    for permissions, code in (
        ({"tickets.ticket.fly": "all"}, "unknown_permission"),
        ({"crm.customer.read": "own"}, "unknown_scope"),
    ):
        answer = await put(admin, f"/api/auth/roles/{role['id']}", {"permissions": permissions}, '"2"')
        assert answer.json()["code"] == code
    administrators = await role_named(admin, "admin")
    kept = await put(admin, f"/api/auth/roles/{administrators['id']}", {"permissions": {}})
    assert kept.json()["code"] == "administrator_needs_this"


async def test_a_role_of_ones_own(api: Any) -> None:
    admin, anna = await api.caller("admin"), await api.caller("analyst")
    body = {"name": "night_shift", "description": "Nachtdienst", "permissions": {"tickets.ticket.read": "team"}}
    made = await admin.post("/api/auth/roles", body, key=None)
    assert (made.status_code, made.json()["permissions"]) == (201, {"tickets.ticket.read": "team"})
    assert (await admin.post("/api/auth/roles", body, key=None)).json()["code"] == "role_exists"
    await put(admin, f"/api/auth/users/{anna.user_id}/roles", {"roles": ["night_shift"]})
    role = f"/api/auth/roles/{made.json()['id']}"
    remove = admin.client.delete
    assert (await remove(role, headers=admin.headers)).json()["code"] == "role_in_use"
    await put(admin, f"/api/auth/users/{anna.user_id}/roles", {"roles": []}, '"1"')
    assert (await remove(role, headers=admin.headers)).status_code == 204
    shipped = await role_named(admin, "vcio")
    assert (await remove(f"/api/auth/roles/{shipped['id']}", headers=admin.headers)).json()["code"] == "shipped_role"


async def test_nobody_gives_what_they_may_not_do_themselves(api: Any) -> None:
    admin, lead = await api.caller("admin"), await api.caller("technician")
    body = {"name": "team_lead", "permissions": {"auth.user.manage": "all", "auth.role.manage": "all"}}
    assert (await admin.post("/api/auth/roles", body, key=None)).status_code == 201
    await put(admin, f"/api/auth/users/{lead.user_id}/roles", {"roles": ["technician", "team_lead"]})
    anna = await api.caller("analyst")
    roles = f"/api/auth/users/{anna.user_id}/roles"
    assert (await put(lead, roles, {"roles": ["admin"]})).json()["code"] == "more_than_yours"
    mine = f"/api/auth/users/{lead.user_id}/roles"
    grown = await put(lead, mine, {"roles": ["technician", "team_lead", "finance"]}, '"1"')
    assert grown.json()["code"] == "more_than_yours"
    role = await role_named(admin, "technician")
    more = {"permissions": {**role["permissions"], "crm.contract.read": "all"}}
    assert (await put(lead, f"/api/auth/roles/{role['id']}", more)).json()["code"] == "more_than_yours"
    # what somebody holds already may stay, and what one has oneself can be given
    assert (await put(lead, roles, {"roles": ["analyst", "technician"]})).status_code == 200


async def test_every_permission_says_where_it_comes_from_or_why_not(api: Any) -> None:
    admin, anna = await api.caller("admin"), await api.caller("manager")
    role = await role_named(admin, "analyst")
    less = {name: scope for name, scope in role["permissions"].items() if name != "tickets.note.read"}
    await put(admin, f"/api/auth/roles/{role['id']}", {"permissions": {**less, "tickets.ticket.reply": "own"}})
    await put(admin, f"/api/auth/users/{anna.user_id}/roles", {"roles": ["analyst", "technician"]})
    kern = api.customer()
    rules = {"only": [], "never": [kern]}
    assert (await put(admin, f"/api/auth/users/{anna.user_id}/customers", rules, '"1"')).status_code == 200
    said = (await anna.get("/api/auth/me/permissions")).json()
    assert said == (await admin.get(f"/api/auth/users/{anna.user_id}/permissions")).json()
    assert (said["roles"], said["customers_never"]) == (["analyst", "technician"], [kern])
    items = {item["name"]: item for item in said["items"]}
    assert items["tickets.ticket.reply"]["sources"] == [
        {"role": "technician", "scope": "all", "is_shipped": True},
        {"role": "analyst", "scope": "own", "is_shipped": False},
    ]
    assert (items["tickets.ticket.reply"]["scope"], items["auth.user.manage"]["scope"]) == ("all", None)
    assert items["auth.user.manage"]["given_by"] == ["admin"]
    dashboards = items["reports.dashboard.read"]
    assert (dashboards["scope"], dashboards["is_withheld"]) == (None, True)
    me = (await anna.get("/api/auth/me")).json()
    assert {name for name, item in items.items() if item["scope"]} == set(me["permissions"])


async def test_a_new_link_replaces_no_password_and_is_not_sent_without_end(api: Any) -> None:
    admin = await api.caller("admin")
    anna = await api.caller("technician")
    for _ in range(5):
        assert (await admin.post(f"/api/auth/users/{anna.user_id}/invite", None, key=None)).status_code == 202
    enough = await admin.post(f"/api/auth/users/{anna.user_id}/invite", None, key=None)
    assert enough.json()["code"] == "enough_links"
    assert len(mails(api)) == 5, "somebody who has a password gets a reset"
    assert (await anna.get("/api/auth/me")).status_code == 200
    strange = await admin.post(f"/api/auth/users/{UUID(int=1)}/invite", None, key=None)
    assert strange.status_code == 404
