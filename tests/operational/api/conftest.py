"""The whole API in this process, on a real database, with a clock that stands still."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from operational.app import create_app
from operational.auth.keys import ensure_keys
from operational.auth.service.logins import create_login
from operational.core.settings import Settings
from tests.shapes import Shape

PASSWORD = "correct horse battery"


class Clock:
    """A clock the test moves, in every process of the shape."""

    def __init__(self, shape: Shape | None = None) -> None:
        self._shape = shape
        self.now = datetime.now(UTC).replace(microsecond=0)

    @property
    def now(self) -> datetime:
        return self._now

    @now.setter
    def now(self, now: datetime) -> None:
        self._now = now
        if self._shape is not None:
            self._shape.set_clock(now)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Caller:
    """Somebody logged in."""

    client: httpx.AsyncClient
    user_id: UUID
    tokens: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(path, params=params or None, headers=self.headers)

    async def post(
        self, path: str, body: Any, *, key: str | None = "", tag: str | None = None, content: bytes | None = None
    ) -> httpx.Response:
        headers = dict(self.headers)
        if key is not None:
            headers["Idempotency-Key"] = key or uuid4().hex
        if tag is not None:
            headers["If-Match"] = tag
        if content is not None:
            return await self.client.post(path, content=content, headers=headers | {"Content-Type": "application/json"})
        return await self.client.post(path, json=body, headers=headers)

    async def patch(self, path: str, body: Any, tag: str | None) -> httpx.Response:
        return await self.client.patch(
            path, json=body, headers=self.headers | ({"If-Match": tag} if tag is not None else {})
        )


@dataclass
class Api:
    """The app with its clients; `house` is its database."""

    app: FastAPI
    client: httpx.AsyncClient
    house: Any
    clock: Clock
    _numbers: list[int] = field(default_factory=list)

    @property
    def kernel(self) -> Any:
        return self.app.state.kernel

    def add_login(self, email: str, *roles: str, tenant: UUID | None = None) -> UUID:
        with psycopg.connect(self.house.owner) as owner:
            return create_login(owner, tenant or self.house.tenant, email, PASSWORD, name=email, roles=roles)

    async def log_in(self, email: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        return await self.client.post("/api/auth/login", json={"email": email, "password": password, **more})

    async def caller(self, role: str, tenant: UUID | None = None) -> Caller:
        email = f"{role}{len(self._numbers)}@example.test"
        self._numbers.append(1)
        user_id = self.add_login(email, role, tenant=tenant)
        response = await self.log_in(email)
        assert response.status_code == 200, response.text
        return Caller(self.client, user_id, response.json())

    def query(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.house.superuser) as connection:
            return connection.execute(sql, parameters).fetchall()  # type: ignore[arg-type]

    def customer(self, name: str = "Bäckerei Kern", tenant: UUID | None = None) -> str:
        rows = self.query_write(
            "insert into crm.customer (tenant_id, name) values (%s, %s) returning id", tenant or self.house.tenant, name
        )
        return str(rows[0][0])

    def query_write(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.house.owner) as connection:
            return connection.execute(sql, parameters).fetchall()  # type: ignore[arg-type]


def settings_for(house: Any, keys: Path) -> Settings:
    def url(role: str) -> str:
        return house.home.url(role, house.psa)

    return Settings(url("app"), url("login"), url("relay"), url("scheduler"), keys)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "keys"
    ensure_keys(folder)
    return folder


@pytest.fixture
async def api(house: Any, keys_dir: Path, shape: Shape | None) -> AsyncIterator[Api]:
    """The API as somebody outside meets it; `app` is one of this process beside it, for what asks the kernel."""
    clock = Clock(shape)
    settings = settings_for(house, keys_dir)
    if shape is None:
        app = create_app(settings, clock=clock)
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://psa.test")
    else:
        app = create_app(shape.shared(settings), clock=clock)
        client = httpx.AsyncClient(base_url=shape.url)
        shape.use(house, settings)
    async with client:
        yield Api(app, client, house, clock)
    if shape is not None:
        shape.leave()
    await app.state.kernel.close()
