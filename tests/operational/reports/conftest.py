"""The API on a house whose warehouse is built, a copy of the one others only read."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from operational.app import create_app
from operational.core.settings import Settings
from tests.conftest import copy_of
from tests.operational.api.conftest import Api, Clock, anyio_backend, api, keys_dir, settings_for

__all__ = ["anyio_backend", "api", "keys_dir"]


@pytest.fixture
def desk(built: Any) -> Iterator[Any]:
    """A desk with a forecast, to be changed at will."""
    house = copy_of(built.house)
    yield house
    house.drop()


def reading(house: Any, keys: Path, **more: Any) -> Settings:
    """Settings with which the API reads the house's warehouse."""
    return replace(settings_for(house, keys), serving_url=house.serving, **more)


@pytest.fixture
async def reports(desk: Any, keys_dir: Path) -> AsyncIterator[Api]:
    """The whole API with its warehouse."""
    clock = Clock()
    app = create_app(reading(desk, keys_dir), clock=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://psa.test") as client:
        yield Api(app, client, desk, clock)
    await app.state.kernel.close()
