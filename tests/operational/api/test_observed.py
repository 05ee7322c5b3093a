"""What somebody sees of a running process: figures for Prometheus, traces where they are wanted."""

import os
import subprocess
import sys
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx
import pytest

from infra.local.ports import free_port
from operational.core.metrics import serve_metrics
from operational.core.process import begin_process
from tests.operational.api.conftest import settings_for

pytestmark = pytest.mark.anyio


@pytest.mark.one_process
async def test_requests_are_counted_by_route_and_never_by_address(api: Any) -> None:
    anna = await api.caller("technician")
    ticket = (await anna.post("/api/tickets", {"customer_id": api.customer(), "subject": "x"})).json()["id"]
    await anna.get(f"/api/tickets/{ticket}")
    await anna.get(f"/api/nothing/{uuid4()}")
    port = free_port()
    serve_metrics(port, "127.0.0.1")
    async with httpx.AsyncClient() as client:
        text = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    assert 'psa_request_seconds_count{method="GET",route="/api/tickets/{ticket_id}",status="200"}' in text
    assert 'psa_request_seconds_count{method="GET",route="/api/{path:path}",status="404"}' in text
    assert ticket not in text
    # and no door of the API leads there
    assert (await api.client.get("/metrics")).status_code == 404


def test_a_taken_port_is_said_in_words(house: Any, tmp_path: Path) -> None:

    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as taken:
        settings = replace(settings_for(house, tmp_path), metrics_port=taken.server_port)
        with pytest.raises(ValueError, match=f"cannot listen on PSA_METRICS_PORT {taken.server_port}"):
            begin_process(settings, "api")


SCRIPT = """
from opentelemetry import trace
from operational.core.tracing import configure_tracing, note_status, request_span, span, trace_headers
assert configure_tracing("tickets") is True
caller = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
with request_span("GET", "/api/tickets", caller) as current, span("crm Customers/customers", client=True):
    assert trace_headers()["traceparent"].split("-")[1] == "4bf92f3577b34da6a3ce929d0e0e4736"
    note_status(current, 500)
trace.get_tracer_provider().shutdown()
"""


def test_traces_go_where_they_are_wanted_and_nowhere_else() -> None:
    received: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    def run(**env: str) -> None:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
        script = SCRIPT if env else SCRIPT.replace("is True", "is False").split("caller =")[0]
        subprocess.run([sys.executable, "-c", script], env={**plain, **env}, check=True, timeout=60)

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        run()
        assert received == []
        run(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()
    assert {path for path, _ in received} == {"/v1/traces"}
    content = b"".join(body for _, body in received)
    for said in (b"psa-tickets", b"GET /api/tickets", b"crm Customers/customers"):
        assert said in content
