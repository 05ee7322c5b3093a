"""The tiers' door: what nginx does by the configuration made for it."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from typer.testing import CliRunner

from infra.cli import build
from infra.errors import UserError
from infra.gateway.registry import CONTAINERS, addresses, prefixes
from infra.gateway.render import Door, check, render
from infra.local.ports import free_port
from infra.servers.nginx import Nginx
from operational.core.headers import SECURITY
from operational.core.peers import HEADER
from operational.services import SERVICES
from tests.servers import need


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        said = {"path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}, "length": length}
        body = json.dumps({**said, "port": self.server.server_port}).encode()  # type: ignore[attr-defined]
        self.send_response(404 if self.path.endswith("missing") else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def echo(port: int) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", port), Echo)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def ports() -> dict[str, int]:
    return {service: free_port() for service in sorted({*prefixes().values(), "gateway"})}


def started(folder: Path, ports: dict[str, int], rate: int = 1000) -> Nginx:
    need(Nginx)
    return Nginx(folder, {service: [f"127.0.0.1:{port}"] for service, port in ports.items()}, rate=rate)


def test_every_service_is_found_below_its_own_address(tmp_path: Path, ports: dict[str, int]) -> None:
    asked = {
        "/api/tickets": "tickets", "/api/tickets/x?y=1": "tickets", "/api/crm/customers": "crm",
        "/api/auth/login": "auth", "/api/live": "gateway", "/api/health": "gateway", "/": "gateway",
        "/tickets": "gateway", "/api/ticketsandmore": "gateway",
    }  # fmt: skip
    upstreams = (echo(ports["tickets"]), echo(ports["crm"]), echo(ports["auth"]), echo(ports["gateway"]))
    with ExitStack() as stack:
        for upstream in upstreams:
            stack.enter_context(upstream)
        nginx = stack.enter_context(started(tmp_path, ports))
        client = stack.enter_context(httpx.Client(base_url=nginx.url))
        for path, service in asked.items():
            answer = client.get(path).json()
            assert (answer["path"], answer["port"]) == (path, ports[service])
        hostile = {
            "X-Forwarded-For": "1.2.3.4", HEADER: "stolen", "X-Request-Id": "<script>", "traceparent": "00-1-1-1",
        }  # fmt: skip
        seen = client.get("/api/tickets", headers=hostile).json()["headers"]
        assert seen["x-forwarded-for"] == "127.0.0.1"
        assert not {HEADER.lower(), "traceparent"} & seen.keys()
        assert len(seen["x-request-id"]) == 32
        # a service's own 404 is the service's
        assert "path" in client.get("/api/tickets/missing").json()
        refused = client.get("/internal/crm/Customers/customers")
        assert (refused.status_code, refused.json()["code"]) == (404, "route_not_found")
        large = client.post("/api/tickets", content=b"x" * 2_000_001)
        assert (large.status_code, large.json()["code"]) == (413, "payload_too_large")
        assert client.post("/api/tickets", content=b"x" * 2_000_000).json()["length"] == 2_000_000


def test_what_is_away_says_so_and_is_found_again_by_itself(tmp_path: Path, ports: dict[str, int]) -> None:
    with started(tmp_path, ports) as nginx, httpx.Client(base_url=nginx.url) as client:
        away = client.get("/api/crm/customers", headers={"X-Request-Id": "abcdefgh"})
        problem = away.json()
        assert (away.status_code, away.headers["content-type"]) == (503, "application/problem+json")
        assert (problem["code"], problem["status"], problem["request_id"]) == ("service_unavailable", 503, "abcdefgh")
        assert away.headers["Retry-After"] == "5"
        for name, value in SECURITY.items():
            assert away.headers[name] == value
        page = client.get("/tickets")
        assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
        assert "Wir sind gleich wieder da" in page.text
        assert "sha256-" in page.headers["Content-Security-Policy"]
        with echo(ports["crm"]):
            assert client.get("/api/crm/customers").status_code == 200
        assert client.get("/api/crm/customers").status_code == 503


def test_one_address_does_not_ask_without_end(tmp_path: Path, ports: dict[str, int]) -> None:
    with echo(ports["crm"]), started(tmp_path, ports, rate=5) as nginx, httpx.Client(base_url=nginx.url) as client:
        answers = [client.get("/api/crm/customers") for _ in range(60)]
    refused = [answer for answer in answers if answer.status_code != 200]
    # a burst of ten is let through
    assert 20 <= len(refused) < 50
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(429, "rate_limited")}
    assert {answer.headers["Retry-After"] for answer in refused} == {"1"}


def test_the_shipped_configuration_is_one_nginx_takes(tmp_path: Path) -> None:
    need(Nginx)
    found = CliRunner().invoke(build(), ["gateway", "render", "--check", "--out", str(tmp_path / "nginx.conf")])
    assert (found.exit_code, found.output.split()[-4:]) == (0, ["and", "nginx", "takes", "it"])
    written = (tmp_path / "nginx.conf").read_text()
    for service, where in addresses().items():
        assert (f"server {where[0]} " in written) == (service != "vcio"), service
    assert set(prefixes().values()) <= {service.name for service in SERVICES}


def test_with_a_certificate_people_are_led_to_it(tmp_path: Path) -> None:
    door = Door(addresses(), listen="443", certificate="/etc/psa/cert.pem", key="/etc/psa/key.pem")
    text = render(door)
    assert "listen 443 ssl http2 default_server;" in text
    assert "return 301 https://$host$request_uri;" in text
    assert text.count("Strict-Transport-Security") >= 2
    with pytest.raises(UserError, match="a certificate needs its key"):
        render(replace(door, key=None))
    need(Nginx)
    # there is no such certificate here, which is nginx's to notice
    with pytest.raises(UserError, match=r"nginx does not take the configuration: .*cert\.pem"):
        check(text)


def test_a_list_of_containers_that_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "containers.yml"
    shipped = CONTAINERS.read_text()
    for text, said in (
        (shipped.replace("services: [tickets]", "services: []"), "nothing runs tickets"),
        (shipped.replace("10.20.0.0/24", "10.20.0.0/30"), "does not fit"),
        (shipped.replace("network:", "networks:"), "no list of containers"),
        ("x: [", "no list of containers"),
    ):
        file.write_text(text)
        with pytest.raises(UserError, match=said):
            render(Door(addresses(file)))
    with pytest.raises(UserError, match="cannot read"):
        addresses(tmp_path / "none.yml")
