"""Every operation of the API against every kind of caller: whoever may not is refused, whoever may is served.

The operations, the bodies and the permissions come from the app itself, so that a new route is covered by itself.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import psycopg
import pytest

from operational.app import create_app, permissions_of
from operational.core.roles import PORTAL_USER, SHIPPED
from operational.core.settings import Settings
from operational.services import SERVICES
from tests.contract.conftest import Asker, World, log_in, make_portal_user
from tests.contract.described import Operation, Request, Values, operations, routes_of
from tests.statements import statements_seen

# every line they reach is reached by the services' own tests, so that they need not be traced for coverage
pytestmark = [pytest.mark.anyio, pytest.mark.untraced]
# a route that joins them is open to the world
PUBLIC = {
    "GET /api/health",
    "GET /api/auth/jwks",
    "POST /api/auth/login",
    "POST /api/auth/refresh",
    "POST /api/auth/browser-session",
    "POST /api/auth/browser-session/refresh",
    "POST /api/auth/password-resets",
    # the token of a link says who asks
    "POST /api/auth/one-time-links/look",
    "POST /api/auth/one-time-links/use",
    "POST /api/auth/second-factor",
    "POST /api/auth/second-factor/passkey-options",
    "POST /api/auth/passkey-login/options",
    "POST /api/auth/browser-session/second-factor",
    "POST /api/auth/browser-session/passkey",
    # to a provider and back, and what a provider tells, signed by it
    "GET /api/auth/sso/providers",
    "GET /api/auth/sso/{provider_id}/start",
    "GET /api/auth/sso/callback",
    "POST /api/auth/sso/backchannel-logout",
    # checks the dashboards' own kind of token
    "GET /api/auth/dashboard-session",
}
# finds nothing for who is a contact of nobody
PORTAL_ONLY = "PUT /api/auth/portal/customer"
# what is right and still no more than this without a device, which test_second_factors.py has, or without a provider,
# which tests/operational/sso has
WITHOUT_DEVICE = {
    "POST /api/auth/second-factor": (401, "login_over"),
    "POST /api/auth/second-factor/passkey-options": (401, "login_over"),
    "POST /api/auth/browser-session/second-factor": (401, "login_over"),
    "POST /api/auth/browser-session/passkey": (422, "passkey_refused"),
    "GET /api/auth/sso/{provider_id}/start": (303, None),
    "GET /api/auth/sso/callback": (303, None),
    "POST /api/auth/sso/backchannel-logout": (400, "invalid_logout_token"),
    "POST /api/auth/second-factors/totp/confirm": (422, "wrong_code"),
    "POST /api/auth/second-factors/totp/remove": (204, None),
    "POST /api/auth/second-factors/passkeys": (422, "passkey_refused"),
    "POST /api/auth/second-factors/passkeys/{passkey_id}/remove": (404, "not_found"),
}
UNDESCRIBED = {"get_unknown"}
NOBODY = Asker("nobody", {})
# these houses have no warehouse, and the answer says so
NO_WAREHOUSE = (503, "warehouse_unavailable")
SAFE = {"GET", "HEAD", "OPTIONS"}


def code(answer: httpx.Response) -> str | None:
    """The code of a problem."""
    is_problem = answer.headers.get("content-type", "").startswith("application/problem+json")
    return answer.json().get("code") if is_problem else None


def said(asker: Asker, operation: Operation, answer: httpx.Response, expected: object) -> str:
    """A deviation in words."""
    return f"{asker.name}: {operation} answered {answer.status_code} {code(answer) or ''}, expected {expected}"


def expect_none(deviations: Sequence[str]) -> None:
    """Fail with every deviation, which pytest would shorten."""
    assert not deviations, "\n".join(deviations)


def failed(answer: httpx.Response) -> bool:
    """Whether the server has failed, which no request may make it do."""
    return answer.status_code >= 500 and (answer.status_code, code(answer)) != NO_WAREHOUSE


def served(answer: httpx.Response) -> bool:
    """Whether a request did what it is for, as far as the house has it."""
    return answer.is_success or (answer.status_code, code(answer)) == NO_WAREHOUSE


def is_public(operation: Operation) -> bool:
    """Whether everybody may call it."""
    return operation.permission == "public"


async def refusals(
    world: World, askers: Sequence[Asker], status: int, refusal: str, but: frozenset[str] = frozenset()
) -> list[str]:
    """Where these askers are not refused with this, and what their requests have changed; `but` are other methods."""
    values = world.values(world.a)
    before = world.rows(world.a)
    found = []
    for operation in world.operations:
        if is_public(operation) or operation.method in but:
            continue
        request = operation.request(values)
        for asker in askers:
            answer = await world.ask(asker, request)
            if (answer.status_code, code(answer)) != (status, refusal):
                found.append(said(asker, operation, answer, f"{status} {refusal}"))
            found += [f"{asker.name}: {operation} tells {what}" for what in world.traces(world.a, answer)]
    return found + changes(world, before)


def changes(world: World, before: dict[str, tuple[int, str]]) -> list[str]:
    """The tables in which something of A has changed."""
    after = world.rows(world.a)
    assert len(before) > 30
    return [f"{table} had {before[table]}, has {after[table]}" for table in before if before[table] != after[table]]


async def public_answers(world: World, asker: Asker) -> list[str]:
    """Where somebody is refused, or the server fails, at what is open to everybody."""
    found = []
    for operation in filter(is_public, world.operations):
        values = world.values(world.a, email=f"{world.a.marker}.admin@example.test")
        answer = await world.ask(asker, operation.request(values))
        # these two look for a token of their own
        own = {"POST /api/auth/browser-session/refresh", "GET /api/auth/dashboard-session"}
        refused_right = (answer.status_code, code(answer)) == WITHOUT_DEVICE.get(str(operation))
        if not (answer.is_success or refused_right or (answer.status_code == 401 and str(operation) in own)):
            found.append(said(asker, operation, answer, "2xx"))
    return found


def test_what_is_open_to_everybody_is_listed_here_and_every_route_is_described() -> None:
    app = create_app(Settings.offline())
    described = operations(app)
    assert {str(operation) for operation in described if is_public(operation)} == PUBLIC
    hidden = {route.name for route in routes_of(app.router) if not route.include_in_schema}
    assert hidden == UNDESCRIBED
    assert len(described) > 40


def test_a_route_with_a_parameter_nobody_knows_is_told_of() -> None:
    described = operations(create_app(Settings.offline()))
    (operation,) = [one for one in described if str(one) == "GET /api/crm/sites/{site_id}"]
    with pytest.raises(AssertionError, match="no id known for site_id"):
        operation.request(Values({}, {}))


async def test_nobody_gets_in_without_a_token_or_with_a_wrong_one(world: World) -> None:
    expect_none(await refusals(world, [NOBODY], 401, "login_required"))
    expect_none(await public_answers(world, NOBODY))
    email = f"{world.a.marker}.admin@example.test"
    login = next(one for one in world.operations if str(one) == "POST /api/auth/browser-session")
    answer = await world.ask(NOBODY, login.request(world.values(world.a, email=email)))
    dashboards = answer.cookies[world.api.kernel.verifier.cookies.dashboards]
    head, payload, _ = world.a.admin.headers["Authorization"].split(".")
    askers = [
        Asker("dashboards' token", {"Authorization": f"Bearer {dashboards}"}),
        Asker("forged token", {"Authorization": f"{head}.{payload}.{'A' * 86}"}),
    ]
    expect_none(await refusals(world, askers, 401, "invalid_token"))
    world.api.clock.advance(minutes=16)
    expect_none(await refusals(world, [replace(world.a.admin, name="expired token")], 401, "invalid_token"))


async def test_a_token_of_a_session_that_has_ended_opens_nothing(world: World) -> None:
    email = f"{world.a.marker}.admin@example.test"
    tokens = (await world.api.log_in(email)).json()
    ended = Asker("ended session", {"Authorization": f"Bearer {tokens['access_token']}"})
    me = Request("GET", "/api/auth/me", {}, None)
    assert (await world.ask(ended, me)).status_code == 200
    body = {"refresh_token": tokens["refresh_token"]}
    assert (await world.ask(ended, Request("POST", "/api/auth/logout", {}, body))).status_code == 204
    expect_none(await refusals(world, [ended], 401, "session_ended"))
    expect_none(await public_answers(world, ended))
    assert (await world.ask(world.a.admin, me)).status_code == 200


async def test_a_cookie_that_another_page_makes_a_browser_send_changes_nothing(world: World) -> None:
    token = world.a.admin.headers["Authorization"].removeprefix("Bearer ")
    cookie = f"{world.api.kernel.verifier.cookies.access}={token}"
    askers = [
        Asker("cookie alone", {"Cookie": cookie}),
        Asker("cookie with a guess", {"Cookie": cookie, "X-CSRF-Token": "guess"}),
    ]
    expect_none(await refusals(world, askers, 403, "csrf_refused", but=frozenset(SAFE)))


async def test_every_role_is_served_where_it_may_and_refused_everywhere_else(world: World) -> None:
    defaults = permissions_of(SERVICES)
    found = []
    for role in sorted(SHIPPED):
        asker = await log_in(world.api, world.a.tenant, role, f"{role}.matrix")
        if role == PORTAL_USER:
            make_portal_user(world.api, world.a, asker)
        for operation in world.operations:
            if is_public(operation):
                continue
            may = role in defaults[operation.permission].roles
            answer = await world.ask_as_meant(world.a, asker, operation, world.values(world.a, asker))
            if str(operation) == PORTAL_ONLY and role != PORTAL_USER:
                right = answer.status_code == 404
            elif str(operation) in WITHOUT_DEVICE:
                right = (answer.status_code, code(answer)) == WITHOUT_DEVICE[str(operation)]
            else:
                right = served(answer)
            if may and not right:
                found.append(said(asker, operation, answer, "2xx"))
            if not may and (answer.status_code, code(answer)) != (403, "forbidden"):
                found.append(said(asker, operation, answer, "403 forbidden"))
    # the roles are no different there, and every log-in costs time
    expect_none(found + await public_answers(world, asker))


CONDITION = re.compile(r"(?:(\w+)\.)?(?:\w+\.)?tenant_id = %\(\w+\)s(?:::UUID)?")


@contextmanager
def tenants_forgotten() -> Iterator[dict[str, Any]]:
    """Take the condition on the tenant from every statement of the app; counts what is taken."""
    removed: dict[str, Any] = {"statements": 0, "schemas": set()}

    def without(cursor: psycopg.AsyncCursor[Any], statement: str) -> str:
        found = CONDITION.findall(statement)
        if found and cursor.connection.info.user == "psa_app":
            removed["statements"] += 1
            removed["schemas"] |= {schema for schema in found if schema} | set(re.findall(r"\b(core)\.", statement))
            statement = CONDITION.sub("true", statement)
            assert "tenant_id = %" not in statement
        return statement

    with statements_seen(without):
        yield removed


def strangers_requests(operation: Operation, own: Values, foreign: Values) -> Iterator[tuple[Request, set[int] | None]]:
    """What somebody of B may try with ids of A, with the answers that are right; None is any that tells nothing."""
    plain = operation.request(own)
    there = operation.request(foreign, filters=True)
    in_body = set(operation.ids_in_body()) & set(there.body or {})
    if there != plain:
        yield there, {404} if operation.ids_in_path() else {404, 422} if in_body else None
    for field in operation.ids_in_body():
        yield replace(plain, body={**plain.body, field: foreign.id(field)}), {404, 422}


async def intrusions(world: World) -> list[str]:
    """What somebody of B gets or changes with ids of A, and where the answer is none of the right ones."""
    found: list[str] = []
    foreign = world.values(world.a)
    stranger = replace(world.b.admin, name="admin of B")
    before = world.rows(world.a)
    for operation in world.operations:
        if is_public(operation):
            continue
        for request, right in strangers_requests(operation, world.values(world.b, stranger), foreign):
            answer = await world.ask(stranger, request)
            if failed(answer) or (right is not None and answer.status_code not in right):
                found.append(said(stranger, operation, answer, right) + f" to {request}")
            found += [f"{operation} tells {what} of A" for what in world.traces(world.a, answer)]
    return found + changes(world, before)


async def test_somebody_of_another_company_reads_and_changes_nothing(world: World) -> None:
    found = await intrusions(world)
    stranger = replace(world.b.admin, name="admin of B")
    before = world.rows(world.a)
    for operation in world.operations:
        if is_public(operation):
            continue
        # the same with ids of one's own is served: it was the ids that were refused
        answer = await world.ask_as_meant(world.b, stranger, operation, world.values(world.b, stranger))
        if not served(answer) and str(operation) not in {PORTAL_ONLY, *WITHOUT_DEVICE}:
            found.append(said(stranger, operation, answer, "2xx"))
        found += [f"{operation} tells {what} of A" for what in world.traces(world.a, answer)]
    expect_none(found + changes(world, before))


async def test_the_database_alone_keeps_companies_apart_when_no_query_does(world: World) -> None:
    with tenants_forgotten() as removed:
        found = await intrusions(world)
    # the condition is in the statements of every service; without this the test would prove nothing
    assert removed["statements"] > 100
    assert removed["schemas"] >= {"auth", "core", "crm", "tickets"}
    expect_none(found)


async def test_what_is_looked_for_would_be_seen(world: World) -> None:
    silent, changed = [], world.rows(world.a)
    for operation in world.operations:
        if operation.method == "GET" and operation.ids_in_path() and not is_public(operation):
            answer = await world.ask(world.a.admin, operation.request(world.values(world.a)))
            if not (answer.is_success and set(world.traces(world.a, answer)) >= {"marker"}):
                silent.append(said(world.a.admin, operation, answer, "something of A"))
    expect_none(silent)
    # what was made for the requests is seen as changes
    made = {
        "session",
        "refresh_token",
        "user_account",
        "role",
        "one_time_link",
        "totp",
        "api_key",
        "identity_provider",
        "identity",
    }
    assert {line.split()[0] for line in changes(world, changed)} == {
        *(f"auth.{table}" for table in made), "core.mail_message", "core.job_state", "core.parked_event",
    }  # fmt: skip
