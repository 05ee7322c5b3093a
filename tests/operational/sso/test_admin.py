"""Administrators set providers up: what is refused, what is never shown, and links made by hand."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from operational.auth.service.ending import HOUSEKEEPING
from operational.core.principal import Principal
from tests.operational.sso.conftest import CALLBACK, DESK, Desk, error_of

pytestmark = pytest.mark.anyio
PATH = "/api/auth/identity-providers"
SECRET = "client-secret-that-nobody-sees"
DIRECTORY = "6babcaad-604b-40ac-a9d7-9fd97c0b779f"


def body(**more: Any) -> dict[str, Any]:
    plain = {
        "name": f"P {uuid4().hex}",
        "preset": "generic",
        "issuer": "https://id.example.org",
        "client_id": uuid4().hex,
    }
    return {**plain, **more}


async def create(desk: Desk, **more: Any) -> httpx.Response:
    return await desk.admin.post(PATH, body(**more), key=None)


async def test_a_provider_is_set_up_changed_and_removed_and_its_secret_never_shown(desk: Desk) -> None:
    made = await create(desk, client_secret=SECRET, name="Firmenkonto")
    one = made.headers["location"]
    assert (made.status_code, made.headers["etag"], made.json()["has_client_secret"]) == (201, '"1"', True)
    assert made.json()["redirect_uri"] == CALLBACK
    assert made.json()["post_logout_redirect_uri"] == f"{DESK}/login"
    assert made.json()["backchannel_logout_uri"] == f"{DESK}/api/auth/sso/backchannel-logout"
    change = {"name": "Konto", "allowed_domains": ["B.example", "a.example"], "client_secret": f"{SECRET}-2"}
    for tag, status in ((None, 428), ('"7"', 412), ('"1"', 200)):
        assert (await desk.admin.patch(one, change, tag)).status_code == status
    assert (await desk.admin.patch(one, {"name": "Konto"}, '"2"')).headers["etag"] == '"2"', "no difference"
    found = await desk.admin.get(one)
    assert (found.json()["allowed_domains"], found.headers["etag"]) == (["a.example", "b.example"], '"2"')
    public = await desk.admin.patch(one, {"client_secret": None}, '"2"')
    assert public.json()["has_client_secret"] is False
    listed = await desk.admin.get(PATH)
    assert "Konto" in [item["name"] for item in listed.json()["items"]]
    # what a new one's set-up asks for is known before there is one
    assert {name: listed.json()[name] for name in ("redirect_uri", "post_logout_redirect_uri")} == {
        "redirect_uri": CALLBACK, "post_logout_redirect_uri": f"{DESK}/login",
    }  # fmt: skip
    audited = desk.api.query(
        "select before::text, after::text, actor_id from auth.audit where entity_id = %s", made.json()["id"]
    )
    assert [actor for _, _, actor in audited] == [desk.admin.user_id] * 3
    everywhere = [made.text, found.text, listed.text, str(audited), str(desk.api.query("select * from auth.audit"))]
    everywhere.append(str(desk.api.query("select client_secret from auth.identity_provider")))
    assert not [text for text in everywhere if SECRET in text]
    headers = {**desk.admin.headers, "If-Match": '"3"'}
    assert (await desk.admin.client.delete(one, headers=headers)).status_code == 204
    assert (await desk.admin.get(one)).status_code == 404
    told = "select aggregate_version, payload->'changed' from auth.outbox where aggregate_id = %s order by 1"
    changed = [names for _, names in desk.api.query(told, made.json()["id"])]
    assert changed[1:] == [["allowed_domains", "has_client_secret", "name"], ["has_client_secret"], ["removed"]]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"issuer": "http://id.example.org"}, "bad_issuer"),
        ({"issuer": "https://user:secret@id.example.org"}, "bad_issuer"),
        ({"issuer": "file:///etc/passwd"}, "bad_issuer"),
        ({"issuer": "https://id.example.org?x=1"}, "bad_issuer"),
        ({"issuer": None}, "bad_issuer"),
        ({"preset": "entra", "issuer": "common"}, "bad_issuer"),
        ({"preset": "entra", "issuer": "https://login.microsoftonline.com/organizations/v2.0"}, "bad_issuer"),
        ({"scopes": ["email"]}, "openid_needed"),
        ({"scopes": ["open id"]}, "invalid_payload"),
        ({"link_by_verified_email": True}, "domains_needed"),
        ({"creates_accounts": True}, "domains_needed"),
        ({"allowed_domains": ["*"]}, "bad_domain"),
        ({"allowed_domains": ["anna@example.org"]}, "bad_domain"),
        ({"default_roles": ["portal_user"]}, "unknown_role"),
        ({"group_roles": [{"group": "x", "role": "nobody_knows"}]}, "unknown_role"),
        ({"preset": "google", "trusts_email": True}, "not_for_preset"),
        ({"is_admin": True}, "invalid_payload"),
    ],
)
async def test_what_cannot_be_is_refused(desk: Desk, given: dict[str, Any], code: str) -> None:
    answer = await create(desk, **given)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_presets_fill_in_what_is_usual(desk: Desk) -> None:
    entra = (await create(desk, preset="entra", issuer=DIRECTORY)).json()
    assert entra["issuer"] == f"https://login.microsoftonline.com/{DIRECTORY}/v2.0"
    assert (entra["scopes"], entra["groups_claim"]) == (["openid", "profile", "email"], "groups")
    google = (await create(desk, preset="google", issuer=None)).json()
    assert (google["issuer"], google["groups_claim"]) == ("https://accounts.google.com", None)
    realm = "https://keycloak.example.org/realms/msp"
    keycloak = (await create(desk, preset="keycloak", issuer=realm, groups_claim="realm_access.roles")).json()
    assert (keycloak["issuer"], keycloak["groups_claim"]) == (realm, "realm_access.roles")
    twice = await create(desk, preset="google", client_id=google["client_id"])
    assert (twice.status_code, twice.json()["code"]) == (409, "provider_known")
    other = await desk.admin.patch(f"{PATH}/{keycloak['id']}", {"name": entra["name"]}, '"1"')
    assert other.json()["code"] == "provider_known"


async def test_nobody_gives_by_a_provider_what_they_do_not_hold(desk: Desk) -> None:
    desk.api.query_write(
        """with made as (insert into auth.role (tenant_id, name) values (%s, 'sso_keeper') returning id, tenant_id)
           insert into auth.role_permission (tenant_id, role_id, permission, scope)
           select tenant_id, id, 'auth.sso.manage', 'all' from made returning id""",
        desk.api.house.tenant,
    )
    keeper = desk.caller("sso_keeper")
    for given in ({"default_roles": ["admin"]}, {"group_roles": [{"group": "x", "role": "admin"}]}):
        refused = await keeper.post(PATH, body(**given), key=None)
        assert (refused.status_code, refused.json()["code"]) == (403, "more_than_yours")
    made = (await create(desk, default_roles=["admin"])).json()
    # what somebody else gave stays, what is new must be one's own
    assert (await keeper.patch(f"{PATH}/{made['id']}", {"name": uuid4().hex}, '"1"')).status_code == 200
    more = {"default_roles": ["admin", "finance"]}
    assert (await keeper.patch(f"{PATH}/{made['id']}", more, '"2"')).status_code == 403


async def test_a_role_a_provider_gives_is_not_removed(desk: Desk) -> None:
    role = await desk.admin.post("/api/auth/roles", {"name": "night_shift", "permissions": {}}, key=None)
    assert role.status_code == 201, role.text
    made = (await create(desk, group_roles=[{"group": "night", "role": "night_shift"}])).json()
    path = f"/api/auth/roles/{role.json()['id']}"
    refused = await desk.admin.client.delete(path, headers=desk.admin.headers)
    assert refused.json()["code"] == "role_in_use"
    assert (await desk.admin.patch(f"{PATH}/{made['id']}", {"group_roles": []}, '"1"')).status_code == 200
    assert (await desk.admin.client.delete(path, headers=desk.admin.headers)).status_code == 204


async def test_the_check_asks_the_provider_and_says_what_is_wrong(desk: Desk) -> None:
    async def problems(provider_id: str) -> list[str]:
        answer = await desk.admin.post(f"{PATH}/{provider_id}/refresh", None, key=None)
        assert answer.status_code == 200, answer.text
        assert answer.json()["is_usable"] is (answer.json()["problems"] == [])
        codes.append([one["code"] for one in answer.json()["problems"]])
        return [one["detail"] for one in answer.json()["problems"]]

    codes: list[list[str]] = []
    assert await problems(await desk.provider()) == []
    lacking = await desk.provider(
        scopes=["openid", "nonsense"], group_roles=[{"group": "x", "role": "technician"}], groups_claim=None
    )
    scope, groups = await problems(lacking)
    assert ("nonsense" in scope, "no claim" in groups) == (True, True)
    for issuer, said in (
        ("http://127.0.0.1:1", "cannot be reached"),
        (desk.openid.a.replace("127.0.0.1", "localhost"), "PSA_INTERNAL_HOSTS"),
        (f"{desk.openid.a}/", "calls itself"),
        (f"{desk.openid.a}/nowhere", "answered 404"),
    ):
        (problem,) = await problems(await desk.provider(issuer, ("x", uuid4().hex)))
        assert said in problem, problem
    assert codes == [
        [], ["scope_not_offered", "no_groups_claim"], ["provider_unavailable"], ["provider_misconfigured"],
        ["provider_misconfigured"], ["provider_unavailable"],
    ]  # fmt: skip
    assert (await desk.admin.post(f"{PATH}/{uuid4()}/refresh", None, key=None)).status_code == 404


async def test_an_administrator_links_by_hand_and_takes_links_away(desk: Desk) -> None:
    provider = await desk.provider(link_by_verified_email=False, allowed_domains=[])
    user_id, _ = desk.person("technician")
    path = f"/api/auth/users/{user_id}/identities"
    login = desk.at_provider("somebody@elsewhere.test", verified=False)
    given = {"provider_id": provider, "subject": login}
    linked = await desk.admin.post(path, given, key=None)
    assert (linked.status_code, linked.json()["linked_by"]) == (201, "administrator")
    assert (await desk.admin.get(f"{PATH}/{provider}")).json()["people"] == 1
    async with desk.browser() as browser:
        assert error_of(await browser.log_in(provider, login)) is None
        assert (await browser.me())["id"] == str(user_id)
    other, portal = desk.person()[0], desk.person(kind="portal")[0]
    for who, what, told in (
        (user_id, {**given, "subject": "more"}, (409, "already_linked")),
        (other, given, (409, "subject_linked")),
        (portal, {**given, "subject": "p"}, (409, "not_staff")),
        (other, {**given, "provider_id": str(uuid4())}, (422, "unknown_provider")),
        (uuid4(), given, (404, "not_found")),
    ):
        answer = await desk.admin.post(f"/api/auth/users/{who}/identities", what, key=None)
        assert (answer.status_code, answer.json()["code"]) == told
    # another issuer's subjects would be other people
    moved = await desk.admin.patch(f"{PATH}/{provider}", {"issuer": desk.openid.b}, '"1"')
    assert (moved.status_code, moved.json()["code"]) == (409, "provider_in_use")
    one = f"{path}/{linked.json()['id']}"
    assert (await desk.admin.client.delete(one, headers=desk.admin.headers)).status_code == 204
    assert (await desk.admin.client.delete(one, headers=desk.admin.headers)).status_code == 404
    assert (await desk.admin.get(path)).json() == {"items": []}
    async with desk.browser() as browser:
        assert error_of(await browser.log_in(provider, login)) == "no_account"


async def test_housekeeping_forgets_what_has_served(desk: Desk) -> None:
    provider = await desk.provider()
    login = desk.at_provider(desk.person("technician")[1])
    async with desk.browser() as browser:
        await browser.start(provider)
        assert error_of(await browser.log_in(provider, login)) is None
    query = "select count(*) from auth.sso_state union all select count(*) from auth.sso_session"
    assert [count for (count,) in desk.api.query(query)] != [0, 0]
    desk.api.clock.advance(days=15)
    async with desk.api.kernel.database.transaction(Principal(desk.api.house.tenant)) as work:
        await HOUSEKEEPING.handler(work)
    assert [count for (count,) in desk.api.query(query)] == [0, 0]
