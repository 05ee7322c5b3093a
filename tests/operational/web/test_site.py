"""The web UI's files and its start page: what is served, how long it may be kept, and what is not."""

import gzip
import html
import re
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from operational.app import create_app
from tests.operational.web.conftest import START, settings

pytestmark = pytest.mark.anyio
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SCRIPT = "/assets/index-a1b2.js"
KEPT = "public, max-age=31536000, immutable"


def nonce_of(answer: httpx.Response) -> str:
    found = re.search(r"script-src 'self' 'nonce-([\w-]{24})'", answer.headers["content-security-policy"])
    assert found
    return found[1]


@pytest.mark.parametrize("path", ["/", "/index.html", "/tickets", "/tickets/4711", "/a/b.c/d"])
async def test_every_address_of_the_ui_gives_the_start_page(site: httpx.AsyncClient, path: str) -> None:
    answer = await site.get(path, headers=PAGE)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert '<div id="root">' in answer.text
    head = await site.head(path, headers=PAGE)
    assert (head.status_code, head.content) == (200, b"")


async def test_the_start_page_knows_its_installation_and_nothing_is_left_to_fill_in(site: httpx.AsyncClient) -> None:
    page = (await site.get("/")).text
    content = dict(re.findall(r'<meta name="([\w-]+)" content="([^"]*)">', page))
    assert html.unescape(content["psa-issuer"]) == 'psa-<"1">'
    assert html.unescape(content["psa-dashboards"]) == "http://127.0.0.1:1/?a=1&b=2"
    assert "__" not in page


async def test_without_dashboards_the_page_names_none(dist: Path) -> None:
    transport = httpx.ASGITransport(create_app(settings(), web=dist))
    async with httpx.AsyncClient(transport=transport, base_url="http://psa.test") as client:
        assert '<meta name="psa-dashboards" content="">' in (await client.get("/")).text


async def test_each_start_page_has_a_nonce_of_its_own(site: httpx.AsyncClient) -> None:
    nonces = set()
    for _ in range(5):
        answer = await site.get("/", headers=PAGE)
        nonce = nonce_of(answer)
        assert answer.text.count(f'nonce="{nonce}"') == START.count("__CSP_NONCE__") == 2
        nonces.add(nonce)
    assert len(nonces) == 5


async def test_the_policy_lets_nothing_in_from_elsewhere(site: httpx.AsyncClient) -> None:
    answer = await site.get("/", headers=PAGE)
    rules = dict(rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; "))
    nonce = f"'nonce-{nonce_of(answer)}'"
    assert rules == {
        "default-src": "'none'", "script-src": f"'self' {nonce}", "style-src": f"'self' {nonce}",
        "img-src": "'self' data:", "font-src": "'self'", "connect-src": "'self'", "manifest-src": "'self'",
        "worker-src": "'self'", "object-src": "'none'", "base-uri": "'none'", "form-action": "'self'",
        "frame-ancestors": "'none'",
    }  # fmt: skip


async def test_a_missing_asset_is_a_problem_and_never_the_start_page(site: httpx.AsyncClient) -> None:
    for path in ("/assets/index-old.js", "/assets", "/assets/", "/assets/x/y.js"):
        answer = await site.get(path, headers=PAGE)
        assert (answer.status_code, answer.json()["code"]) == (404, "route_not_found"), path


async def test_a_missing_file_that_no_person_opens_is_a_problem(site: httpx.AsyncClient) -> None:
    for headers in ({"Accept": "*/*"}, {"Accept": "application/json"}, {"Accept": ""}):
        answer = await site.get("/robots.txt", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "route_not_found")


async def test_unknown_addresses_of_the_api_stay_problems(site: httpx.AsyncClient) -> None:
    for path in ("/api", "/api/", "/api/nothing", "/api/tickets/x/y/z"):
        answer = await site.get(path, headers=PAGE)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), path
    assert (await site.delete("/api/tickets")).status_code == 405


async def test_other_methods_are_refused(site: httpx.AsyncClient) -> None:
    for method in ("POST", "PUT", "DELETE"):
        answer = await site.request(method, "/tickets", headers=PAGE)
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/..%5csecret.txt", "/%2fetc/passwd", "//etc/passwd", "/way-out.txt", "/.hidden", "/secret.txt%00.svg",
        "/" + "x" * 3000,
    ],
)  # fmt: skip
async def test_nothing_outside_the_folder_is_served(dist: Path, path: str) -> None:
    """Straight to the app: a client would tidy such addresses up."""
    messages = []

    async def send(message: dict[str, object]) -> None:
        messages.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http", "method": "GET", "path": unquote(path), "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"accept", b"*/*")], "scheme": "http", "server": ("psa.test", 80), "root_path": "",
    }  # fmt: skip
    await create_app(settings(), web=dist)(scope, receive, send)  # type: ignore[arg-type]
    assert messages[0]["status"] == 404
    body = b"".join(message.get("body", b"") for message in messages)  # type: ignore[misc]
    assert b"root:" not in body
    assert body.startswith(b'{"type":"urn:psa:problem:route_not_found"')


async def test_assets_may_be_kept_for_ever_and_other_files_are_asked_for_again(site: httpx.AsyncClient) -> None:
    for path, kind, kept in (
        (SCRIPT, "text/javascript; charset=utf-8", KEPT),
        ("/assets/inter-c3.woff2", "font/woff2", KEPT),
        ("/favicon.svg", "image/svg+xml", "no-cache"),
    ):
        answer = await site.get(path)
        assert (answer.status_code, answer.headers["content-type"], answer.headers["cache-control"]) == (
            200,
            kind,
            kept,
        )
        again = await site.get(path, headers={"If-None-Match": f'"x", W/{answer.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert (again.headers["etag"], again.headers["cache-control"]) == (answer.headers["etag"], kept)
        head = await site.head(path)
        assert (head.content, head.headers["content-length"]) == (b"", answer.headers["content-length"])


async def test_a_changed_file_is_seen_at_once(site: httpx.AsyncClient, dist: Path) -> None:
    before = await site.get("/favicon.svg")
    (dist / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' id='new'/>", encoding="utf-8")
    after = await site.get("/favicon.svg", headers={"If-None-Match": before.headers["etag"]})
    assert (after.status_code, "new" in after.text) == (200, True)


@pytest.mark.parametrize(
    ("accepted", "smaller"),
    [
        ("gzip, deflate, br", True),
        ("br;q=1.0, gzip;q=0.8", True),
        ("gzip;q=0", False),
        ("identity", False),
        ("br", False),
    ],
)
async def test_text_is_sent_smaller_to_who_takes_it(site: httpx.AsyncClient, accepted: str, smaller: bool) -> None:
    async with site.stream("GET", SCRIPT, headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    plain = b"console.log('desk');\n" * 200
    assert (answer.headers.get("content-encoding") == "gzip") is smaller
    assert answer.headers["vary"] == "Accept-Encoding"
    assert (gzip.decompress(raw) if smaller else raw) == plain
    assert len(raw) == int(answer.headers["content-length"])


async def test_a_font_is_sent_as_it_is_and_tags_differ_by_coding(site: httpx.AsyncClient) -> None:
    font = await site.get("/assets/inter-c3.woff2", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in font.headers
    tags = {
        (await site.get(SCRIPT, headers={"Accept-Encoding": coding})).headers["etag"] for coding in ("gzip", "identity")
    }
    assert len(tags) == 2


async def test_before_it_is_built_the_answer_says_what_to_do(tmp_path: Path) -> None:
    transport = httpx.ASGITransport(create_app(settings(), web=tmp_path / "none"))
    async with httpx.AsyncClient(transport=transport, base_url="http://psa.test") as client:
        page = await client.get("/tickets", headers=PAGE)
        assert (page.status_code, page.headers["content-type"]) == (503, "text/plain; charset=utf-8")
        assert page.text == "the web UI is not built; run `make setup`\n"
        part = await client.get(SCRIPT, headers={"Accept": "*/*"})
        assert (part.status_code, part.json()["code"]) == (503, "web_not_built")
        assert (await client.get("/api/openapi.json")).status_code == 200


async def test_an_app_of_some_services_serves_no_pages() -> None:
    transport = httpx.ASGITransport(create_app(settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://psa.test") as client:
        assert (await client.get("/", headers=PAGE)).json()["code"] == "route_not_found"
