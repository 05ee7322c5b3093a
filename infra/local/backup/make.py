"""Makes a backup of a home while it runs, and looks whether one is whole."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from infra.errors import UserError
from infra.local.backup.archive import DamagedError, Member, tar_blocks, unpack
from infra.local.backup.contents import FIRST, FOLDER, copy_first, files_of
from infra.local.backup.dump import applied_revisions, count_rows, dump, last_batch, next_transaction, one_moment
from infra.local.backup.manifest import Manifest
from infra.local.backup.places import BACKUP, target_for, written
from infra.local.backup.sealing import Key, Lock, opened, seal
from infra.local.erasures import note_erasures
from infra.local.home import ROLES, Home, refusing, write_private
from infra.local.supervisor import Supervisor

# of erasures; see operational.core.personal.register
REGISTER = "psa-erasures.jsonl"
# invented people of the demo have their passwords in home.json
PEOPLE = "passwords.json"
Report = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """A finished backup; `strange` are paths in the home that are neither file nor folder and so not in it."""

    path: Path
    manifest: Manifest
    strange: list[Path]


def product_version() -> str:
    """The version of this installation."""
    return version("psa-platform")


def make_backup(
    home: Home,
    place: Path,
    lock: Lock,
    *,
    warehouse: bool = True,
    prefix: str = BACKUP,
    report: Report = lambda _: None,
) -> Made:
    """Write a backup to the file or into the folder `place`; what runs goes on running.

    PostgreSQL is started for it where it does not run. To be called with the home's lock `backup`. Raises UserError
    when there is nothing to back up, no room, or a tool fails; there is no file then.
    """
    require_database(home)
    now = datetime.now(UTC)
    target = target_for(place, prefix, now, lock.suffix)
    with server_up(home), _staging(home) as staging:
        first = copy_first(home.path, staging)
        members, described = _dumps(home, staging, warehouse, report)
        files, strange = files_of(home.path)
        others = [file for file in files if not file.name.startswith(f"{FOLDER}/{FIRST}/")]
        people = {name: word for name, word in home.settings().passwords.items() if name not in ROLES.values()}
        if people:
            write_private(staging / PEOPLE, json.dumps(people))
            members.append(Member(PEOPLE, staging / PEOPLE))
        manifests: list[Manifest] = []

        def describe(written_members: dict[str, dict[str, object]]) -> Manifest:
            manifests.append(described(now, written_members))
            return manifests[-1]

        report("writing the file")
        with written(target, f".{prefix}-{home.digest}.part") as out:
            seal(tar_blocks([*members, *first, *others], describe), out, lock)
        # beside every backup lies what its restore, and that of older ones, must erase again
        note_erasures(home, target.parent / REGISTER)
    return Made(target, manifests[-1], strange)


@contextmanager
def server_up(home: Home) -> Iterator[None]:
    """The home's PostgreSQL, which is left as it was found: running or stopped."""
    supervisor = Supervisor(home)
    started = not supervisor.postgres.answers()
    if started:
        supervisor.start(["postgres"])
    try:
        yield
    finally:
        if started:
            supervisor.stop()


def require_database(home: Home) -> None:
    """Raise UserError when the home never had a database."""
    if home.settings().cluster is None:
        raise UserError(f"{home.path} has no database; set PSA_HOME to the home that is meant")


def check_backup(file: Path, key: Key) -> Manifest:
    """Read a backup to its end and compare every member with its digest.

    Raises UserError when it is damaged, or the key does not open it.
    """
    return unpack_backup(file, key, None)


def unpack_backup(file: Path, key: Key, into: Path | None) -> Manifest:
    """The same, and write its members into a folder where one is given; raises UserError."""
    try:
        with opened(file, key) as stream:
            return unpack(stream, into)
    except DamagedError as error:
        raise UserError(f"{file} is damaged: {error}; use another backup") from None


@contextmanager
def _staging(home: Home) -> Iterator[Path]:
    """A folder for the dumps, in the home, where they are as safe as the database itself."""
    folder = home.path / "backup.part"
    with refusing(home.path):
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _dumps(
    home: Home, staging: Path, warehouse: bool, report: Report
) -> tuple[list[Member], Callable[[datetime, dict[str, dict[str, object]]], Manifest]]:
    """The dumps, and what makes the manifest once time and members are known."""
    members, rows = [], {}
    newest = last_batch(home)
    with one_moment(home, warehouse=warehouse) as moments:
        psa = moments["psa"].connection
        schemas, transaction = applied_revisions(psa), next_transaction(psa)
        # the one people write to first: its snapshot keeps vacuum from working
        for name in sorted(moments):
            report(f"dumping {name}")
            file = staging / f"{name}.dump"
            dump(home, moments[name], file)
            file.chmod(0o600)
            rows[name] = count_rows(moments[name].connection)
            members.append(Member(file.name, file))
            moments[name].connection.rollback()
    major = home.settings().postgres_major
    assert major is not None

    def describe(now: datetime, written_members: dict[str, dict[str, object]]) -> Manifest:
        return Manifest(
            product_version=product_version(), created_at=now.isoformat(timespec="seconds"), postgres_major=major,
            next_transaction=transaction, last_batch=newest, schemas=schemas, rows=rows, members=written_members,
        )  # fmt: skip

    return members, describe
