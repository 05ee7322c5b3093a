"""One PostgreSQL cluster of a home: made at first start, kept on its port."""

import errno
import locale
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import psycopg

from infra.errors import UserError
from infra.local.binaries import NOBODY, Binaries, can_reach, find_binaries, run_as
from infra.local.home import Home, refusing
from infra.local.ports import free_port, is_free
from infra.local.procfs import arguments, wait_gone, working_in

SHARED = Path("/var/lib/psa-platform")
START_SECONDS = 60
REMAINS_SECONDS = 15
# what the files of an empty cluster take
CLUSTER_BYTES = 60_000_000
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_prepared_transactions": "10",
    "max_wal_size": "2GB",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
    "timezone": "UTC",
}


class Postgres:
    """The cluster of one home. `settings` are extra server settings, by name."""

    def __init__(self, home: Home, settings: Mapping[str, str] | None = None) -> None:
        self.home = home
        self._extra = dict(settings or {})

    @property
    def data(self) -> Path:
        """The data directory; as root under /var/lib where the server's user cannot reach the home."""
        remembered = self.home.settings().cluster
        if remembered:
            return Path(remembered)
        self.home.make()
        if not run_as() or can_reach(self.home.path):
            return self.home.path / "postgres"
        return SHARED / self.home.digest

    def binaries(self) -> Binaries:
        """The server this home runs on: always of the major version it was made with."""
        return find_binaries(SHARED, self.home.settings().postgres_major)

    def pid(self) -> int | None:
        """Process id of the running server, None when it does not run."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        # a killed server leaves its file behind, and its pid may be somebody else's by now
        return pid if str(self.data) in arguments(pid) else None

    def prepare(self) -> None:
        """Make everything a start needs: the cluster, a free port, no remains of a killed server.

        Raises UserError when there is no room, no fitting server or no permission. Does nothing to a running server.
        """
        binaries = self.binaries()
        if not (self.data / "PG_VERSION").exists():
            self._initdb(binaries)
        if self.pid() is not None:
            return
        self._clear_remains()
        port = self.home.settings().port
        if port is None or not is_free(port):
            self.home.remember(port=free_port())

    def options(self) -> list[str]:
        """The server's arguments after its name."""
        settings = {**SETTINGS, **self._extra, "port": str(self.home.known_port())}
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def command(self) -> list[str]:
        """The words that run the server in the foreground; only after `prepare`."""
        return [*run_as(), str(self.binaries().folder / "postgres"), "-D", str(self.data), *self.options()]

    def start(self) -> None:
        """Make the cluster where there is none, start it in the background and wait; nothing when it runs.

        Raises UserError with the place of the log when the server does not come up.
        """
        self.prepare()
        if self.pid() is not None:
            return
        log = self._log()
        where = ["-D", str(self.data), "-l", str(log), "-o", shlex.join(self.options())]
        done = self._run(self.binaries(), "pg_ctl", "start", "-w", "-t", str(START_SECONDS), *where)
        if done.returncode:
            raise UserError(f"PostgreSQL did not start; its log says why: {log}")

    def stop(self) -> None:
        """End all connections and stop the server; does nothing when it does not run.

        A server that has not ended after a minute is stopped at once; it recovers at its next start.
        """
        if self.pid() is None:
            return
        for mode in ("fast", "immediate"):
            done = self._run(self.binaries(), "pg_ctl", "stop", "-w", "-m", mode, "-D", str(self.data))
            if done.returncode == 0 or self.pid() is None:
                return
        raise UserError(f"PostgreSQL did not stop: {_last_line(done)}")

    def count_transactions_from(self, epoch: int) -> None:
        """Let transaction ids go on at `epoch` times 2^32; only between `prepare` and a cluster's very first start.

        The epoch is stored nowhere but in the control file, and no row holds it (PostgreSQL's manual, pg_resetwal -e).
        """
        done = self._run(self.binaries(), "pg_resetwal", "-e", str(epoch), "-D", str(self.data))
        if done.returncode:
            raise UserError(f"PostgreSQL could not be set to later transactions: {_last_line(done)}")

    def bring_to_disk(self) -> None:
        """Wait until all files of a stopped cluster are on the disk: for one that was filled with `fsync` off."""
        done = self._run(self.binaries(), "initdb", "--sync-only", "-D", str(self.data))
        if done.returncode:
            raise UserError(f"the database did not get to the disk: {_last_line(done)}")

    def erase(self) -> None:
        """Stop the server and remove the cluster with all its data, and what is left of one half made."""
        self.stop()
        data, log = self.data, self._log()
        with refusing(data.parent):
            for folder in (data, data.with_name(data.name + ".part")):
                if folder.exists():
                    shutil.rmtree(folder)
            log.unlink(missing_ok=True)

    def processes(self) -> list[int]:
        """Every process of the server, those a killed postmaster left included."""
        return working_in(self.data) if self.home.settings().cluster else []

    def _clear_remains(self) -> None:
        """After a kill: wait for the server's children, and drop a pid file that names a stranger."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        left = self.processes()
        if not wait_gone(left, REMAINS_SECONDS):
            raise UserError(f"a killed server left processes behind; end them first: {' '.join(map(str, left))}")
        # PostgreSQL refuses to start when the number now belongs to another process of its user
        with refusing(self.data):
            pid_file.unlink()

    def _log(self) -> Path:
        # the server's user writes it, so it lies beside the data
        return self.data.with_name(self.data.name + ".log")

    def _initdb(self, binaries: Binaries) -> None:
        final = self.data
        part = final.with_name(final.name + ".part")
        log = self._log()
        try:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True, mode=0o700)
            log.touch(mode=0o600)
            if run_as():
                os.chown(part, NOBODY, NOBODY)
                os.chown(log, NOBODY, NOBODY)
            with tempfile.NamedTemporaryFile("w", prefix="psa-") as secret:
                secret.write(self.home.password("postgres"))
                secret.flush()
                if run_as():
                    os.chown(secret.name, NOBODY, NOBODY)
                done = self._run(
                    binaries, "initdb", "-D", str(part), "-U", "postgres", "-E", "UTF8", f"--locale={_locale()}",
                    "-A", "scram-sha-256", f"--pwfile={secret.name}", "--no-instructions",
                    *(["--no-sync"] if self._extra.get("fsync") == "off" else []),
                )  # fmt: skip
                (self.home.logs / "initdb.log").write_text(done.stdout, encoding="utf-8")
            if done.returncode:
                free = shutil.disk_usage(part).free
                if free < CLUSTER_BYTES:
                    raise OSError(errno.ENOSPC, f"{free / 1e6:.0f} MB free, a new database needs 60")
                details = self.home.logs / "initdb.log"
                raise UserError(f"PostgreSQL could not make its files: {_last_line(done)} (see {details})")
            part.rename(final)
        except OSError as error:
            raise UserError(
                f"cannot make the database in {final} ({error.strerror}); make room or set PSA_HOME to another folder"
            ) from None
        self.home.remember(cluster=str(final), postgres_major=binaries.major)

    def _run(self, binaries: Binaries, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        # a file takes the output: a pipe would be held open by the server
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [*run_as(), str(binaries.folder / program), *arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", text=True, check=False,
            )  # fmt: skip
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read(), "")

    def answers(self) -> bool:
        """Whether the server takes a connection now."""
        try:
            psycopg.connect(self.home.url("superuser", "postgres"), connect_timeout=3).close()
        except (psycopg.OperationalError, UserError):
            return False
        return True


def _locale() -> str:
    try:
        saved = locale.setlocale(locale.LC_CTYPE)
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
        locale.setlocale(locale.LC_CTYPE, saved)
    except locale.Error:
        return "C"
    return "C.UTF-8"


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return next(
        (line for line in reversed(lines) if "error" in line.lower() or "fatal" in line.lower()),
        lines[-1] if lines else "no message",
    )
