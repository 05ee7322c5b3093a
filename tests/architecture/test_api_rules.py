"""Every route names its permission and its operation, and the committed description is current."""

import re
from typing import Any

from fastapi.routing import APIRoute
from starlette.routing import Route

from operational.app import EVERY_METHOD, OPENAPI_FILE, create_app, openapi_document
from operational.core.access import SCOPES
from operational.core.roles import SHIPPED
from operational.core.settings import Settings
from operational.services import SERVICES

ROUTES: list[APIRoute] = [
    *(route for service in SERVICES for router in service.routers() for route in router.routes),  # type: ignore[misc]
    *(route for route in create_app(Settings.offline()).router.routes if isinstance(route, APIRoute)),
]
PUBLIC = {
    ("POST", "/api/auth/login"),
    ("POST", "/api/auth/refresh"),
    ("GET", "/api/auth/jwks"),
    ("POST", "/api/auth/browser-session"),
    ("POST", "/api/auth/browser-session/refresh"),
    # checks its own kind of token
    ("GET", "/api/auth/dashboard-session"),
    ("POST", "/api/auth/password-resets"),
    # the second step of a log-in, and log-in by a passkey
    ("POST", "/api/auth/second-factor"),
    ("POST", "/api/auth/second-factor/passkey-options"),
    ("POST", "/api/auth/passkey-login/options"),
    ("POST", "/api/auth/browser-session/second-factor"),
    ("POST", "/api/auth/browser-session/passkey"),
    # the token of the link says who asks
    ("POST", "/api/auth/one-time-links/look"),
    ("POST", "/api/auth/one-time-links/use"),
    # single sign-on: to a provider and back, and what a provider tells, signed by it
    ("GET", "/api/auth/sso/providers"),
    ("GET", "/api/auth/sso/{provider_id}/start"),
    ("GET", "/api/auth/sso/callback"),
    ("POST", "/api/auth/sso/backchannel-logout"),
    ("GET", "/api/health"),
    *((method, "/api/{path:path}") for method in EVERY_METHOD),
}
# what describes the API is public as well
DESCRIPTIONS = {"/api/openapi.json", "/api/docs", "/api/docs/{name}"}
# the dashboards look for this among their reader's permissions; notes are left out of a ticket's events
ASKED_ELSEWHERE = {"reports.dashboard.read", "tickets.note.read"}
OPERATION = re.compile(
    r"(auth|gateway|crm|tickets|billing|projects|assets|reports|vcio|workflows|ai)_"
    r"(list|get|create|update|delete|add|remove|set|assign|refresh|end)_[a-z_]+"
)


def _permission(route: APIRoute) -> list[str]:
    calls = [dependant.call for dependant in route.dependant.dependencies]
    return [call.permission for call in calls if hasattr(call, "permission")]  # type: ignore[union-attr]


def test_every_route_names_exactly_one_permission_that_a_service_declares() -> None:
    declared = {name for service in SERVICES for name in service.permissions}
    assert len(ROUTES) > 20
    for route in ROUTES:
        found = _permission(route)
        assert len(found) == 1, f"{route.path} names {found}; add require(...) or public to its dependencies"
        is_public = all((method, route.path) in PUBLIC for method in route.methods)
        assert found == ["public"] if is_public else found[0] in declared, f"{route.path}: {found}"


def test_no_other_kind_of_route_slips_past_the_permissions() -> None:
    routes = create_app(Settings.offline()).router.routes
    plain = {route.path for route in routes if isinstance(route, Route) and not isinstance(route, APIRoute)}
    assert plain == DESCRIPTIONS


def test_every_permission_is_used_and_given_to_known_roles() -> None:
    used = {name for route in ROUTES for name in _permission(route)}
    for service in SERVICES:
        for name, declared in service.permissions.items():
            assert re.fullmatch(rf"{service.name}\.[a-z_]+\.[a-z_]+", name), name
            assert declared.roles.keys() <= SHIPPED, name
            assert set(declared.roles.values()) <= set(declared.scopes) <= set(SCOPES), name
            assert declared.roles["admin"] == "all", f"an administrator lacks {name}"
            assert name in used | ASKED_ELSEWHERE, f"no route asks for {name}"


def test_operations_are_named_by_service_verb_and_noun_and_unique() -> None:
    document: dict[str, Any] = create_app(Settings.offline()).openapi()
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert [name for name in names if not OPERATION.fullmatch(name)] == []
    assert len(names) == len(set(names)) > 20


def test_every_write_that_changes_a_version_asks_for_it() -> None:
    document: dict[str, Any] = create_app(Settings.offline()).openapi()
    patches = [path["patch"] for path in document["paths"].values() if "patch" in path]
    assert patches
    for operation in patches:
        assert "if-match" in {parameter["name"] for parameter in operation["parameters"]}, operation["operationId"]


def test_the_committed_description_is_current() -> None:
    assert OPENAPI_FILE.read_text(encoding="utf-8") == openapi_document(), (
        "write it anew: python -m operational.app > operational/openapi.json"
    )
