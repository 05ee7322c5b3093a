"""Serves the built web UI: its files, and its start page for every address the UI has a view for."""

import html
import secrets
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from operational.core.errors import Problem
from operational.core.files import ASK_AGAIN, FOR_EVER, read, respond, wants_page

DIST = Path(__file__).parent / "dist"
START = "index.html"
# Vite names these by their content
ASSETS = "assets"
NOT_BUILT = "the web UI is not built; run `make setup`"
NONCE = "__CSP_NONCE__"


def policy(nonce: str) -> str:
    """The content security policy of the start page: our own files, and inline only what bears the nonce."""
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' 'nonce-{nonce}'",
        "style-src": f"'self' 'nonce-{nonce}'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


@dataclass(frozen=True)
class Site:
    """The web UI as an ASGI app; `issuer` and `dashboards_url` are what its pages know of this installation."""

    dist: Path
    issuer: str
    dashboards_url: str | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await WebSocketClose()(scope, receive, send)
            return
        request = Request(scope, receive)
        if request.method not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        try:
            response = await run_in_threadpool(self._answer, request)
        except FileNotFoundError:
            # it is being built anew
            response = _not_built(request)
        await response(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        path = request.scope["path"].lstrip("/")
        if not (self.dist / START).is_file():
            return _not_built(request)
        file = None if path in ("", START) else self._file(path)
        if file is not None:
            is_named_by_content = file.parent == self.dist.resolve() / ASSETS
            return respond(request, file, FOR_EVER if is_named_by_content else ASK_AGAIN)
        first = path.partition("/")[0]
        if first in ("api", ASSETS) or not (path in ("", START) or wants_page(request)):
            raise HTTPException(404)
        return self._start_page()

    def _file(self, path: str) -> Path | None:
        """The file of that name inside dist; None where there is none, or it lies outside or is hidden."""
        if "\x00" in path or "\\" in path or any(part.startswith(".") for part in path.split("/")):
            return None
        root = self.dist.resolve()
        found = (root / path).resolve()
        try:
            return found if found.is_relative_to(root) and found.is_file() else None
        except OSError:
            # such as a name longer than any file's
            return None

    def _start_page(self) -> Response:
        nonce = secrets.token_urlsafe(18)
        page = read(self.dist / START, compressed=False).body.decode()
        for placeholder, value in (
            (NONCE, nonce),
            ("__PSA_ISSUER__", self.issuer),
            ("__PSA_DASHBOARDS_URL__", self.dashboards_url or ""),
        ):
            page = page.replace(placeholder, html.escape(value))
        headers = {"Content-Security-Policy": policy(nonce), "Cache-Control": "no-store", "Vary": "Accept"}
        return HTMLResponse(page, headers=headers)


def _not_built(request: Request) -> Response:
    if wants_page(request):
        return PlainTextResponse(f"{NOT_BUILT}\n", 503)
    raise Problem(503, "web_not_built", NOT_BUILT)
