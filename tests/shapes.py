"""The house in its shapes: all in one process, every service its own process behind nginx, and mixed."""

import base64
import json
import pickle
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from infra.local.ports import accepts, free_port
from infra.servers.nginx import Nginx
from infra.servers.rabbitmq import RabbitMQ
from infra.servers.redis import Redis
from infra.servers.server import Server
from operational.core.grants import role_of
from operational.core.limits import Rates
from operational.core.service_tokens import PeerSettings
from operational.core.settings import Settings
from tests.servers import need
from tests.shape_node import SharedClock

# which services share a process; "one" has no processes of its own
GROUPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "apart": (("auth",), ("crm",), ("tickets",), ("vcio",), ("reports",), ("gateway",)),
    "mixed": (("auth", "gateway"), ("crm", "tickets", "vcio", "reports")),
}


class Nodes(Server):
    """The processes of a shape's services."""

    name = "nodes"
    program = sys.executable

    def __init__(self, folder: Path, groups: Sequence[Sequence[str]]) -> None:
        super().__init__(folder)
        self.ports = {tuple(group): free_port() for group in groups}
        self.clock_file = folder / "clock"

    def command(self) -> Sequence[str]:
        self.clock_file.write_bytes(bytes(8))
        groups = [[list(group), port] for group, port in self.ports.items()]
        return [
            sys.executable,
            str(Path(__file__).with_name("shape_node.py")),
            json.dumps(groups),
            str(self.clock_file),
        ]

    def ready(self) -> bool:
        return all(accepts(port) for port in self.ports.values())


@dataclass
class Shape:
    """Services in processes, behind a gateway."""

    name: str
    nodes: Nodes
    gateway: Nginx
    redis_url: str | None
    rabbitmq_url: str
    _clock: SharedClock
    _secret: str

    @property
    def url(self) -> str:
        """The door people come in by."""
        return self.gateway.url

    def address(self, service: str) -> str:
        """Where a service's own process listens, which people do not get to."""
        (port,) = (port for group, port in self.nodes.ports.items() if service in group)
        return f"http://127.0.0.1:{port}"

    @property
    def secret(self) -> str:
        """What the services know each other by."""
        return self._secret

    def set_clock(self, now: datetime) -> None:
        """Let it be this moment in every process."""
        self._clock.set(now)

    def use(self, house: Any, settings: Settings, *, believes: bool = False) -> None:
        """Let every process work on a house's database, each as a role of its own.

        `believes`: what a process knows of people's rights is believed as long as in earnest.
        """
        addresses = {name: f"http://127.0.0.1:{port}" for group, port in self.nodes.ports.items() for name in group}
        for group, port in self.nodes.ports.items():
            role = role_of(group[0]) if len(group) == 1 else "app"
            mine = replace(
                settings,
                database_url=house.home.url(role, house.psa),
                login_url=settings.login_url if "auth" in group else None,
                relay_url=None,
                scheduler_url=None,
                pool_size=3,
                redis_url=self.redis_url,
                rates=Rates("100000/second", "100000/second", "100000/second"),
                peers=PeerSettings(addresses, self._secret),
            )
            self._tell(port, base64.b64encode(pickle.dumps((mine, believes))))

    def leave(self) -> None:
        """Let go of the house."""
        for port in self.nodes.ports.values():
            self._tell(port, b"")

    def shared(self, settings: Settings) -> Settings:
        """Settings of this test process with the shape's broker, on which nobody else uses its names."""
        return replace(settings, rabbitmq_url=self.rabbitmq_url, events_prefix=f"t{uuid4().hex}")

    def _tell(self, port: int, body: bytes) -> None:
        httpx.post(f"http://127.0.0.1:{port}/__test__/use", content=body, timeout=30).raise_for_status()


@contextmanager
def made(name: str, folder: Path, rabbitmq: RabbitMQ, redis: Redis) -> Iterator[Shape]:
    """A shape with its processes running."""
    need(Nginx)
    with Nodes(folder / name, GROUPS[name]) as nodes:
        upstreams = {service: [f"127.0.0.1:{port}"] for group, port in nodes.ports.items() for service in group}
        with Nginx(folder / f"{name}-gateway", upstreams, rate=100_000) as gateway:
            yield Shape(
                name, nodes, gateway, redis.url if name == "apart" else None, rabbitmq.url,
                SharedClock(nodes.clock_file), secrets.token_urlsafe(32),
            )  # fmt: skip


@pytest.fixture(scope="session")
def shape(request: pytest.FixtureRequest) -> Iterator[Shape | None]:
    """The shape the run is in (`--shape`); None: all in this process."""
    name = request.config.getoption("--shape")
    if name == "one":
        yield None
        return
    folder, rabbitmq, redis = (request.getfixturevalue(each) for each in ("servers_folder", "rabbitmq", "redis"))
    with made(name, folder, rabbitmq, redis) as found:
        yield found
