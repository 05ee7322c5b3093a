"""The small demo world most tests of the simulation look at."""

import pytest

from operational.demo import generate
from tests.demo_world import UNTIL, World


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    path = tmp_path_factory.mktemp("demo")
    return World(path, generate(path, seed=7, customers=8, years=1, until=UNTIL))
