"""The page `/api/docs`: Swagger UI with files of our own, nothing from elsewhere, nothing inline."""

import html
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from operational.core.files import ASK_AGAIN, respond

HERE = Path(__file__).parent
SWAGGER = Path(str(files("fastapi_offline"))) / "static"
FILES = {
    "swagger-ui.css": SWAGGER / "swagger-ui.css",
    "swagger-ui-bundle.js": SWAGGER / "swagger-ui-bundle.js",
    "docs.css": HERE / "docs.css",
    "docs.js": HERE / "docs.js",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def add_docs(app: FastAPI, issuer: str) -> None:
    """Add the page and its files; `issuer` tells the page the names of the session's cookies."""
    page = (HERE / "docs.html").read_text(encoding="utf-8").replace("__PSA_ISSUER__", html.escape(issuer))

    async def docs(_request: Request) -> Response:
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY, "Cache-Control": ASK_AGAIN})

    async def docs_file(request: Request) -> Response:
        path = FILES.get(request.path_params["name"])
        if path is None:
            raise HTTPException(404)
        return await run_in_threadpool(respond, request, path, ASK_AGAIN)

    app.add_route("/api/docs", docs, include_in_schema=False)
    app.add_route("/api/docs/{name}", docs_file, include_in_schema=False)
