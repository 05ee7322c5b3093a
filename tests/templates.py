"""Homes that take long to make, made once a test run and copied by every test process that needs one."""

import base64
import fcntl
import hashlib
import hmac
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from infra.local.bootstrap import ROLE_OPTIONS
from infra.local.home import Home
from infra.local.installation import Installation
from infra.local.postgres import Postgres

# what a crash of the machine would lose is of no interest here
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def running(folder: Path) -> Iterator[Installation]:
    """The installation of a home with its server up, which does not wait for the disk; stopped cleanly in the end."""
    found = Installation(Home(folder))
    found.postgres = Postgres(found.home, FAST)
    found.postgres.start()
    try:
        yield found
    finally:
        found.postgres.stop()


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """`folder`, filled by `make` in the first process that asks; the others wait for it."""
    done = folder.with_name(f"{folder.name}.done")
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(folder)
            done.touch()
    return folder


def copy_home(template: Path, folder: Path) -> None:
    """A home with all its data in another folder; neither may be running."""
    subprocess.run(["cp", "-a", str(template), str(folder)], check=True)
    file = folder / "home.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    cluster = Path(settings["cluster"]).relative_to(template.resolve())
    file.write_text(json.dumps({**settings, "cluster": str(folder / cluster), "port": None}), encoding="utf-8")


def migrated(templates: Path) -> Path:
    """A home with migrated databases `psa` and `warehouse`, empty."""

    def make(folder: Path) -> None:
        with running(folder) as found:
            found.upgrade()
            quick_log_ins(found.home)

    return made_once(templates / "migrated", make)


def quick_log_ins(home: Home) -> None:
    """Let the server keep its roles' passwords with one round of hashing, which every connection repeats."""
    with psycopg.connect(home.url("superuser", "postgres"), autocommit=True) as superuser:
        for role in ("postgres", *ROLE_OPTIONS):
            verifier = _scram(home.password(role), b"salt")
            superuser.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(verifier)))


def _scram(password: str, salt: bytes) -> str:
    """What PostgreSQL keeps of a password (RFC 5803), here of one iteration."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return "SCRAM-SHA-256$1:{}${}:{}".format(*(base64.b64encode(part).decode() for part in (salt, stored, server)))
