"""A running home is backed up while people write, and made again from that: the same rows, rights and files."""

import asyncio
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pyrage
import pytest
from typer.testing import CliRunner, Result

from infra.cli import build
from infra.errors import UserError
from infra.local.backup import dump
from infra.local.backup.archive import Member, tar_blocks
from infra.local.backup.make import Made, make_backup, unpack_backup
from infra.local.backup.manifest import Manifest
from infra.local.backup.rebirth import begin_raw_anew
from infra.local.backup.restore import restore
from infra.local.backup.sealing import Key, Lock
from infra.local.erasures import read_erasures
from infra.local.home import Home
from infra.local.processes import operational_environment
from operational.app import create_app
from operational.auth.keys import ensure_keys
from operational.auth.service.logins import create_login
from operational.core.settings import Settings
from pipelines.extract.catalog import load_catalog
from pipelines.extract.run import BatchResult, extract, open_batch
from pipelines.settings import Settings as PipelineSettings
from pipelines.warehouse.as_of import UnknownBatchError, warehouse_as_of
from tests.conftest import TEMPLATES, two_tenants
from tests.infra.conftest import PSA, Psa
from tests.infra.person_commands import give_and_erase
from tests.infra.rights import rights_of
from tests.infra.test_wrong_use import on_a_disk_of, small_disks
from tests.templates import copy_home, migrated, running

__all__ = ["small_disks"]
ERASED = "gert.weg@kern.example"
EMAIL, PASSWORD = "anna@example.test", "correct horse battery"
LOCKS_AND_LOGS = {"audit", "home.lock", "log", "restore.lock", "supervisor.lock"}
IDENTITY = pyrage.x25519.Identity.generate()


def extraction(home: Home) -> BatchResult:
    return extract(home.url("extractor", "psa"), home.url("warehouse_owner", "warehouse"), load_catalog())


def cli(home: Path, *words: object) -> Result:
    """`psa` in this process, which is quicker."""
    return CliRunner().invoke(build(), list(map(str, words)), env={"PSA_HOME": str(home)})


def refused(home: Path, *words: object) -> str:
    done = cli(home, *words)
    assert isinstance(done.exception, UserError), done.output
    return str(done.exception)


def ask(home: Home, sql: str, database: str = "psa") -> list[tuple[Any, ...]]:
    with psycopg.connect(home.url("superuser", database)) as connection:
        return connection.execute(sql).fetchall()


class Writer(threading.Thread):
    """Moves an amount between two rows and adds a customer, one transaction after the other, until told to stop."""

    def __init__(self, home: Home, tenant: UUID) -> None:
        super().__init__()
        self._url, self._tenant = home.url("superuser", "psa"), tenant
        self._done, self._stopped = threading.Semaphore(0), threading.Event()

    def run(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            while not self._stopped.is_set():
                with connection.transaction():
                    connection.execute("update public.purse set amount = amount - 1 where id = 1")
                    connection.execute("update public.purse set amount = amount + 1 where id = 2")
                    connection.execute("insert into crm.customer (tenant_id, name) values (%s, 'new')", (self._tenant,))
                self._done.release()

    def goes_on(self, _step: str) -> None:
        """Return after ten more transactions."""
        for _ in range(10):
            assert self._done.acquire(timeout=60)

    def stop(self) -> None:
        self._stopped.set()
        self.join()


@dataclass(frozen=True)
class Desk:
    """A home that runs, its backup for `IDENTITY`, and what somebody had who was logged in."""

    home: Home
    made: Made
    tokens: dict[str, Any]
    customers_after: int


def call(home: Home, path: str, body: Any = None, token: str = "") -> httpx.Response:
    """Ask the API of a home, in this process."""
    return asyncio.run(_call(home, path, body, token))


async def _call(home: Home, path: str, body: Any, token: str) -> httpx.Response:
    app = create_app(Settings.from_env(operational_environment(home)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://psa.test") as client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is None:
            answer = await client.get(f"/api{path}", headers=headers)
        else:
            answer = await client.post(f"/api{path}", json=body, headers=headers)
    await app.state.kernel.close()
    return answer


def writes_files(home: Home, step: str) -> None:
    """What the sealer and a mail do after the snapshot was taken."""
    if step == "dumping psa":
        with (home.path / "audit" / "anchors").open("a") as anchors:
            anchors.write("newer")
        (home.path / "audit" / "next month").touch()
        (home.path / "mail" / "2026" / "12.eml").write_text("mail/2026/12.eml")


def furnish(home: Home) -> UUID:
    with psycopg.connect(home.url("owner", "psa")) as owner:
        tenant, _ = two_tenants(home.url("owner", "psa"))
        create_login(owner, tenant, EMAIL, PASSWORD, roles=["technician"])
        owner.execute("insert into crm.customer (tenant_id, name) values (%s, 'Kern')", (tenant,))
        owner.execute("insert into crm.contact (tenant_id, name, email) values (%s, 'Gert Weg', %s)", (tenant, ERASED))
    with psycopg.connect(home.url("superuser", "psa")) as superuser:
        superuser.execute("create table public.purse (id integer primary key, amount integer not null)")
        superuser.execute("insert into public.purse values (1, 500), (2, 500)")
        superuser.execute("set search_path = jobs")
        superuser.execute(
            """insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock, status)
               values ('q', 'a', 'a', 'a', 'doing'), ('q', 'b', 'b', 'b', 'doing'), ('q', 'b', 'b', 'b', 'todo')"""
        )
    for name in ("packs/q.pdf", "mail/2026/11.eml", "audit/anchors"):
        (home.path / name).parent.mkdir(parents=True, exist_ok=True)
        (home.path / name).write_text(name)
    home.password(EMAIL)
    ensure_keys(home.path / "keys")
    return tenant


@pytest.fixture(scope="module")
def desk(pytestconfig: pytest.Config, module_folder: Path) -> Iterator[Desk]:
    folder = module_folder / "home"
    copy_home(migrated(pytestconfig.stash[TEMPLATES]), folder)
    with running(folder) as installation:
        home = installation.home
        tenant = furnish(home)
        tokens = (call(home, "/auth/login", {"email": EMAIL, "password": PASSWORD})).json()
        assert extraction(home).batch == 1
        writer = Writer(home, tenant)
        writer.start()
        try:

            def meanwhile(step: str) -> None:
                writer.goes_on(step)
                writes_files(home, step)

            made = make_backup(home, module_folder / "out", Lock((IDENTITY.to_public(),)), report=meanwhile)
        finally:
            writer.stop()
        ((customers,),) = ask(home, "select count(*) from crm.customer")
        # after the backup, which still knows him
        said = cli(folder, "person", "erase", ERASED, "--tenant", "main", "--yes")
        assert said.exit_code == 0, said.exception
        yield Desk(home, made, tokens, customers)


@pytest.fixture(scope="module")
def identity_file(module_folder: Path) -> Path:
    file = module_folder / "identity.txt"
    file.write_text(str(IDENTITY))
    return file


def changed(desk: Desk, folder: Path, **changes: Any) -> Path:
    """The desk's backup, not encrypted, with another manifest that fits it."""
    folder.mkdir()
    manifest = unpack_backup(desk.made.path, Key((IDENTITY,)), folder)

    def describe(members: dict[str, Any]) -> Manifest:
        return replace(manifest, members=members, **changes)

    file = folder / "changed.tar"
    members = [Member(name, folder / name) for name in manifest.members]
    file.write_bytes(b"".join(tar_blocks(members, describe)))
    return file


@pytest.fixture(scope="module")
def restored(desk: Desk, module_folder: Path, identity_file: Path) -> Iterator[Home]:
    """A home made from the backup, after one restore was killed and another failed in the same place."""
    place = module_folder / "restored"
    words = [str(PSA), "restore", str(desk.made.path), "--identity-file", str(identity_file)]
    with subprocess.Popen(words, env=Psa(place).environment(), stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        assert "restoring psa\n" in iter(killed.stdout.readline, "")
        killed.send_signal(signal.SIGKILL)
    for command in ("status", "backup", "up", "down"):
        assert "was broken off; run `psa restore FILE` again" in refused(place, command)
    counts = {**desk.made.manifest.rows["psa"], "crm.customer": 1}
    said: list[str] = []
    with pytest.raises(UserError, match=r"1 table\(s\) have not the rows of the backup, see above; nothing was"):
        restore(place, changed(desk, module_folder / "counts", rows={"psa": counts}), Key(), said.append)
    assert said[0] == "a restore was broken off here; starting over"
    assert said[-1] == f"psa: crm.customer has {desk.made.manifest.rows['psa']['crm.customer']}, the backup 1"
    assert {path.name for path in place.iterdir()} <= LOCKS_AND_LOGS
    known = desk.home.path / "psa-erasures.jsonl"
    done = cli(place, "restore", desk.made.path, "--identity-file", identity_file, "--erasures", known)
    assert done.exit_code == 0, done.exception
    assert "1 person(s) erased since the backup were erased again" in done.stdout
    assert "every count is that of the backup" in done.stdout
    assert "1 log-in(s) ended" in done.stdout
    with running(place) as installation:
        yield installation.home


def test_the_backup_is_of_one_moment(desk: Desk, restored: Home) -> None:
    assert ask(restored, "select sum(amount) from public.purse") == [(1000,)]
    ((moved,),) = ask(restored, "select 500 - amount from public.purse where id = 1")
    # the one there was, and one for each amount moved
    assert ask(restored, "select count(*) from crm.customer") == [(1 + moved,)]
    assert 0 <= moved < desk.customers_after - 1
    assert desk.made.manifest.rows["psa"]["crm.customer"] == 1 + moved


def test_rights_are_those_of_the_original(desk: Desk, restored: Home) -> None:
    for database in ("psa", "warehouse"):
        original, copy = (rights_of(home.url("superuser", database)) for home in (desk.home, restored))
        assert original.keys() == copy.keys()
        for kind, found in original.items():
            assert found, kind
            assert copy[kind] == found, kind


def test_the_files_are_there_and_the_machines_own_are_new(desk: Desk, restored: Home) -> None:
    for name in ("packs/q.pdf", "mail/2026/11.eml", "mail/2026/12.eml", "audit/anchors"):
        assert (restored.path / name).read_text() == name
    # an anchor newer than the snapshot would accuse the restored database
    assert not (restored.path / "audit" / "next month").exists()
    assert not restored.restoring.exists()
    assert list((restored.path / "keys").glob("signing-*")) == []
    before, now = desk.home.settings().passwords, restored.settings().passwords
    assert before[EMAIL] == now[EMAIL]
    assert {role for role, word in now.items() if before.get(role) == word} == {EMAIL}


def test_people_log_in_with_their_passwords_and_old_log_ins_are_over(desk: Desk, restored: Home) -> None:
    ensure_keys(restored.path / "keys")
    answer = call(restored, "/auth/login", {"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    assert (call(restored, "/auth/me", token=answer.json()["access_token"])).json()["email"] == EMAIL
    again = call(restored, "/auth/refresh", {"refresh_token": desk.tokens["refresh_token"]})
    assert (again.status_code, again.json()["code"]) == (401, "session_ended")
    assert (call(restored, "/auth/me", token=desk.tokens["access_token"])).status_code == 401
    ended = ask(restored, "select ended_because from auth.session where ended_at is not null")
    assert ended == [("restored",)]


def test_who_was_erased_since_the_backup_is_not_back(desk: Desk, restored: Home) -> None:
    for home in (desk.home, restored):
        ((name, email),) = ask(home, "select name, email from crm.contact")
        assert (name[:7], email) == ("Person ", None)
        assert len(read_erasures(home.erasures)) == 1
    erasures = "select id, subjects, pseudonym from core.erasure"
    assert ask(desk.home, erasures) == ask(restored, erasures)
    again = cli(restored.path, "person", "erase", "--again", desk.home.erasures)
    assert "0 of 1 erasure(s) repeated" in again.stdout


def test_what_is_kept_of_a_person_and_of_a_company_from_the_command_line(desk: Desk, module_folder: Path) -> None:
    give_and_erase(partial(cli, desk.home.path), partial(refused, desk.home.path), module_folder, EMAIL, ERASED)


def test_jobs_nobody_works_on_any_more_wait_again(restored: Home) -> None:
    found = ask(restored, "select task_name, status::text from jobs.procrastinate_jobs order by id")
    assert found == [("a", "todo"), ("b", "failed"), ("b", "todo")]


def test_the_extraction_starts_over_and_then_reads_what_is_new(desk: Desk, restored: Home) -> None:
    marker = "select marker from core.incarnation"
    assert ask(restored, marker) != ask(desk.home, marker)
    first = extraction(restored)
    ((customers,),) = ask(restored, "select count(*) from crm.customer")
    assert [t.read for t in first.tables if t.table.source == "crm.customer"] == [customers]
    assert ask(restored, "select count(*) from raw.crm__customer", "warehouse") == [(customers,)]
    assert ask(restored, "select count(*) from raw.crm__customer_history where _batch = 1", "warehouse") == [(1,)]
    # rows carry the transaction ids of the old cluster: new ones lie above, so nothing is read twice for ever
    assert extraction(restored).read == 0
    assert ask(restored, "select count(*) from extract.batch", "warehouse") == [(2,)]


def test_batches_lost_with_a_warehouse_are_never_taken_for_others(restored: Home) -> None:
    settings = PipelineSettings(restored.url("extractor", "psa"), restored.url("warehouse_owner", "warehouse"))
    with psycopg.connect(restored.url("superuser", "warehouse")) as warehouse:
        # a backup without the warehouse whose last batch was 7
        begin_raw_anew(warehouse, 7)
    ask(restored, "update crm.customer set name = 'Kern & Co' where name = 'Kern' returning id")
    assert extraction(restored).batch == 9
    with pytest.raises(UnknownBatchError, match="there is no batch 7"), warehouse_as_of(settings, 7):
        pass


def test_a_backup_waits_for_an_extraction(desk: Desk, module_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dump, "EXTRACTION_WAIT", "50ms")
    home = desk.home
    with (
        open_batch(home.url("extractor", "psa"), home.url("warehouse_owner", "warehouse")),
        pytest.raises(UserError, match="an extraction has been running for"),
    ):
        make_backup(home, module_folder / "none", Lock())
    assert not (module_folder / "none").exists()


def test_a_home_with_a_database_is_left_alone(desk: Desk, identity_file: Path) -> None:
    said = refused(desk.home.path, "restore", desk.made.path, "--identity-file", identity_file)
    assert said == f"{desk.home.path} has a database already; set PSA_HOME to a new folder to restore into"
    assert ask(desk.home, "select count(*) from crm.customer") == [(desk.customers_after,)]


def test_what_does_not_fit_is_refused_before_anything_is_made(desk: Desk, module_folder: Path) -> None:
    place = module_folder / "fresh"
    flipped = bytearray(desk.made.path.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    damaged = module_folder / "damaged.tar.age"
    damaged.write_bytes(flipped)
    newer = changed(desk, module_folder / "newer", schemas={"crm": ["9999"], "billing": ["0001"]})
    server = changed(desk, module_folder / "server", postgres_major=99)
    key = Key((IDENTITY,), None, Path("key"))
    for file, opens, wanted in (
        (damaged, key, "is damaged: it does not decrypt"),
        (desk.made.path, Key((pyrage.x25519.Identity.generate(),), None, Path("key")), "the key in key does not open"),
        (newer, Key(), "was made by a newer version .* unknown: billing 0001, crm 9999"),
        (server, Key(), "no PostgreSQL server from 99 on"),
    ):
        with pytest.raises(UserError, match=wanted):
            restore(place, file, opens)
        assert {path.name for path in place.iterdir()} <= LOCKS_AND_LOGS
    (place / "mail").mkdir()
    (place / "mail" / "of somebody").touch()
    with pytest.raises(UserError, match="has mail already; set PSA_HOME to a new folder"):
        restore(place, desk.made.path, key)
    assert (place / "mail" / "of somebody").exists()


def test_from_the_command_line_with_older_ones_removed(desk: Desk, module_folder: Path) -> None:
    folder = module_folder / "cron"
    folder.mkdir()
    older = [folder / f"psa-backup-2020010{day}T000000Z.tar" for day in (1, 2, 3)]
    for file in older:
        file.touch()
    done = cli(desk.home.path, "backup", "--to", folder, "--without-warehouse", "--keep", 2)
    assert done.exit_code == 0, done.exception
    file = Path(done.stdout.split(": ")[0])
    # what a restore of any of them must erase again lies beside them
    register = folder / "psa-erasures.jsonl"
    assert sorted(folder.iterdir()) == [older[2], file, register]
    assert register.read_bytes() == desk.home.erasures.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert f"{file} is whole: psa of 20" in cli(desk.home.path, "backup", "--check", file).stdout
    assert "--keep counts the backups of a folder" in refused(desk.home.path, "backup", "--to", file, "--keep", 1)
    nowhere = module_folder / "nowhere"
    assert "has no database; set PSA_HOME to the home that is meant" in refused(nowhere, "backup")
    assert not nowhere.exists()


@pytest.mark.usefixtures("small_disks")
def test_a_full_disk_leaves_no_backup_and_one_line(desk: Desk, module_folder: Path) -> None:
    (desk.home.path / "imports").mkdir()
    (desk.home.path / "imports" / "much").write_bytes(os.urandom(3_000_000))
    command = f"PSA_HOME={desk.home.path} {PSA} backup --to $PSA_HOME/b; code=$?; ls -A $PSA_HOME/b; exit $code"
    done = on_a_disk_of(2, module_folder, command)
    assert (done.returncode, done.stdout) == (1, "")
    assert "(No space left on device); free space or choose another place with --to" in done.stderr
    assert done.stderr.count("\n") == 1
