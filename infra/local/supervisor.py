"""Supervisor keeps a home's processes: started, restarted after a crash, each restartable alone."""

import shlex
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from infra.errors import UserError
from infra.local import procfs
from infra.local.home import Home, write_private
from infra.local.postgres import Postgres
from infra.local.processes import Process, assign_ports, processes, write_dagster_files

MARK = "PSA_SUPERVISED"
# the longest path a unix socket may have
SOCKET_PATH = 100
START_SECONDS = 120
Report = Callable[[str], None]


class Supervisor:
    """The supervisor of one home; `wanted` are its processes where they are not the usual ones."""

    def __init__(self, home: Home, wanted: Callable[[Home], list[Process]] | None = None) -> None:
        self.home = home
        self.postgres = Postgres(home)
        self._is_usual = wanted is None
        self._wanted = wanted or processes

    @property
    def socket(self) -> Path:
        """Where the supervisor listens."""
        own = self.home.path / "supervisor.sock"
        return own if len(str(own)) < SOCKET_PATH else Path("/tmp") / f"psa-{self.home.digest}.sock"

    def running(self) -> bool:
        """Whether the supervisor answers."""
        try:
            self._call("getPID")
        except (OSError, xmlrpc.client.Error):
            return False
        return True

    def start(self, names: Iterable[str] | None = None, report: Report = lambda _: None) -> None:
        """Start the processes (all when `names` is None) and wait until they are healthy.

        What runs already is left alone. Raises UserError naming the log of a process that does not come up.
        """
        with self.home.locked("supervisor"):
            if not self.running():
                self._launch()
            wanted = {process.name: process for process in self._wanted(self.home)}
            for process in wanted.values():
                if names is None or process.name in set(names):
                    self._start_one(process, report)

    def stop(self) -> None:
        """Stop all processes and the supervisor; also what a killed supervisor left behind."""
        with self.home.locked("supervisor"):
            if self.running():
                pid = self._call("getPID")
                self._call("shutdown")
                if not procfs.wait_gone([pid], 90):
                    procfs.end([pid], 5)
            self._end_orphans()

    def restart(self, name: str) -> None:
        """Restart one process and wait until it is healthy."""
        process = next((p for p in self._wanted(self.home) if p.name == name), None)
        if process is None:
            raise UserError(f"there is no process {name}; `psa status` lists them")
        if not self.running():
            raise UserError("nothing runs here; start it with `psa up --detach`")
        self._call("stopProcess", name)
        self._start_one(process, lambda _: None)

    def pause(self, but: str) -> list[str]:
        """Stop what runs except the process `but`; returns the names of what was running, that one left out."""
        with self.home.locked("supervisor"):
            if not self.running():
                return []
            names = [
                info["name"]
                for info in self._call("getAllProcessInfo")
                if info["name"] != but and info["statename"] in ("RUNNING", "STARTING", "BACKOFF")
            ]
            for name in names:
                self._call("stopProcess", name)
        return names

    def status(self) -> list[dict[str, Any]]:
        """Every process with name, health, port and pid; health is `ok`, `starting`, `failing` or `stopped`."""
        states = {}
        if self.running():
            states = {info["name"]: info for info in self._call("getAllProcessInfo")}
        return [self._status_of(process, states.get(process.name)) for process in self._known()]

    def _known(self) -> list[Process]:
        return self._wanted(self.home) if self.home.settings().cluster else []

    def _status_of(self, process: Process, info: Mapping[str, Any] | None) -> dict[str, Any]:
        state = info["statename"] if info else "STOPPED"
        health = {"RUNNING": "ok", "STARTING": "starting", "BACKOFF": "failing", "FATAL": "failing"}.get(
            state, "stopped"
        )
        if health == "ok" and not process.healthy():
            health = "starting"
        pid = info["pid"] or None if info else None
        return {"name": process.name, "health": health, "port": process.port, "pid": pid, "url": process.url}

    def renew(self) -> None:
        """Let a running supervisor take this version's commands and settings; what they change is stopped.

        Does nothing where none runs: it takes them when it starts.
        """
        with self.home.locked("supervisor"):
            if not self.running():
                return
            self._write_config()
            ((added, changed, removed),) = self._call("reloadConfig")
            for name in (*removed, *changed):
                self._call("stopProcessGroup", name)
                self._call("removeProcessGroup", name)
            for name in (*changed, *added):
                self._call("addProcessGroup", name)

    def _write_config(self) -> Path:
        if self._is_usual:
            assign_ports(self.home)
            write_dagster_files(self.home)
        config = self.home.path / "supervisor.conf"
        write_private(config, render(self.home, self.socket, self._wanted(self.home)))
        return config

    def _launch(self) -> None:
        self._end_orphans()
        self.postgres.prepare()
        config = self._write_config()
        self.socket.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        deadline = time.monotonic() + 15
        while not self.running():
            if done.returncode or time.monotonic() > deadline:
                log = self.home.logs / "supervisord.log"
                last = (done.stderr or done.stdout).strip().splitlines()[-1:] or [f"see {log}"]
                raise UserError(f"the supervisor did not start: {last[0]}")
            time.sleep(0.05)

    def _start_one(self, process: Process, report: Report) -> None:
        state = self._call("getProcessInfo", process.name)["statename"]
        if state not in ("RUNNING", "STARTING"):
            report(f"starting {process.name}")
            self._call("startProcess", process.name, False)
        deadline = time.monotonic() + START_SECONDS
        while True:
            info = self._call("getProcessInfo", process.name)
            if info["statename"] == "RUNNING" and process.healthy():
                return
            if info["statename"] == "FATAL" or time.monotonic() > deadline:
                raise UserError(f"{process.name} did not come up; its log says why: {self._log(process.name)}")
            time.sleep(0.1)

    def _log(self, name: str) -> Path:
        return self.home.logs / f"{name}.log"

    def _end_orphans(self) -> None:
        """Processes of a supervisor that was killed: they would hold ports and data."""
        left = procfs.end(procfs.with_environment(MARK, self.home.digest), 20)
        if self.home.settings().cluster:
            self.postgres.stop()
        if left:
            raise UserError(f"processes of an earlier start do not end: {' '.join(map(str, left))}; end them by hand")

    def _call(self, method: str, *arguments: Any) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        with xmlrpc.client.ServerProxy("http://localhost", transport=transport) as server:
            return getattr(server.supervisor, method)(*arguments)


def render(home: Home, socket: Path, wanted: Iterable[Process]) -> str:
    """The supervisor's configuration; it holds passwords, so it is for the owner's eyes."""
    lines = [
        "[unix_http_server]",
        f"file={_safe(str(socket))}",
        "chmod=0700",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
        "[supervisord]",
        f"logfile={_safe(str(home.logs / 'supervisord.log'))}",
        f"pidfile={_safe(str(home.path / 'supervisord.pid'))}",
        "logfile_maxbytes=1MB",
        f"identifier=psa-{home.digest}",
        "minfds=256",
        "silent=true",
    ]
    for rank, process in enumerate(wanted):
        # the server of the database is told apart by its data directory and must not be ended with the others
        mark = {} if process.name == "postgres" else {MARK: home.digest}
        environment = ",".join(f'{key}="{_safe(value)}"' for key, value in {**process.environment, **mark}.items())
        lines += [
            f"[program:{process.name}]",
            f"command={_safe(shlex.join(process.command))}",
            *([f"environment={environment}"] if environment else []),
            f"priority={rank}",
            "autostart=false",
            "autorestart=true",
            "startsecs=1",
            "startretries=3",
            f"stopsignal={process.stop_signal}",
            f"stopwaitsecs={process.stop_seconds}",
            *(["stopasgroup=true", "killasgroup=true"] if process.name != "postgres" else []),
            f"stdout_logfile={_safe(str(home.logs / f'{process.name}.log'))}",
            "redirect_stderr=true",
            "stdout_logfile_maxbytes=5MB",
            "stdout_logfile_backups=2",
        ]
    return "\n".join(lines) + "\n"


def _safe(value: str) -> str:
    if '"' in value or "\n" in value:
        raise UserError(f"{value!r} cannot be used in a path or setting; choose one without quotes")
    return value.replace("%", "%%")
