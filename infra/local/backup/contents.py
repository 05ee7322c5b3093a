"""Which files of a home belong into a backup: all, but for what is listed here."""

import os
import shutil
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from infra.errors import UserError
from infra.local.backup.archive import Member

FOLDER = "home"
# paths in the home; docs/backup.md says why
LEFT_OUT = (
    # the databases are dumped
    "postgres", "postgres.log", "postgres.part",
    # this machine's ports and passwords; what it runs, and what that has said
    "home.json", "supervisor.conf", "supervisord.pid", "supervisor.sock", "log", "*.lock",
    # made again by what uses them
    "dagster", "dbt", "demo",
    # a restored home signs with keys of its own: what a backup holds forges no token
    "keys/signing-*.json", "keys/jwks.json", "keys/.*",
    # other backups, and what is not finished
    "backups", "psa-backup-*", ".psa-*", "*.part",
    # of a disk that is mounted here
    "lost+found",
)  # fmt: skip


# written after the database and never changed: what of it is there before the snapshot fits the snapshot
FIRST = "audit"


def copy_first(home: Path, staging: Path) -> list[Member]:
    """Copy what must be no newer than the database; to be called before its snapshot is taken."""
    copies = []
    for member in files_of(home)[0]:
        if member.name.startswith(f"{FOLDER}/{FIRST}/"):
            copy = staging / member.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(member.path, copy)
            copies.append(Member(member.name, copy))
    return copies


def files_of(home: Path) -> tuple[list[Member], list[Path]]:
    """The files of a home that belong into a backup, and what was met that is neither file nor folder.

    Raises UserError for a folder that cannot be read.
    """
    members, strange = [], []
    for path in _walk(home, home):
        if path.is_file() and not path.is_symlink():
            members.append(Member(f"{FOLDER}/{path.relative_to(home)}", path, may_vanish=True))
        elif os.path.lexists(path):
            strange.append(path)
    return members, strange


def _walk(folder: Path, home: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise UserError(f"cannot read {folder} ({error.strerror}); there is no backup") from None
    for path in entries:
        name = str(path.relative_to(home))
        if any(fnmatch(name, pattern) for pattern in LEFT_OUT):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path, home)
        else:
            yield path
