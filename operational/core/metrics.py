"""What Prometheus reads of one process, on a port of its own that no gateway leads to."""

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, start_http_server

# seconds; a page should be there in a fifth of one
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0)
REQUESTS = Histogram("psa_request_seconds", "How long requests took.", ("method", "route", "status"), buckets=BUCKETS)
OPEN_REQUESTS = Gauge("psa_open_requests", "Requests that are being answered.")
PUBLISHED = Counter("psa_events_published", "Events handed to the bus.", ("service",))
WAITING = Gauge("psa_events_waiting", "Events that wait in an outbox, as of the last look.", ("service",))
HANDLED = Counter("psa_events_handled", "Events a consumer has handled.", ("consumer",))
PARKED = Counter("psa_events_parked", "Attempts at an event that failed.", ("consumer",))
JOBS = Counter("psa_jobs", "Runs of background jobs.", ("job", "outcome"))


def serve_metrics(port: int, host: str, registry: CollectorRegistry = REGISTRY) -> None:
    """Answer Prometheus on a thread of its own until the process ends; raises OSError for a taken port."""
    start_http_server(port, addr=host, registry=registry)
