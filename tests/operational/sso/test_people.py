"""Whom a provider's word lets in, as whom, and with which roles."""

import asyncio
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from tests.operational.sso.conftest import Desk, error_of

pytestmark = pytest.mark.anyio
CREATES = {"creates_accounts": True, "default_roles": ["technician"]}


async def attempt(desk: Desk, provider: str, login: str) -> str | None:
    """Why somebody was not let in; None when they were."""
    async with desk.browser() as browser:
        return error_of(await browser.log_in(provider, login))


def account_of(desk: Desk, email: str) -> list[tuple[Any, ...]]:
    """Kind, name and roles of every account with an address."""
    return desk.api.query(
        """select u.kind, u.name, array_agg(r.name order by r.name) filter (where r.name is not null)
           from auth.user_account u left join auth.user_role g on g.user_id = u.id
           left join auth.role r on r.id = g.role_id where u.email = %s group by u.id""",
        email,
    )


def roles_of(desk: Desk, user_id: Any) -> list[str]:
    query = "select r.name from auth.user_role g join auth.role r on r.id = g.role_id where g.user_id = %s order by 1"
    return [row[0] for row in desk.api.query(query, user_id)]


async def test_only_a_verified_address_of_an_allowed_domain_links_or_makes_an_account(desk: Desk) -> None:
    links, creates = await desk.provider(), await desk.provider(**CREATES)
    neither = await desk.provider(link_by_verified_email=False, allowed_domains=[])
    user_id, email = desk.person("technician")
    new = f"{uuid4().hex}@example.test"
    foreign = desk.person("technician", email=f"{uuid4().hex}@elsewhere.test")[1]
    # an address that only looks like one of the domain
    disguised = f"anna@elsewhere.test@{uuid4().hex}.example.test"
    for provider in (links, creates):
        for address, verified, told in (
            (email, False, "email_unverified"),
            (new, False, "email_unverified"),
            (foreign, True, "domain_not_allowed"),
            (disguised, True, "domain_not_allowed"),
            (f"x@sub.{email.partition('@')[2]}", True, "domain_not_allowed"),
            ("no address", True, "email_unverified"),
        ):
            assert await attempt(desk, provider, desk.at_provider(address, verified=verified)) == told, address
    text = desk.openid.add(uuid4().hex[:12], email=email, email_verified="false")
    assert await attempt(desk, links, text) == "email_unverified"
    assert await attempt(desk, links, desk.openid.add(uuid4().hex[:12], name="nameless")) == "email_unverified"
    assert await attempt(desk, links, desk.at_provider(new)) == "no_account"
    assert await attempt(desk, neither, desk.at_provider(email)) == "no_account"
    assert desk.api.query("select id from auth.identity where user_id = %s", user_id) == []
    assert account_of(desk, new) == []
    only_creates = await desk.provider(**CREATES, link_by_verified_email=False)
    assert await attempt(desk, only_creates, desk.at_provider(email)) == "no_account", "that is somebody's account"


async def test_portal_service_and_inactive_accounts_are_never_linked(desk: Desk) -> None:
    provider = await desk.provider(**CREATES)
    past = date(2020, 1, 1)
    for columns, told in (
        ({"kind": "portal"}, "no_account"),
        ({"kind": "service"}, "no_account"),
        ({"active_to": past}, "account_inactive"),
    ):
        user_id, email = desk.person(**columns)
        assert await attempt(desk, provider, desk.at_provider(email)) == told
        assert desk.api.query("select id from auth.identity where user_id = %s", user_id) == []
        assert len(account_of(desk, email)) == 1
    twins = f"{uuid4().hex}@example.test"
    desk.person(email=twins)
    desk.person(email=twins.upper())
    assert await attempt(desk, provider, desk.at_provider(twins)) == "address_ambiguous"


async def test_who_was_let_in_once_is_refused_when_they_have_left_and_nobody_inherits_their_account(desk: Desk) -> None:
    provider = await desk.provider()
    user_id, email = desk.person("technician")
    login = desk.at_provider(email)
    assert await attempt(desk, provider, login) is None
    # the provider has given the address to somebody new
    assert await attempt(desk, provider, desk.at_provider(email)) == "already_linked"
    desk.api.query_write("update auth.user_account set active_to = '2020-01-01' where id = %s returning id", user_id)
    assert await attempt(desk, provider, login) == "account_inactive"
    desk.api.query_write(
        "update auth.user_account set active_to = null, kind = 'portal' where id = %s returning id", user_id
    )
    assert await attempt(desk, provider, login) == "no_account"


async def test_an_account_is_made_once_with_the_roles_of_the_groups(desk: Desk) -> None:
    rules = [{"group": "desk", "role": "dispatcher"}, {"group": "boss", "role": "manager"}]
    provider = await desk.provider(
        preset="keycloak", scopes=["openid", "profile", "email", "groups"], group_roles=rules, **CREATES
    )
    email = f"{uuid4().hex}@example.test"
    login = desk.at_provider(email, groups=["desk", "unknown", 7])
    async with desk.browser() as one, desk.browser() as two:
        backs = [await browser.way_back(provider, login) for browser in (one, two)]
        both = await asyncio.gather(one.desk.get(backs[0]), two.desk.get(backs[1]))
        assert [error_of(answer) for answer in both] == [None, None]
        me = await one.me()
        assert (me["name"], me["email"], me["roles"]) == ("Anna Beck", email, ["dispatcher", "technician"])
    assert account_of(desk, email) == [("staff", "Anna Beck", ["dispatcher", "technician"])]
    told = desk.api.query("select actor_id, after from auth.audit where entity_id = %s and entity = 'user'", me["id"])
    assert [(actor, after["roles"]) for actor, after in told] == [(None, ["dispatcher", "technician"])]
    topics = desk.api.query("select topic from auth.outbox where aggregate_id = %s", me["id"])
    assert topics == [("auth.user_saved.v1",)]
    assert desk.api.query("select linked_by from auth.identity where user_id = %s", me["id"]) == [("created",)]


async def test_without_a_role_from_defaults_or_groups_no_account_is_made(desk: Desk) -> None:
    rules = [{"group": "desk", "role": "technician"}]
    provider = await desk.provider(desk.openid.b, group_roles=rules, groups_claim="groups", **CREATES)
    email = f"{uuid4().hex}@example.test"
    # a role that rules name comes from the groups alone, at the first log-in as at every other
    assert await attempt(desk, provider, desk.at_provider(email, groups=["else"])) == "no_role"
    assert account_of(desk, email) == []


async def test_roles_named_by_rules_follow_the_groups_and_others_stay(desk: Desk) -> None:
    rules = [{"group": "techs", "role": "technician"}, {"group": "leads", "role": "manager"}]
    provider = await desk.provider(
        desk.openid.b, scopes=["openid", "email", "profile"], groups_claim="realm_access.roles", group_roles=rules
    )
    user_id, email = desk.person("finance", "technician")
    login = desk.at_provider(email)
    for groups, expected in (
        (["leads", "techs"], ["finance", "manager", "technician"]),
        (["leads"], ["finance", "manager"]),
        ("techs", ["finance", "technician"]),
        ([], ["finance"]),
    ):
        desk.openid.add(login, email=email, email_verified=True, realm_access={"roles": groups})
        assert await attempt(desk, provider, login) is None
        assert roles_of(desk, user_id) == expected
    changes = desk.api.query(
        "select before -> 'roles', after -> 'roles' from auth.audit where entity_id = %s and entity = 'user'", user_id
    )
    assert (["finance", "technician"], ["finance", "manager", "technician"]) in changes
    assert len(changes) == 4
    ((version,),) = desk.api.query("select version from auth.user_account where id = %s", user_id)
    assert version == 4
    # a claim that is missing means no groups, and too many to tell lets nobody in
    desk.openid.add(login, email=email, email_verified=True)
    assert await attempt(desk, provider, login) is None
    assert roles_of(desk, user_id) == ["finance"]
    wide = await desk.provider(
        desk.openid.b, scopes=["openid", "email", "profile", "groups"], groups_claim="groups", group_roles=rules
    )
    desk.openid.add(login, email=email, email_verified=True, _claim_names={"groups": "src1"})
    assert await attempt(desk, wide, login) == "too_many_groups"


async def test_groups_take_no_role_from_the_last_administrator_and_make_nobody_a_portal_user(desk: Desk) -> None:
    rules = [{"group": "admins", "role": "admin"}]
    provider = await desk.provider(desk.openid.b, groups_claim="groups", group_roles=rules)
    user_id, email = desk.person("admin", "finance")
    login = desk.at_provider(email, groups=[])
    assert await attempt(desk, provider, login) is None
    assert roles_of(desk, user_id) == ["admin", "finance"], "nobody else could log in by a password and put it right"
    desk.api.add_login("second.admin@example.test", "admin")
    assert await attempt(desk, provider, login) is None
    assert roles_of(desk, user_id) == ["finance"]
    desk.api.query_write(
        "update auth.provider_group_role set role_name = 'portal_user' where provider_id = %s returning id", provider
    )
    desk.openid.add(login, email=email, email_verified=True, groups=["admins"])
    assert await attempt(desk, provider, login) is None
    assert roles_of(desk, user_id) == ["finance"]


async def test_entra_names_people_by_object_and_verifies_by_its_own_claim_or_ours(desk: Desk) -> None:
    provider = await desk.provider(desk.openid.b)
    desk.api.query_write("update auth.identity_provider set preset = 'entra' where id = %s returning id", provider)
    _, email = desk.person("technician")
    plain = desk.at_provider(email, oid="object-1")
    assert await attempt(desk, provider, plain) == "email_unverified", "email_verified is nobody's word there"
    desk.openid.add(plain, email=email, oid="object-1", xms_edov="1")
    assert await attempt(desk, provider, plain) is None
    assert desk.api.query("select subject from auth.identity where provider_id = %s", provider) == [("object-1",)]
    # the same person, whom another client of the directory knows by another subject
    again = desk.at_provider("x@elsewhere.test", oid="object-1")
    assert await attempt(desk, provider, again) is None
    assert await attempt(desk, provider, desk.at_provider(email)) == "invalid_answer"
    desk.api.query_write("update auth.identity_provider set trusts_email = true where id = %s returning id", provider)
    _, other = desk.person("technician")
    assert await attempt(desk, provider, desk.at_provider(other, oid="object-2", acct=1)) == "email_unverified", "guest"
    assert await attempt(desk, provider, desk.at_provider(other, oid="object-2", acct=0)) is None
