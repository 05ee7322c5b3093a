"""Pages against a real warehouse; only the answer to "who looks?" is made up."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboards import session
from dashboards.data.warehouse import Scope

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
DESK = "http://desk.test"


@dataclass
class Sessions:
    """An API that knows who holds which token."""

    url: str
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def add(self, token: str, tenant: UUID, *permissions: str, locale: str = "de", role: str = "manager") -> None:
        self.known[token] = {
            "name": token, "tenant_id": str(tenant), "tenant_name": "x", "locale": locale, "roles": [role],
            "permissions": list(permissions),
        }  # fmt: skip


@pytest.fixture
def sessions() -> Iterator[Sessions]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            token = (self.headers["Authorization"] or "").removeprefix("Bearer ")
            found.asked.append(f"{self.path} {token}")
            me = found.known.get(token)
            body = json.dumps(me or {"code": "session_ended"}).encode()
            self.send_response(200 if me else 401)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Sessions(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    st.cache_data.clear()
    yield found
    server.shutdown()
    server.server_close()


@dataclass
class Browser:
    """Opens pages with a cookie."""

    monkeypatch: pytest.MonkeyPatch

    def open(self, token: str | None, page: str | None = None, **address: str) -> AppTest:
        self.monkeypatch.setattr(session, "cookie", lambda name: token if name == "psa-test_dashboards" else None)
        app = AppTest.from_file(str(APP), default_timeout=30)
        for name, value in address.items():
            app.query_params[name] = value
        app.run()
        if page:
            app.switch_page(f"views/{page}.py")
            for name, value in address.items():
                app.query_params[name] = value
            app.run()
        assert not app.exception
        return app


@pytest.fixture
def browser(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Browser]:
    """A browser for the warehouse behind a URL."""

    def of(serving: str) -> Browser:
        for name, value in {
            "PSA_SERVING_URL": serving, "PSA_API_URL": sessions.url, "PSA_PUBLIC_URL": DESK, "PSA_ISSUER": "psa-test",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        return Browser(monkeypatch)

    return of


def scope_of(house: Any, batch: int = 1) -> Scope:
    return Scope(house.serving, house.tenant, ("manager",), batch)


def table(app: AppTest, *columns: str) -> Any:
    """The last table on a page that has these columns."""
    return next(one.value for one in reversed(app.dataframe) if set(columns) <= set(one.value.columns))


def words(app: AppTest) -> str:
    """Everything a page says in running text."""
    parts = [*app.markdown, *app.caption, *app.warning, *app.info, *app.header, *app.title, *app.subheader, *app.error]
    return "\n".join(str(part.value) for part in parts)
