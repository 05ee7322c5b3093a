"""`psa upgrade`: a backup first, all schemas or none, and what had been running runs again."""

import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from alembic import command
from typer.testing import CliRunner

from infra.cli import build
from infra.errors import UserError
from infra.local import procfs, upgrading
from infra.local import supervisor as supervising
from infra.local.backup.restore import restore
from infra.local.backup.sealing import Key
from infra.local.bootstrap import ensure_database
from infra.local.home import Home
from infra.local.postgres import Postgres
from infra.local.processes import Process, processes
from infra.local.supervisor import Supervisor
from infra.local.upgrading import upgrade_home
from operational.auth.service.tenants import create_tenant
from operational.core.migrate import alembic_config, install_kernel, one_transaction
from operational.services import SERVICES
from tests.conftest import TEMPLATES
from tests.templates import FAST, copy_home, migrated, running

# a version before this one: where its services' schemas stood
BEFORE = {"auth": "0004", "crm": "0002"}
SERVER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(sys.argv[2].encode())
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
# the versions that have been installed, as their API's command differs
INSTALLED = ["the version before"]
OLD_BACKUPS = [f"psa-before-upgrade-2020010{day}T000000Z.tar" for day in (1, 2, 3)]


def ask(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(home.url("superuser", "psa")) as connection:
        return connection.execute(sql).fetchall()


def revisions(home: Home) -> dict[str, str]:
    return {name: ask(home, f"select version_num from {name}.alembic_version")[0][0] for name in BEFORE}


def make_older(home: Home) -> None:
    """Exchange the database `psa` for one as the version before made it, with a customer in it."""
    with psycopg.connect(home.url("superuser", "postgres"), autocommit=True) as superuser:
        superuser.execute("drop database psa with (force)")
        ensure_database(superuser, "psa", "psa")
    with one_transaction(home.url("owner", "psa")) as connection:
        install_kernel(connection)
        for service in (service for service in SERVICES if service.migrations is not None):
            connection.exec_driver_sql(f"create schema {service.name}")
            command.upgrade(alembic_config(service, connection), BEFORE.get(service.name, "head"))
            connection.exec_driver_sql(f"grant select on {service.name}.alembic_version to psa_app")
    with psycopg.connect(home.url("owner", "psa")) as owner:
        tenant = create_tenant(owner, slug="main", name="main", timezone="Europe/Berlin", locale="de")
        owner.execute("insert into crm.customer (tenant_id, name) values (%s, 'Äpfel')", (tenant,))


def quick_processes(home: Home) -> list[Process]:
    """What a home runs, with an API that starts in no time and says it is well, and a server that awaits no disk."""
    script = home.logs / "server.py"
    script.write_text(SERVER)
    found = {process.name: process for process in processes(home)}
    api = [sys.executable, str(script), str(found["api"].port), INSTALLED[-1]]
    quick = {"api": api, "postgres": Postgres(home, FAST).command()}
    return [replace(process, command=quick.get(name, process.command)) for name, process in found.items()]


@pytest.fixture(scope="module")
def home(pytestconfig: pytest.Config, module_folder: Path) -> Iterator[Home]:
    folder = module_folder / "home"
    copy_home(migrated(pytestconfig.stash[TEMPLATES]), folder)
    with running(folder) as installation, pytest.MonkeyPatch.context() as patch:
        for module in (supervising, upgrading):
            patch.setattr(module, "processes", quick_processes)
        yield installation.home
        # the upgrades below hand the server over to the supervisor, which takes its time to end
        pid = int((folder / "supervisord.pid").read_text())
        assert procfs.end([pid], 5, signal.SIGKILL) == []
        installation.supervisor.stop()


def upgrade(home: Home, *, backup: bool = True) -> list[str]:
    said: list[str] = []
    upgrade_home(home, backup=backup, report=said.append)
    return said


def backups(home: Home) -> list[str]:
    folder = home.path / "backups"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def health(home: Home) -> dict[str, str]:
    return {process["name"]: process["health"] for process in Supervisor(home).status()}


def test_where_nothing_is_to_do_nothing_is_done(home: Home) -> None:
    done = CliRunner().invoke(build(), ["upgrade"], env={"PSA_HOME": str(home.path)})
    assert (done.exit_code, done.stdout) == (0, "nothing to do: the schemas are those of this version\n")
    assert backups(home) == []


def test_a_newer_home_is_left_alone(home: Home) -> None:
    newest = revisions(home)["crm"]
    try:
        with psycopg.connect(home.url("owner", "psa")) as owner:
            owner.execute("update crm.alembic_version set version_num = '9999'")
        with pytest.raises(UserError, match="the schema of crm was made by a newer version"):
            upgrade(home)
    finally:
        with psycopg.connect(home.url("owner", "psa")) as owner:
            owner.execute("update crm.alembic_version set version_num = %s", (newest,))
    assert backups(home) == []


@pytest.fixture(scope="module")
def upgraded(home: Home) -> tuple[Home, list[str]]:
    """A home of the version before, with its API running, after an upgrade, and what that said."""
    # it was started long before the new version was installed
    Supervisor(home).start(["postgres", "api"])
    INSTALLED.append("this version")
    make_older(home)
    (home.path / "backups").mkdir()
    for name in OLD_BACKUPS:
        (home.path / "backups" / name).touch()
    return home, upgrade(home)


def test_everything_is_migrated_and_what_had_been_running_runs_again(upgraded: tuple[Home, list[str]]) -> None:
    home, said = upgraded
    assert said[:2] == ["to be migrated: auth, crm", "stopped api"]
    assert said[-2:] == ["starting api", "everything that had been running is up and healthy"]
    assert ask(home, "select name from crm.customer where sort_name <> ''") == [("Äpfel",)]
    found = health(home)
    assert (found["postgres"], found["api"], found["worker"]) == ("ok", "ok", "stopped")
    assert httpx.get(f"http://127.0.0.1:{home.settings().ports['api']}/").text == "this version"
    assert backups(home)[:2] == OLD_BACKUPS[1:]
    assert len(backups(home)) == 3


def test_a_backup_of_the_version_before_is_brought_to_this_one(
    upgraded: tuple[Home, list[str]], module_folder: Path
) -> None:
    home, _ = upgraded
    restored = restore(module_folder / "restored", home.path / "backups" / backups(home)[-1], Key())
    assert restored.manifest.schemas["crm"] == [BEFORE["crm"]]
    with running(module_folder / "restored") as installation:
        assert installation.behind() == []
        # the migration has filled what names are sorted by
        assert ask(installation.home, "select name from crm.customer where sort_name <> ''") == [("Äpfel",)]


def test_a_migration_that_fails_changes_nothing_and_starts_nothing(upgraded: tuple[Home, list[str]]) -> None:
    home, _ = upgraded
    make_older(home)
    with psycopg.connect(home.url("owner", "psa")) as owner:
        # in the way of the second of two migrations
        owner.execute("alter table crm.customer add column sort_name text")
    with pytest.raises(UserError) as caught:
        upgrade(home)
    assert revisions(home) == BEFORE
    found = health(home)
    assert (found["postgres"], found["api"]) == ("ok", "stopped")
    said, newest = str(caught.value), home.path / "backups" / backups(home)[-1]
    assert said.startswith('the upgrade failed and no schema has changed (column "sort_name" of relation "customer"')
    assert "stopped and not started again: api" in said
    assert f"the backup is {newest}, `psa restore` makes a new home from it" in said
    assert "\n" not in said
    assert "DuplicateColumn" in (home.logs / "upgrade.log").read_text()
    with psycopg.connect(home.url("owner", "psa")) as owner:
        owner.execute("alter table crm.customer drop column sort_name")
    before = backups(home)
    assert upgrade(home, backup=False) == ["to be migrated: auth, crm", "migrated auth, crm"]
    assert backups(home) == before
