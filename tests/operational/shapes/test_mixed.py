"""Some services together, some apart: the API's tests in that shape."""

import pytest

from tests.operational.api.test_idempotency import *  # noqa: F403 - the same tests in another shape
from tests.operational.api.test_users_and_roles import *  # noqa: F403
from tests.shapes import Shape

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="session")
def shape(mixed: Shape) -> Shape:
    return mixed
