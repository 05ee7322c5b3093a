"""Traces by OpenTelemetry: off unless OTEL_EXPORTER_OTLP_ENDPOINT says where they go."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import propagate, trace
from opentelemetry.trace import SpanKind, StatusCode

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_tracer = trace.get_tracer("psa")


def configure_tracing(service: str, env: Mapping[str, str] = os.environ) -> bool:
    """Send traces where the environment says, as OpenTelemetry reads it; returns whether they are on."""
    if not env.get(ENDPOINT):
        return False
    # half a second of imports that nobody needs who has no traces
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"psa-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return True


@contextmanager
def span(name: str, *, client: bool = False) -> Iterator[trace.Span]:
    """Work that shows in a trace; one a client waits for another process in."""
    with _tracer.start_as_current_span(name, kind=SpanKind.CLIENT if client else SpanKind.INTERNAL) as current:
        yield current


@contextmanager
def request_span(method: str, path: str, headers: Mapping[str, str]) -> Iterator[trace.Span]:
    """A request that is answered, as part of the trace its caller began."""
    context = propagate.extract(headers)
    with _tracer.start_as_current_span(f"{method} {path}", context=context, kind=SpanKind.SERVER) as current:
        yield current


def note_status(current: trace.Span, status: int) -> None:
    """Write how the request was answered."""
    current.set_attribute("http.response.status_code", status)
    if status >= 500:
        current.set_status(StatusCode.ERROR)


def trace_headers() -> dict[str, str]:
    """Headers that carry the trace to another process; none where there is no trace."""
    headers: dict[str, str] = {}
    propagate.inject(headers)
    return headers
