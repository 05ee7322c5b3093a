"""Runs the API in this process."""

import uvicorn

from operational.app import create_app
from operational.core.requests import configure_logging
from operational.core.settings import Settings


def run(settings: Settings, host: str, port: int) -> None:
    """Serve the whole house until SIGTERM or SIGINT."""
    configure_logging(settings.log_level)
    # requests are logged by our own middleware, with their ids
    uvicorn.run(create_app(settings), host=host, port=port, access_log=False, timeout_graceful_shutdown=10)
