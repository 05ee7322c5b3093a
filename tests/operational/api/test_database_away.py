"""PostgreSQL goes and comes back: everybody is told when to ask again, and nobody has to be started anew."""

from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from operational.app import create_app
from operational.auth.service.logins import create_login
from tests.conftest import TEMPLATES, furnish
from tests.operational.api.conftest import PASSWORD, settings_for
from tests.templates import copy_home, migrated, running

pytestmark = [pytest.mark.anyio, pytest.mark.one_process]


async def test_away_is_a_503_with_a_time_and_it_recovers_alone(
    pytestconfig: pytest.Config, keys_dir: Path, open_folder: Path
) -> None:
    copy_home(migrated(pytestconfig.stash[TEMPLATES]), open_folder / "home")
    with running(open_folder / "home") as installation:
        house: Any = furnish(installation.home)
        with psycopg.connect(house.owner) as owner:
            create_login(owner, house.tenant, "anna@example.test", PASSWORD, name="Anna", roles=("technician",))
        app = create_app(settings_for(house, keys_dir))
        body = {"email": "anna@example.test", "password": PASSWORD}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://psa.test") as client:
            token = (await client.post("/api/auth/login", json=body)).json()["access_token"]
            headers = {"Authorization": f"Bearer {token}"}

            async def answers() -> list[httpx.Response]:
                return [
                    await client.get("/api/tickets", headers=headers),
                    await client.post("/api/auth/login", json=body),
                    await client.get("/api/health"),
                ]

            assert [answer.status_code for answer in await answers()] == [200, 200, 200]
            installation.postgres.stop()
            # the first finds its connection cut, the second finds nobody to connect to
            for _ in range(2):
                for answer in await answers():
                    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
                    assert int(answer.headers["Retry-After"]) > 0
            installation.postgres.start()
            assert [answer.status_code for answer in await answers()] == [200, 200, 200]
        await app.state.kernel.close()
