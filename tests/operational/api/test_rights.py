"""A process with a role that passes row security does not start, and does not work."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from operational.app import create_app
from operational.core.db import Database
from operational.core.principal import Principal
from operational.core.rights import PrivilegedRoleError
from operational.services import require_current_schemas
from operational.worker import Worker
from tests.operational.api.conftest import settings_for

pytestmark = pytest.mark.anyio
STRONG = ("superuser", "owner", "extractor")


@pytest.mark.parametrize("role", STRONG)
async def test_the_app_refuses_to_start_with_a_role_that_passes_row_security(
    house: Any, keys_dir: Path, role: str
) -> None:
    strong = house.home.url(role, house.psa)
    for changed in ({"database_url": strong}, {"login_url": strong}):
        app = create_app(replace(settings_for(house, keys_dir), **changed))
        with pytest.raises(PrivilegedRoleError, match="passes row security"):
            async with app.router.lifespan_context(app):
                pass
        await app.state.kernel.close()
    with pytest.raises(PrivilegedRoleError):
        require_current_schemas(strong)


@pytest.mark.parametrize("name", ["database_url", "relay_url", "scheduler_url"])
async def test_so_does_the_worker(house: Any, keys_dir: Path, name: str) -> None:
    worker = Worker(replace(settings_for(house, keys_dir), **{name: house.superuser}), ())
    with pytest.raises(PrivilegedRoleError, match="postgres passes row security"):
        await asyncio.wait_for(worker.run(), 20)


async def test_a_role_that_could_become_one_is_refused_as_well(house: Any) -> None:
    with psycopg.connect(house.superuser, autocommit=True) as superuser:
        for statement in (
            "create role psa_sly login noinherit password 'sly'",
            "grant psa_extractor to psa_sly",
            f"grant connect on database {house.psa} to psa_sly",
        ):
            superuser.execute(statement)
        port = house.home.known_port()
        database = Database(f"postgresql://psa_sly:sly@127.0.0.1:{port}/{house.psa}")
        try:
            with pytest.raises(PrivilegedRoleError, match=r"psa_sly .* may become psa_extractor"):
                async with database.transaction(Principal(house.tenant)):
                    pass
        finally:
            await database.close()
            superuser.execute(f"revoke connect on database {house.psa} from psa_sly")
            superuser.execute("drop role psa_sly")


async def test_the_roles_of_the_set_up_work_and_a_database_that_is_away_is_waited_for(
    house: Any, keys_dir: Path
) -> None:
    settings = settings_for(house, keys_dir)
    for changed in (settings, replace(settings, database_url="postgresql://nobody@127.0.0.1:1/none")):
        app = create_app(changed)
        async with app.router.lifespan_context(app):
            pass
