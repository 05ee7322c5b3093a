"""A real PostgreSQL for every test process, and databases copied from a migrated template."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from infra.local.bootstrap import ensure_database
from infra.local.home import Home
from infra.local.installation import Installation
from infra.local.postgres import Postgres
from operational.auth.service.tenants import create_tenant
from operational.core.bulk import Loader
from operational.imports.history import History
from operational.imports.load import ImportResult, load_history
from operational.services import SERVICES

SHARED = Path(__file__).parents[2] / "shared"
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_numbers = count(1)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder that the database server's own user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="psa-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Home]:
    """The test process's own cluster, with migrated databases `psa` and `warehouse` to copy from."""
    folder = Path(tempfile.mkdtemp(prefix="psa-test-"))
    folder.chmod(0o711)
    installation = Installation(Home(folder / "home"))
    installation.postgres = Postgres(installation.home, FAST)
    installation.postgres.start()
    try:
        installation.upgrade()
        yield installation.home
    finally:
        installation.postgres.stop()
        shutil.rmtree(folder)


@dataclass(frozen=True)
class House:
    """A pair of fresh databases with two tenants."""

    home: Home
    psa: str
    warehouse_name: str
    tenant: UUID
    other_tenant: UUID

    @property
    def app(self) -> str:
        return self.home.url("app", self.psa)

    @property
    def owner(self) -> str:
        return self.home.url("owner", self.psa)

    @property
    def extractor(self) -> str:
        return self.home.url("extractor", self.psa)

    @property
    def superuser(self) -> str:
        return self.home.url("superuser", self.psa)

    @property
    def warehouse(self) -> str:
        return self.home.url("warehouse_owner", self.warehouse_name)

    def load(self, history: History, **kwargs: object) -> ImportResult:
        with psycopg.connect(self.app, autocommit=True) as connection:
            return load_history(connection, self.tenant, history, LOADERS, **kwargs)  # type: ignore[arg-type]

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.superuser) as connection:
            return connection.execute(sql).fetchall()


LOADERS: dict[str, Loader] = {kind: loader for service in SERVICES for kind, loader in service.loaders.items()}


@pytest.fixture
def make_house(cluster: Home) -> Iterator[Callable[[], House]]:
    made: list[str] = []

    def make() -> House:
        number = next(_numbers)
        names = {kind: f"{kind}_{os.getpid()}_{number}" for kind in ("psa", "warehouse")}
        with psycopg.connect(cluster.url("superuser", "postgres"), autocommit=True) as superuser:
            for kind, name in names.items():
                owner = "psa_owner" if kind == "psa" else "wh_owner"
                superuser.execute(f"create database {name} template {kind} owner {owner}")
                ensure_database(superuser, name, kind)
                made.append(name)
        with psycopg.connect(cluster.url("owner", names["psa"])) as owner_connection:
            tenants = [
                create_tenant(owner_connection, slug=slug, name=slug, timezone="Europe/Berlin", locale="de")
                for slug in ("main", "other")
            ]
        return House(cluster, names["psa"], names["warehouse"], *tenants)

    yield make
    with psycopg.connect(cluster.url("superuser", "postgres"), autocommit=True) as superuser:
        for name in made:
            superuser.execute(f"drop database {name} with (force)")


@pytest.fixture
def house(make_house: Callable[[], House]) -> House:
    return make_house()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data beside the project; tests that need it skip where it is not."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the real data of ../shared/data are not here")
    return SHARED / "data"
