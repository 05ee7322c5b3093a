"""Puts services together: the whole house in one process, or some services of it."""

import json
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Match

from operational.auth.keys import ensure_keys
from operational.core import errors
from operational.core.access import Permission
from operational.core.apidocs import add_docs
from operational.core.db import Clock, Database, Facade, utc_now
from operational.core.edge import EdgeMiddleware
from operational.core.headers import SecurityHeadersMiddleware
from operational.core.jobs import Job, JobQueue
from operational.core.kernel import Kernel
from operational.core.limits import Limits
from operational.core.live import LiveHub
from operational.core.module import ServiceModule
from operational.core.outgoing import Outgoing
from operational.core.parties import Parties
from operational.core.peers import PeerClient, peer_router
from operational.core.requests import RequestMiddleware
from operational.core.revocations import Revocations
from operational.core.security import TokenVerifier, public
from operational.core.service_tokens import ServiceTokens
from operational.core.settings import Settings
from operational.core.token_keys import FolderKeys, RemoteKeys, TokenKeys
from operational.core.warehouse import Warehouse
from operational.services import PERSONAL, SERVICES
from operational.web.site import Site

OPENAPI_FILE = Path(__file__).parent / "openapi.json"
EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class HealthOut(BaseModel):
    """The process answers, and so does its database."""

    status: str


def facades_of(services: Iterable[ServiceModule]) -> dict[type, Facade]:
    """What the services answer each other, by Protocol."""
    return {protocol: facade for service in services for protocol, facade in service.facades.items()}


def jobs_of(services: Iterable[ServiceModule]) -> list[Job]:
    """Every background job."""
    return [job for service in services for job in service.jobs]


def permissions_of(services: Iterable[ServiceModule]) -> Mapping[str, Permission]:
    """Every permission by name."""
    return {name: declared for service in services for name, declared in service.permissions.items()}


def make_kernel(
    settings: Settings, services: Iterable[ServiceModule], clock: Clock = utc_now, name: str | None = None
) -> Kernel:
    """Everything one process shares; opens no connection yet.

    `name` is the process's to other services. Raises ValueError where a service that runs elsewhere has no address.
    """
    modules = tuple(services)
    here = {module.name for module in modules}
    peers = None if settings.peers is None else PeerClient(settings.peers, name or "+".join(sorted(here)), clock)
    facades = facades_of(modules)
    if peers is not None:
        facades = {**peers.facades(module for module in SERVICES if module.name not in here), **facades}
    database = Database(settings.database_url, clock=clock, pool_size=settings.pool_size, facades=facades)
    # a role means the same in every process, whichever services run in it
    permissions = permissions_of(SERVICES)
    parties = Parties(database, permissions)
    return Kernel(
        settings=settings,
        clock=clock,
        database=database,
        logins=None if settings.login_url is None else Database(settings.login_url, clock=clock, pool_size=2),
        verifier=TokenVerifier(_token_keys(settings, here), settings.issuer, clock),
        live=LiveHub(settings.database_url),
        parties=parties,
        peers=peers,
        revocations=Revocations(timedelta(seconds=settings.access_seconds), parties.forget),
        warehouse=Warehouse(settings.serving_url, clock),
        outgoing=Outgoing(settings.internal_hosts, clock),
        jobs=JobQueue(jobs_of(modules), settings.scheduler_url, database),
        permissions=permissions,
        limits=Limits(settings.rates, settings.redis_url),
        schedules={job.name: job.cron for job in jobs_of(SERVICES)},
        heard_by={module.name: module.heard_by for module in SERVICES if module.heard_by is not None},
        personal=PERSONAL,
    )


def _token_keys(settings: Settings, here: Collection[str]) -> TokenKeys:
    if "auth" in here or settings.peers is None or "auth" not in settings.peers.addresses:
        return FolderKeys(settings.keys_dir)
    return RemoteKeys(settings.peers.addresses["auth"])


def create_app(
    settings: Settings,
    services: Iterable[ServiceModule] = SERVICES,
    *,
    clock: Clock = utc_now,
    web: Path | None = None,
) -> FastAPI:
    """The app of these services; single-service apps come from the same code.

    `web` is the folder of the built web UI, which the app of the whole house serves.
    """
    modules = tuple(services)
    kernel = make_kernel(settings, modules, clock)

    app = FastAPI(
        title="PSA-Platform",
        version="1",
        description="The desk of a managed service provider. Errors are RFC 9457 problems with a stable `code`.",
        lifespan=_lifespan(kernel, has_keys=any(module.name == "auth" for module in modules)),
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        responses=errors.RESPONSES,
    )
    app.state.kernel = kernel
    _add_middleware(app, kernel)
    errors.install(app)
    _add_health(app, kernel)
    _add_routers(app, kernel, modules)
    add_docs(app, settings.issuer)
    _add_unknown(app)
    if web is not None:
        app.mount("/", Site(web, settings.issuer, settings.dashboards_url))
    here = {module.name for module in modules}
    is_door = "gateway" in here and here < {module.name for module in SERVICES}
    app.openapi = _whole_house if is_door else _openapi(app, app.openapi)  # type: ignore[method-assign]
    return app


def _add_middleware(app: FastAPI, kernel: Kernel) -> None:
    settings = kernel.settings
    app.add_middleware(EdgeMiddleware, limits=kernel.limits, largest_body=settings.largest_body)
    app.add_middleware(RequestMiddleware)
    if settings.cors_origins:
        # no cookies: a page elsewhere brings a token of its own
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.cors_origins, allow_methods=EVERY_METHOD,
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match"],
            expose_headers=["ETag", "Location", "Retry-After", "X-Request-Id"],
        )  # fmt: skip
    # the last one added is the outermost
    app.add_middleware(SecurityHeadersMiddleware)


def _add_routers(app: FastAPI, kernel: Kernel, modules: Iterable[ServiceModule]) -> None:
    peers = kernel.settings.peers
    for module in modules:
        for router in module.routers():
            app.include_router(router)
        if peers is not None and module.facades:
            app.include_router(peer_router(module, kernel.database, ServiceTokens(peers.secret, kernel.clock)))


def _lifespan(kernel: Kernel, *, has_keys: bool) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if has_keys:
            ensure_keys(kernel.settings.keys_dir)
        # ends the start where a role passes row security; a database that is away may come later
        for database in (kernel.database, kernel.logins):
            if database is not None:
                await database.answers()
        yield
        await kernel.close()

    return lifespan


def openapi_document() -> str:
    """The API's description as it is committed in `openapi.json`."""
    return json.dumps(create_app(Settings.offline()).openapi(), indent=1, sort_keys=True) + "\n"


def _operation_id(route: APIRoute) -> str:
    return f"{route.tags[0]}_{route.name}"


def _add_health(app: FastAPI, kernel: Kernel) -> None:
    @app.get("/api/health", tags=["gateway"], dependencies=[public])
    async def get_health() -> HealthOut:
        """Whether this process and its database answer."""
        if not await kernel.database.answers():
            raise errors.database_away()
        return HealthOut(status="ok")


def _add_unknown(app: FastAPI) -> None:
    known = list(app.router.routes)

    # without this the web UI's fallback would answer unknown addresses with its start page
    @app.api_route(
        "/api/{path:path}", methods=EVERY_METHOD, include_in_schema=False, tags=["gateway"], dependencies=[public]
    )
    async def get_unknown(request: Request) -> None:
        """404, or 405 where another method would have been right."""
        other_method = any(route.matches(request.scope)[0] is Match.PARTIAL for route in known)
        raise HTTPException(405 if other_method else 404)


def _whole_house() -> dict[str, Any]:
    """The description of every service, for the one that has the page for it."""
    whole: dict[str, Any] = json.loads(OPENAPI_FILE.read_text(encoding="utf-8"))
    return whole


def _openapi(app: FastAPI, make: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = make()
            schema.setdefault("components", {}).setdefault("schemas", {})["ProblemOut"] = (
                errors.ProblemOut.model_json_schema()
            )
        return app.openapi_schema or {}

    return document


if __name__ == "__main__":
    print(openapi_document(), end="")
