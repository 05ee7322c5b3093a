"""Runs the API in this process."""

from collections.abc import Sequence
from types import FrameType

import uvicorn
from fastapi import FastAPI

from operational.app import create_app
from operational.core.module import ServiceModule
from operational.core.process import begin_process
from operational.core.settings import Settings
from operational.services import SERVICES
from operational.web.site import DIST


class _Server(uvicorn.Server):
    """Lets the open streams go before it waits for requests to end: they would never end by themselves."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        app = self.config.app
        assert isinstance(app, FastAPI)
        app.state.kernel.live.stop()
        super().handle_exit(sig, frame)


def prepare(settings: Settings, services: Sequence[ServiceModule] = SERVICES) -> FastAPI:
    """The app of these services; the web UI comes with the gateway. Raises ValueError for contradictory settings."""
    names = [service.name for service in services]
    begin_process(settings, "api" if len(names) == len(SERVICES) else "+".join(names))
    return create_app(settings, services, web=DIST if "gateway" in names else None)


def run(app: FastAPI, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    settings: Settings = app.state.kernel.settings
    config = uvicorn.Config(
        # requests are logged by our own middleware, with their ids
        app, host=host, port=port, access_log=False, timeout_graceful_shutdown=10,
        proxy_headers=bool(settings.trusted_proxies), forwarded_allow_ips=list(settings.trusted_proxies),
    )  # fmt: skip
    _Server(config).run()
