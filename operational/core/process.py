"""What every process of the house does first: logs, metrics, traces."""

from operational.core.metrics import serve_metrics
from operational.core.requests import configure_logging
from operational.core.settings import Settings
from operational.core.tracing import configure_tracing


def begin_process(settings: Settings, name: str) -> None:
    """Set up what looks after the process; raises ValueError where the port for metrics is taken."""
    configure_logging(settings.log_level)
    configure_tracing(name)
    if settings.metrics_port is not None:
        try:
            serve_metrics(settings.metrics_port, settings.metrics_host)
        except OSError as error:
            raise ValueError(f"cannot listen on PSA_METRICS_PORT {settings.metrics_port} ({error.strerror})") from None
