"""A real PostgreSQL for every test process, and databases copied from a migrated template."""

import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from infra.local.bootstrap import OWNERS, ensure_database
from infra.local.home import Home
from operational.auth.service import passwords
from operational.auth.service.tenants import create_tenant
from operational.core.bulk import Loader
from operational.core.requests import configure_logging
from operational.imports.history import History
from operational.imports.load import ImportResult, load_history
from operational.services import SERVICES
from pipelines.extract.catalog import load_catalog
from pipelines.extract.run import extract
from pipelines.run import RunReport, refresh
from pipelines.settings import Settings
from tests.real_export import EXPORT
from tests.scheduling import Scheduling, place
from tests.servers import rabbitmq, redis, servers_folder  # noqa: F401 - fixtures
from tests.shapes import shape  # noqa: F401 - a fixture
from tests.templates import copy_home, made_once, migrated, running
from tests.tracing import untraced

ROOT = Path(__file__).parents[1]
SHARED = Path(__file__).parents[2] / "shared"
_numbers = count(1)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder that the database server's own user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="psa-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session", autouse=True)
def plain_log() -> None:
    """Logs as an installation does; what structlog does by itself draws an exception for ten seconds."""
    configure_logging("info")


@pytest.fixture(scope="session", autouse=True)
def slow_hasher() -> Iterator[PasswordHash]:
    """What hashes passwords, and is exchanged for the least work there is in this process, where they are many."""
    slow = passwords._hasher
    passwords._hasher = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    yield slow
    passwords._hasher = slow


TEMPLATES = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The shape of the house the API's tests run in."""
    parser.addoption("--shape", choices=("one", "apart", "mixed"), default="one", help="see tests/shapes.py")


def pytest_configure(config: pytest.Config) -> None:
    """The process that hands the tests out makes the folder of templates, the others get it from it."""
    given = getattr(config, "workerinput", {}).get("templates")
    config.stash[TEMPLATES] = Path(given or tempfile.mkdtemp(prefix="psa-test-"))
    config.stash[TEMPLATES].chmod(0o711)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["templates"] = str(node.config.stash[TEMPLATES])


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(config.stash[TEMPLATES])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    # pytest-cov's own `no_cover` has no effect in the processes of xdist
    with untraced() if item.get_closest_marker("untraced") else nullcontext():
        return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    is_one = config.getoption("--shape") == "one"
    # these run in the shape that is one process, and say nothing of another
    elsewhere = [
        item
        for item in items
        if item.get_closest_marker("one_process") and not (is_one and "shapes" not in item.path.parts)
    ]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]
    items.sort(key=lambda item: place(item.path))


@contextmanager
def _copied(template: Path) -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="psa-test-"))
    folder.chmod(0o711)
    copy_home(template, folder / "home")
    try:
        with running(folder / "home") as installation:
            yield installation.home
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Iterator[Home]:
    """The test process's own cluster, with migrated databases `psa` and `warehouse` to copy from."""
    with _copied(migrated(pytestconfig.stash[TEMPLATES])) as home:
        yield home


@dataclass(frozen=True)
class House:
    """A pair of fresh databases with two tenants; its warehouse is made when it is first asked for."""

    home: Home
    psa: str
    tenant: UUID
    other_tenant: UUID
    _warehouse: Callable[[], str] = field(repr=False)

    @cached_property
    def warehouse_name(self) -> str:
        return self._warehouse()

    def drop(self) -> None:
        """Remove what was made of it."""
        with psycopg.connect(self.home.url("superuser", "postgres"), autocommit=True) as superuser:
            for name in (self.psa, vars(self).get("warehouse_name")):
                if name is not None:
                    superuser.execute(f"drop database {name} with (force)")

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


def make_copy(cluster: Home, kind: str, template: str) -> str:
    """A fresh database of a kind (`psa` or `warehouse`), a copy of its template; returns its name."""
    name = f"{kind}_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(cluster.url("superuser", "postgres"), autocommit=True) as superuser:
        # nobody waits for a disk here, and by way of the log every page is written twice
        superuser.execute(f"create database {name} template {template} owner {OWNERS[kind]} strategy file_copy")
        ensure_database(superuser, name, kind)
    return name


def two_tenants(owner_url: str) -> list[UUID]:
    """The ids of two new tenants, `main` and `other`."""
    with psycopg.connect(owner_url) as owner:
        return [
            create_tenant(owner, slug=slug, name=slug, timezone="Europe/Berlin", locale="de")
            for slug in ("main", "other")
        ]


def furnish(cluster: Home) -> House:
    """A fresh house with two tenants."""
    psa = make_copy(cluster, "psa", "psa")
    tenants = two_tenants(cluster.url("owner", psa))
    return House(cluster, psa, *tenants, lambda: make_copy(cluster, "warehouse", "warehouse"))


@pytest.fixture
def make_house(cluster: Home) -> Iterator[Callable[[], House]]:
    made: list[House] = []

    def make() -> House:
        made.append(furnish(cluster))
        return made[-1]

    yield make
    for house in made:
        house.drop()


@dataclass(frozen=True)
class Built:
    """A house with a small demo desk whose warehouse is built; `files` are what it came from."""

    house: House
    files: Path
    report: RunReport


def _build(templates: Path, name: str, source: Path) -> Path:
    """The template of a home with a history in its built warehouse."""

    def make(_folder: Path) -> None:
        words = [sys.executable, "-m", "tests.make_template", str(templates), name, str(source)]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    return made_once(templates / name, make)


@contextmanager
def _built(template: Path, files: Path) -> Iterator[Built]:
    tenant, other, report = pickle.loads(template.with_name(f"{template.name}.pickle").read_bytes())
    with _copied(template) as home:
        yield Built(House(home, "psa", tenant, other, lambda: "warehouse"), files, report)


@pytest.fixture(scope="session")
def built(pytestconfig: pytest.Config) -> Iterator[Built]:
    """A small demo desk, built once a test run and copied once a test process; tests only read it."""
    templates = pytestconfig.stash[TEMPLATES]
    files = templates / "files"
    with _built(_build(templates, "demo", files), files) as found:
        yield found


@pytest.fixture(scope="module")
def real_desk(pytestconfig: pytest.Config, shared_data: Path) -> Iterator[Built]:
    """The whole export of a real desk, built once a test run; each module gets a copy."""
    export = shared_data / EXPORT
    with _built(_build(pytestconfig.stash[TEMPLATES], "real", export), export) as found:
        yield found


def copy_of(original: House) -> House:
    """A copy of a house; to be dropped by who asked for it."""
    home, warehouse = original.home, original.warehouse_name
    made = replace(
        original,
        psa=make_copy(home, "psa", original.psa),
        _warehouse=lambda: make_copy(home, "warehouse", warehouse),
    )
    # at once, while nobody works with the original
    assert made.warehouse_name != warehouse
    return made


@pytest.fixture
def built_copy(built: Built) -> Iterator[House]:
    """A copy of the built house that a test may change."""
    house = copy_of(built.house)
    # a copy is another database, which the extraction notices: it reads everything once
    with untraced():
        assert extract(house.extractor, house.warehouse, load_catalog()).batch is None
    yield house
    house.drop()


@pytest.fixture
def house(make_house: Callable[[], House]) -> House:
    return make_house()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data beside the project; tests that need it skip where it is not."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the real data of ../shared/data are not here")
    return SHARED / "data"
