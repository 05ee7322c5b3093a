"""Runs the API in this process."""

from types import FrameType

import uvicorn
from fastapi import FastAPI

from operational.app import create_app
from operational.core.requests import configure_logging
from operational.core.settings import Settings
from operational.web.site import DIST


class _Server(uvicorn.Server):
    """Lets the open streams go before it waits for requests to end: they would never end by themselves."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        app = self.config.app
        assert isinstance(app, FastAPI)
        app.state.kernel.live.stop()
        super().handle_exit(sig, frame)


def run(settings: Settings, host: str, port: int) -> None:
    """Serve the whole house until SIGTERM or SIGINT."""
    configure_logging(settings.log_level)
    # requests are logged by our own middleware, with their ids
    app = create_app(settings, web=DIST)
    config = uvicorn.Config(
        app, host=host, port=port, access_log=False, timeout_graceful_shutdown=10,
        proxy_headers=bool(settings.trusted_proxies), forwarded_allow_ips=list(settings.trusted_proxies),
    )  # fmt: skip
    _Server(config).run()
