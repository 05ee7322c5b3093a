"""Every service its own process, or some together: the short form of `make test-all`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.servers.rabbitmq import RabbitMQ
from infra.servers.redis import Redis
from tests.operational.api.conftest import anyio_backend, api, keys_dir
from tests.shapes import Shape, made

__all__ = ["anyio_backend", "api", "keys_dir"]


@pytest.fixture(scope="session")
def apart(servers_folder: Path, rabbitmq: RabbitMQ, redis: Redis) -> Iterator[Shape]:
    with made("apart", servers_folder, rabbitmq, redis) as shape:
        yield shape


@pytest.fixture(scope="session")
def mixed(servers_folder: Path, rabbitmq: RabbitMQ, redis: Redis) -> Iterator[Shape]:
    with made("mixed", servers_folder, rabbitmq, redis) as shape:
        yield shape
