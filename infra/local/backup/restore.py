"""Makes a home from a backup: whole, or not at all."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from infra.errors import UserError
from infra.local.backup.contents import FOLDER
from infra.local.backup.dump import count_rows, load
from infra.local.backup.make import PEOPLE, REGISTER, product_version, unpack_backup
from infra.local.backup.manifest import Manifest
from infra.local.backup.rebirth import begin_anew, begin_raw_anew
from infra.local.backup.sealing import Key
from infra.local.binaries import find_binaries
from infra.local.bootstrap import bootstrap
from infra.local.erasures import erase_again, read_erasures
from infra.local.home import Home, refusing
from infra.local.installation import Installation
from infra.local.postgres import SHARED, Postgres

if TYPE_CHECKING:
    from operational.core.personal.register import Entry

# names in the restored home, written before the first of them is moved there
MOVING = "moving.json"
Report = Callable[[str], None]


@dataclass(frozen=True)
class Restored:
    """What a restore did; `ended` counts the log-ins it ended, `erased` the people it erased again."""

    manifest: Manifest
    tables: int
    rows: int
    ended: int
    erased: int


def restore(
    path: Path, file: Path, key: Key, report: Report = lambda _: None, *, erasures: Path | None = None
) -> Restored:
    """Make the home `path` from a backup; its processes are not started.

    As long as it works, `home.restoring` is there, and nothing else uses the home. When it fails, what it
    made is removed; when it is killed, the next restore does that. Who was erased since the backup is erased again, as
    the file beside the backup and `erasures` say. Raises UserError for a home that has a database, a
    backup that is damaged, locked or too new, and rows that are not those of the backup.
    """
    from operational.core.personal.register import add_to_file

    home = Home(path, unfinished=True)
    with home.locked("restore"):
        if home.restoring.exists():
            report("a restore was broken off here; starting over")
            _clear(home)
        _refuse_used(home)
        with refusing(home.path):
            home.restoring.mkdir(mode=0o700)
        try:
            report("reading the backup")
            manifest = unpack_backup(file, key, home.restoring)
            _refuse_unfit(home, manifest, file)
            again = _erasures(file, erasures)
            restored = _build(home, manifest, again, report)
            _move_files(home)
        except BaseException:
            _clear(home)
            raise
        # from here on it is a home
        done = home.restoring.rename(home.path / "restored.part")
        shutil.rmtree(done)
    with refusing(home.path):
        add_to_file(home.erasures, again)
    return restored


def _refuse_used(home: Home) -> None:
    data = Postgres(home).data
    if home.settings().cluster is not None:
        raise UserError(f"{home.path} has a database already; set PSA_HOME to a new folder to restore into")
    if data.exists():
        raise UserError(f"{data} is left of a home that was here before; move it away or set PSA_HOME to a new folder")


def _refuse_unfit(home: Home, manifest: Manifest, file: Path) -> None:
    from operational.services import unknown_schemas

    unknown = unknown_schemas(manifest.schemas)
    if unknown:
        raise UserError(
            f"{file} was made by a newer version ({manifest.product_version}, this is {product_version()}; unknown: "
            f"{', '.join(unknown)}); install that version"
        )
    # a new home has empty folders
    taken = [name for name in _unpacked(home) if any((home.path / name).glob("*")) or (home.path / name).is_file()]
    if taken:
        raise UserError(f"{home.path} has {', '.join(taken)} already; set PSA_HOME to a new folder")


def _erasures(file: Path, more: Path | None) -> "list[Entry]":
    """The erasures that are known of outside the backup, each once."""
    if more is not None and not more.exists():
        raise UserError(f"{more} is not there; give a copy of {REGISTER}, or leave --erasures out")
    found = [entry for path in (file.parent / REGISTER, more) if path is not None for entry in read_erasures(path)]
    return list({entry.id: entry for entry in found}.values())


def _build(home: Home, manifest: Manifest, erasures: "list[Entry]", report: Report) -> Restored:
    # nobody needs what a crash would leave: it would be restored again
    postgres = Postgres(home, {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"})
    people = home.restoring / PEOPLE
    home.remember(
        # a newer server reads what an older one has dumped
        postgres_major=find_binaries(SHARED, at_least=manifest.postgres_major).major,
        passwords=json.loads(people.read_text(encoding="utf-8")) if people.exists() else {},
    )
    report("making the database")
    postgres.prepare()
    # rows bring the transaction ids they were written with: all that come must lie above
    postgres.count_transactions_from((manifest.next_transaction >> 32) + 1)
    postgres.start()
    try:
        bootstrap(home.url("superuser", "postgres"), home.password)
        for database in manifest.rows:
            report(f"restoring {database}")
            load(home, database, home.restoring / f"{database}.dump")
        _compare(home, manifest, report)
        report("bringing it to this version")
        Installation(home).upgrade()
        with psycopg.connect(home.url("superuser", "psa"), autocommit=True) as psa:
            ended = begin_anew(psa)
            psa.execute("analyze")
        erased = erase_again(home, erasures, report, files=home.restoring / FOLDER)
        _accept_chains(home, manifest)
        with psycopg.connect(home.url("superuser", "warehouse"), autocommit=True) as warehouse:
            if "warehouse" not in manifest.rows:
                begin_raw_anew(warehouse, manifest.last_batch)
            warehouse.execute("analyze")
    finally:
        postgres.stop()
    postgres.bring_to_disk()
    counts = [count for rows in manifest.rows.values() for count in rows.values()]
    return Restored(manifest, len(counts), sum(counts), ended, erased)


def _accept_chains(home: Home, manifest: Manifest) -> None:
    """Note in the audit log's anchors that they go on from a backup: what was sealed after their copy is missing."""
    from operational.core.seal.verify import accept

    folder = home.restoring / FOLDER / "audit"
    if not folder.is_dir():
        return
    with psycopg.connect(home.url("superuser", "psa")) as psa:
        sealed = psa.execute("select distinct tenant_id from core.audit_seal").fetchall()
    for (tenant_id,) in sealed:
        accept(home.url("sealer", "psa"), folder, tenant_id, f"restored from the backup of {manifest.created_at}")


def _compare(home: Home, manifest: Manifest, report: Report) -> None:
    """Count every table again; raises UserError when one has not the rows the backup counted, after naming them all."""
    differing = 0
    for database, expected in manifest.rows.items():
        with psycopg.connect(home.url("superuser", database)) as connection:
            found = count_rows(connection)
        for table in sorted(set(expected) | set(found)):
            was, now = expected.get(table, "no such table"), found.get(table, "no such table")
            if was != now:
                differing += 1
                report(f"{database}: {table} has {now}, the backup {was}")
    if differing:
        raise UserError(f"{differing} table(s) have not the rows of the backup, see above; nothing was restored")


def _move_files(home: Home) -> None:
    names = _unpacked(home)
    with refusing(home.path):
        (home.restoring / MOVING).write_text(json.dumps(names), encoding="utf-8")
        for name in names:
            (home.restoring / FOLDER / name).rename(home.path / name)


def _unpacked(home: Home) -> list[str]:
    """Names of the files and folders that come out of the backup into the home."""
    folder = home.restoring / FOLDER
    return sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []


def _clear(home: Home) -> None:
    """Remove all that an unfinished restore has made, the folder that tells of it last."""
    Postgres(home).erase()
    moving = home.restoring / MOVING
    names = json.loads(moving.read_text(encoding="utf-8")) if moving.exists() else []
    with refusing(home.path):
        for name in names:
            entry = home.path / name
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink(missing_ok=True)
        (home.path / "home.json").unlink(missing_ok=True)
        shutil.rmtree(home.restoring)
