"""Every answer tells browsers what to refuse, streams as they come."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from operational.app import create_app
from operational.core.headers import SECURITY, SecurityHeadersMiddleware
from tests.operational.web.conftest import settings

pytestmark = pytest.mark.anyio
SAME = ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy", "Permissions-Policy")  # fmt: skip


async def test_all_answers_bear_the_headers(site: httpx.AsyncClient) -> None:
    paths = {"/": 200, "/assets/index-a1b2.js": 200, "/assets/none.js": 404, "/api/openapi.json": 200, "/api/docs": 200,
             "/api/auth/me": 401, "/api/nothing": 404, "/api/health": 503}  # fmt: skip
    for path, status in paths.items():
        answer = await site.get(path)
        assert answer.status_code == status, path
        assert {name: answer.headers[name] for name in SAME} == {name: SECURITY[name] for name in SAME}, path
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert len(answer.headers.get_list("content-security-policy")) == 1, path


async def test_an_answer_of_the_api_is_no_page_and_is_not_kept(site: httpx.AsyncClient) -> None:
    for path in ("/api/openapi.json", "/api/auth/me", "/api/nothing", "/api/health"):
        answer = await site.get(path)
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["cache-control"] == "no-store"


async def test_what_nobody_foresaw_bears_them_too(dist: Path) -> None:
    async def broken(_request: Request) -> Response:
        raise RuntimeError("unforeseen")

    app = create_app(settings(), web=dist)
    app.router.routes.insert(0, Route("/api/broken", broken))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://psa.test") as client:
        answer = await client.get("/api/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-request-id"]


async def test_a_stream_passes_piece_by_piece_and_keeps_its_own_headers() -> None:
    sent: list[dict[str, Any]] = []
    seen: list[int] = []

    async def stream(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"cache-control", b"no-store, no-transform")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for piece in (b"one", b"two", b""):
            await send({"type": "http.response.body", "body": piece, "more_body": bool(piece)})
            seen.append(len(sent))

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await SecurityHeadersMiddleware(stream)({"type": "http"}, None, send)  # type: ignore[arg-type]
    assert seen == [2, 3, 4]
    headers = [name for name, _ in sent[0]["headers"]]
    assert headers.count(b"cache-control") == 1
    assert dict(sent[0]["headers"])[b"cache-control"] == b"no-store, no-transform"


async def test_the_live_stream_bears_them(api: Any) -> None:
    technician = await api.caller("technician")
    api.kernel.live.stop()
    answer = await technician.get("/api/live")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-content-type-options"] == "nosniff"
