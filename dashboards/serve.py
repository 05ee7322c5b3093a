"""`python -m dashboards.serve --port N`: the dashboards on this machine, configured by the environment alone."""

import argparse
import os
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.settings import Settings
from dashboards.shell import shell
from dashboards.theme import FONT_URL, streamlit_theme
from dashboards.ui.site import PAGES

SCRIPT = Path(__file__).parent / "app.py"
FONT = "Inter[opsz,wght].ttf"
# what a page may load: this server alone, whatever Streamlit or a library would like to fetch
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


class SafeHeaders:
    """Adds the headers above to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message.get("headers", []), *added]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def options(port: int) -> dict[str, Any]:
    """Streamlit's options; nothing is left to a file in the working directory or the user's home."""
    return {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": True,
        "server.showEmailPrompt": False,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.enableXsrfProtection": True,
        "server.maxUploadSize": 1,
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.showSidebarNavigation": False,
        # a table's own download takes text for formulas; ours does not
        "client.disableDataExport": True,
        "runner.magicEnabled": False,
        "logger.level": "warning",
        **streamlit_theme(),
    }


async def _font(_: Request) -> FileResponse:
    path = Path(str(files("fontpkg_inter") / "files" / FONT))
    return FileResponse(path, media_type="font/ttf", headers={"cache-control": "public, max-age=604800"})


async def _shell(request: Request) -> HTMLResponse:
    text = shell(request.query_params.get("lang"), request.headers.get("accept-language", ""))
    return HTMLResponse(text, headers={"cache-control": "no-cache", "vary": "Accept-Language"})


def app() -> st.App:
    """The pages with the document they are drawn into, and the font beside them."""
    routes = [Route(FONT_URL, _font), *(Route(path, _shell) for path in ("/", *(f"/{name}" for name in PAGES)))]
    return st.App(SCRIPT, routes=routes, middleware=[Middleware(SafeHeaders)])


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m dashboards.serve", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    try:
        Settings.from_env()
    except ValueError as error:
        parser.exit(2, f"dashboards: {error}\n")
    for name in [name for name in os.environ if re.match("STREAMLIT_", name)]:
        del os.environ[name]
    app().run(config=options(port))


if __name__ == "__main__":
    main()
