"""The dbt project: its files, and a manifest that is never older than they are."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_CHECKOUT = Path(__file__).parents[2] / "dbt"
_INSTALLED = Path(__file__).parents[1] / "dbt_project"
PROJECT = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
# whoever runs an installed package may not be allowed to write beside it
_HOME = os.environ.get("PSA_HOME")
TARGET = Path(_HOME) / "dbt" if PROJECT == _INSTALLED and _HOME else PROJECT / "target"
# the one beside the running interpreter: PATH may name another or none
EXECUTABLE = Path(sys.executable).with_name("dbt")
# parsing asks for the profile's variables and connects nowhere
NOWHERE = {
    f"PSA_WAREHOUSE_{name}": value
    for name, value in {"HOST": "-", "PORT": "1", "USER": "-", "PASSWORD": "-", "DATABASE": "-"}.items()
}


class DbtError(RuntimeError):
    """dbt ended with an error; the message holds its last lines."""


def dbt_command(*words: str, target: Path = TARGET) -> list[str]:
    """The words that run dbt on the project, quietly and without asking anybody for news."""
    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    return [
        *(str(EXECUTABLE), "--no-use-colors", "--no-send-anonymous-usage-stats", *words),
        *(*places, "--target-path", str(target), "--log-path", str(target)),
    ]


def run_dbt(*words: str, environment: Mapping[str, str], target: Path = TARGET) -> str:
    """Run dbt and return what it printed; raises DbtError when it fails."""
    done = subprocess.run(
        dbt_command(*words, target=target),
        env={**os.environ, **environment}, cwd=PROJECT.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise DbtError("\n".join((done.stdout + done.stderr).strip().splitlines()[-15:]))
    return done.stdout


def manifest() -> Path:
    """The project's manifest, parsed anew where a file of the project has changed since."""
    TARGET.mkdir(parents=True, exist_ok=True)
    path, stamp = TARGET / "manifest.json", TARGET / "manifest.sha256"
    with (TARGET / "manifest.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = _digest()
        if not path.exists() or not stamp.exists() or stamp.read_text() != wanted:
            run_dbt("parse", environment=NOWHERE)
            stamp.write_text(wanted)
    return path


def _digest() -> str:
    digest = hashlib.sha256()
    files = (path for path in PROJECT.rglob("*") if path.is_file() and TARGET not in path.parents)
    for path in sorted(files):
        digest.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


if __name__ == "__main__":
    manifest()
