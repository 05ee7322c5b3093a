"""The app of the whole house over a small web UI, and no database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from operational.app import create_app
from operational.core.settings import Settings
from tests.operational.api.conftest import anyio_backend, api, keys_dir

__all__ = ["anyio_backend", "api", "keys_dir"]
START = """<!doctype html><html><head>
<meta property="csp-nonce" nonce="__CSP_NONCE__">
<meta name="psa-issuer" content="__PSA_ISSUER__">
<meta name="psa-dashboards" content="__PSA_DASHBOARDS_URL__">
<script type="module" nonce="__CSP_NONCE__" src="/assets/index-a1b2.js"></script>
</head><body><div id="root"></div></body></html>"""


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """What Vite leaves, in small; a secret lies beside it."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(START, encoding="utf-8")
    (folder / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    (folder / ".hidden").write_text("hidden", encoding="utf-8")
    (folder / "assets" / "index-a1b2.js").write_text("console.log('desk');\n" * 200, encoding="utf-8")
    (folder / "assets" / "inter-c3.woff2").write_bytes(b"wOF2" + bytes(2000))
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / "way-out.txt").symlink_to(tmp_path / "secret.txt")
    return folder


def settings(**more: str) -> Settings:
    return replace(Settings.offline(), **more)  # type: ignore[arg-type]


@pytest.fixture
async def site(dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole house with its web UI."""
    known = settings(issuer='psa-<"1">', dashboards_url="http://127.0.0.1:1/?a=1&b=2")
    transport = httpx.ASGITransport(create_app(known, web=dist))
    async with httpx.AsyncClient(transport=transport, base_url="http://psa.test") as client:
        yield client
