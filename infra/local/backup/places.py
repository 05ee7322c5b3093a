"""Where a backup goes: names, half-written files, and how many are kept."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from infra.errors import UserError

ENDINGS = (".tar", ".age")
BACKUP, BEFORE_UPGRADE = "psa-backup", "psa-before-upgrade"


def is_file(place: Path) -> bool:
    """Whether a place is named like a file; all others are folders."""
    return place.suffix in ENDINGS and not place.is_dir()


def target_for(place: Path, prefix: str, now: datetime, suffix: str) -> Path:
    """The file to write: `place` itself when it is named like one, else a name by the time (UTC) in the folder `place`.

    Raises UserError where a file is already, or a name says encrypted and the backup is not.
    """
    if is_file(place):
        if ".age" in place.suffixes and suffix == ".tar":
            raise UserError(f"{place} is named like an encrypted file; give --recipient or --passphrase-file")
        target = place
    else:
        target = place / f"{prefix}-{now:%Y%m%dT%H%M%SZ}{suffix}"
    if target.exists():
        raise UserError(f"{target} exists already; choose another --to")
    return target


@contextmanager
def written(target: Path, part: str) -> Iterator[IO[bytes]]:
    """A file to write, named `part` until it is whole and on the disk, readable by its owner only.

    Raises UserError when it cannot be written; nothing is left then.
    """
    unfinished = target.with_name(part)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            # what a killed backup left
            unfinished.unlink(missing_ok=True)
            descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w+b", buffering=1 << 20) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise UserError(
            f"cannot write {target} ({error.strerror or error}); free space or choose another place with --to"
        ) from None


def drop_old(folder: Path, prefix: str, keep: int) -> list[Path]:
    """Remove all backups of that name in the folder but the newest `keep`; returns what was removed."""
    ours = re.compile(re.escape(prefix) + r"-\d{8}T\d{6}Z(\.tar|\.tar\.age|\.age\.tar)")
    old = sorted((path for path in folder.iterdir() if ours.fullmatch(path.name)), reverse=True)[keep:]
    for path in old:
        path.unlink()
    return old
