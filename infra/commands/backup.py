"""`psa backup`, `psa restore` and `psa upgrade`: to have everything twice, and to come back from there."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.errors import UserError

if TYPE_CHECKING:
    from infra.local.backup.make import Made
    from infra.local.backup.manifest import Manifest
    from infra.local.backup.sealing import Lock
    from infra.local.home import Home

IdentityFile = Annotated[Path | None, typer.Option(help="The age identity of a recipient it was encrypted for.")]
PassphraseFile = Annotated[Path | None, typer.Option(help="A file with the passphrase in its first line.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (backup, restore, upgrade):
        app.command()(command)


def backup(
    to: Annotated[Path | None, typer.Option(help="A folder, or a file ending in .tar or .age.")] = None,
    recipient: Annotated[list[str] | None, typer.Option(help="Encrypt for this age1… key; may be repeated.")] = None,
    passphrase_file: PassphraseFile = None,
    without_warehouse: Annotated[
        bool, typer.Option("--without-warehouse", help="Leave its history and forecasts out; they are then lost.")
    ] = False,
    keep: Annotated[int | None, typer.Option(min=1, help="Then remove all but the newest N from the folder.")] = None,
    check: Annotated[Path | None, typer.Option(help="Make none; look whether this one is whole.")] = None,
    identity_file: IdentityFile = None,
) -> None:
    """Make a backup of this home while it runs, in `backups/` unless --to says where; exits 1 when there is none."""
    from infra.local.backup.sealing import key_from, lock_for
    from infra.local.home import Home

    if check is not None:
        from infra.local.backup.make import check_backup

        manifest = check_backup(check, key_from(identity_file, passphrase_file))
        print(f"{check} is whole: {_described(manifest)}")
        return
    if identity_file is not None:
        raise UserError("--identity-file opens a backup; use it with --check, and encrypt with --recipient age1…")
    home = Home.current()
    lock = lock_for(recipient or [], passphrase_file)
    made = _make(home, to, lock, warehouse=not without_warehouse, keep=keep)
    for path in made.strange:
        print(f"psa: not in the backup, as it is neither file nor folder: {path}", file=sys.stderr)
    print(f"{made.path}: {made.path.stat().st_size / 1e6:,.1f} MB, {_described(made.manifest)}")


def _make(home: "Home", to: Path | None, lock: "Lock", *, warehouse: bool, keep: int | None) -> "Made":
    from infra.local.backup.make import make_backup, require_database
    from infra.local.backup.places import BACKUP, drop_old, is_file

    place = to or home.path / "backups"
    if keep is not None and is_file(place):
        raise UserError("--keep counts the backups of a folder; give a folder with --to")
    require_database(home)
    with home.locked("backup"):
        made = make_backup(home, place, lock, warehouse=warehouse)
        if keep is not None:
            drop_old(made.path.parent, BACKUP, keep)
    return made


def _described(manifest: "Manifest") -> str:
    tables = sum(len(rows) for rows in manifest.rows.values())
    count = sum(sum(rows.values()) for rows in manifest.rows.values())
    return (
        f"{' and '.join(manifest.rows)} of {manifest.created_at}, {tables} tables with {count:,} rows, "
        f"{len(manifest.members)} files, PostgreSQL {manifest.postgres_major}"
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    identity_file: IdentityFile = None,
    passphrase_file: PassphraseFile = None,
    erasures: Annotated[
        Path | None, typer.Option(help="A copy of psa-erasures.jsonl; the one beside the backup is read anyway.")
    ] = None,
) -> None:
    """Make the home PSA_HOME names from a backup; it must not have a database yet."""
    from infra.local.backup.restore import restore as make_home
    from infra.local.backup.sealing import key_from
    from infra.local.home import Home

    home = Home.current()
    done = make_home(home.path, file, key_from(identity_file, passphrase_file), report=_say, erasures=erasures)
    print(f"{home.path}: {_described(done.manifest)}; every count is that of the backup")
    print(f"{done.ended} log-in(s) ended: everybody logs in again, with the passwords of then")
    if done.erased:
        print(f"{done.erased} person(s) erased since the backup were erased again")
    print("erasures made after the last backup: `psa person erase --again` with psa-erasures.jsonl of the home before")
    print("start it with `psa up --detach`; build dashboards and packs' figures with `psa pipeline run`")


def upgrade(
    no_backup: Annotated[bool, typer.Option("--no-backup", help="Do not make a backup first.")] = False,
) -> None:
    """After a new version was installed: stop, back up, migrate, start again; does nothing where nothing is to do."""
    from infra.local.home import Home
    from infra.local.upgrading import upgrade_home

    upgrade_home(Home.current(), backup=not no_backup, report=_say)


def _say(text: str) -> None:
    print(text, flush=True)
