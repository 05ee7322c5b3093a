"""A real PostgreSQL for every test process, and databases copied from a migrated template."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from infra.local.bootstrap import OWNERS, ensure_database
from infra.local.home import Home
from infra.local.installation import Installation
from infra.local.postgres import Postgres
from operational.auth.service.tenants import create_tenant
from operational.core.bulk import Loader
from operational.demo import generate
from operational.imports.history import History
from operational.imports.load import ImportResult, load_history
from operational.imports.native import read_native
from operational.services import SERVICES
from pipelines.extract.catalog import load_catalog
from pipelines.extract.run import extract
from pipelines.run import RunReport, refresh
from pipelines.settings import Settings

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

    @property
    def serving(self) -> str:
        return self.home.url("serving", self.warehouse_name)

    @property
    def settings(self) -> Settings:
        return Settings(self.extractor, self.warehouse)

    def refresh(self, dagster_home: Path) -> RunReport:
        dagster_home.mkdir(exist_ok=True)
        (dagster_home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
        return refresh(self.settings, dagster_home, dagster_home / "pipeline.log")

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """Query the warehouse as its owner."""
        with psycopg.connect(self.warehouse) as connection:
            return connection.execute(sql).fetchall()

    def load(self, history: History, **kwargs: object) -> ImportResult:
        with psycopg.connect(self.app, autocommit=True) as connection:
            return load_history(connection, self.tenant, history, LOADERS, **kwargs)  # type: ignore[arg-type]

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.superuser) as connection:
            return connection.execute(sql).fetchall()


LOADERS: dict[str, Loader] = {kind: loader for service in SERVICES for kind, loader in service.loaders.items()}


def make_copies(cluster: Home, templates: dict[str, str]) -> dict[str, str]:
    """A fresh pair of databases, each a copy of its template; names by kind (`psa`, `warehouse`)."""
    number = next(_numbers)
    names = {kind: f"{kind}_{os.getpid()}_{number}" for kind in OWNERS}
    with psycopg.connect(cluster.url("superuser", "postgres"), autocommit=True) as superuser:
        for kind, name in names.items():
            superuser.execute(f"create database {name} template {templates[kind]} owner {OWNERS[kind]}")
            ensure_database(superuser, name, kind)
    return names


def drop(cluster: Home, names: Iterable[str]) -> None:
    with psycopg.connect(cluster.url("superuser", "postgres"), autocommit=True) as superuser:
        for name in names:
            superuser.execute(f"drop database {name} with (force)")


def furnish(cluster: Home) -> House:
    """A fresh house with two tenants."""
    names = make_copies(cluster, {"psa": "psa", "warehouse": "warehouse"})
    with psycopg.connect(cluster.url("owner", names["psa"])) as owner:
        tenants = [
            create_tenant(owner, slug=slug, name=slug, timezone="Europe/Berlin", locale="de")
            for slug in ("main", "other")
        ]
    return House(cluster, names["psa"], names["warehouse"], *tenants)


@pytest.fixture
def make_house(cluster: Home) -> Iterator[Callable[[], House]]:
    made: list[House] = []

    def make() -> House:
        made.append(furnish(cluster))
        return made[-1]

    yield make
    drop(cluster, [name for house in made for name in (house.psa, house.warehouse_name)])


@dataclass(frozen=True)
class Built:
    """A house with a small demo desk whose warehouse is built; `history` are the files it came from."""

    house: House
    files: Path
    report: RunReport


@pytest.fixture(scope="session")
def built(cluster: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Built once a test process; tests only read it."""
    files = tmp_path_factory.mktemp("demo")
    generate(files, seed=3, customers=6, years=1, until=date(2026, 6, 30))
    house = furnish(cluster)
    house.load(read_native(files))
    report = house.refresh(tmp_path_factory.mktemp("dagster"))
    assert report.problems == ()
    yield Built(house, files, report)
    drop(cluster, [house.psa, house.warehouse_name])


def copy_of(original: House) -> House:
    """A copy of a house; to be dropped by who asked for it."""
    names = make_copies(original.home, {"psa": original.psa, "warehouse": original.warehouse_name})
    return replace(original, psa=names["psa"], warehouse_name=names["warehouse"])


@pytest.fixture
def built_copy(built: Built) -> Iterator[House]:
    """A copy of the built house that a test may change."""
    house = copy_of(built.house)
    # a copy is another database, which the extraction notices: it reads everything once
    assert extract(house.extractor, house.warehouse, load_catalog()).batch is None
    yield house
    drop(house.home, [house.psa, house.warehouse_name])


@pytest.fixture
def house(make_house: Callable[[], House]) -> House:
    return make_house()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data beside the project; tests that need it skip where it is not."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the real data of ../shared/data are not here")
    return SHARED / "data"
