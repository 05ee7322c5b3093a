"""Real servers for tests: started on free ports when a test asks, stopped when the test process ends."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.servers.rabbitmq import RabbitMQ
from infra.servers.redis import Redis
from infra.servers.server import Server


def need(server: type[Server]) -> None:
    """Skip, saying why, where a server is not installed."""
    if server.found() is None:
        pytest.skip(f"{server.package} is not installed")


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """Where servers of this test process keep their data: a path short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="psa-test-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def rabbitmq(servers_folder: Path) -> Iterator[RabbitMQ]:
    """A real RabbitMQ; it is shared, so a test that ends it starts it again."""
    need(RabbitMQ)
    with RabbitMQ(servers_folder / "rabbitmq") as server:
        yield server


@pytest.fixture(scope="session")
def redis(servers_folder: Path) -> Iterator[Redis]:
    """A real Redis."""
    need(Redis)
    with Redis(servers_folder / "redis") as server:
        yield server
