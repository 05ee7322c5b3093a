"""Packs are registered where they are built, so these tests work on a copy of the house others only read."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import copy_of


@pytest.fixture(scope="module")
def packs(built: Any) -> Iterator[Any]:
    """The built desk in a house of this module's own."""
    house = copy_of(built.house)
    yield replace(built, house=house)
    house.drop()
