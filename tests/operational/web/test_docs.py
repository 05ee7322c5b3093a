"""The page that describes the API: from ourselves alone, and nothing inline."""

import re

import httpx
import pytest

from operational.core.apidocs import FILES

pytestmark = pytest.mark.anyio


async def test_the_page_loads_files_of_ours_only_and_has_nothing_inline(site: httpx.AsyncClient) -> None:
    answer = await site.get("/api/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "://" not in answer.text
    assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", answer.text) == []
    linked = set(re.findall(r'(?:src|href)="/api/docs/([^"]+)"', answer.text))
    assert linked == set(FILES)
    assert 'content="psa-&lt;&quot;1&quot;&gt;"' in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")


async def test_its_files_are_there_with_their_types_and_are_asked_for_again(site: httpx.AsyncClient) -> None:
    for name in FILES:
        answer = await site.get(f"/api/docs/{name}")
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
        assert answer.headers["content-encoding"] == "gzip"
        again = await site.get(f"/api/docs/{name}", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
    bundle = (await site.get("/api/docs/swagger-ui-bundle.js")).text
    assert "SwaggerUIBundle" in bundle


async def test_other_files_are_not(site: httpx.AsyncClient) -> None:
    for name in ("redoc.standalone.js", "docs.html", "..%2f__init__.py", "none"):
        answer = await site.get(f"/api/docs/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "route_not_found")
