"""Some services together, some apart: the API's tests in that shape."""

from typing import Any

import pytest

from tests.operational.api.test_idempotency import *  # noqa: F403 - the same tests in another shape
from tests.operational.api.test_users_and_roles import *  # noqa: F403
from tests.shapes import Shape

pytestmark = pytest.mark.anyio


async def test_the_gateway_describes_all_services_beside_whichever_it_runs(api: Any) -> None:
    described = (await api.client.get("/api/openapi.json")).json()
    assert {"/api/tickets", "/api/crm/customers", "/api/auth/login", "/api/live"} <= described["paths"].keys()


@pytest.fixture(scope="session")
def shape(mixed: Shape) -> Shape:
    return mixed
