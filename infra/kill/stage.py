"""The house of the benchmark: two APIs, two workers, PostgreSQL and RabbitMQ under a supervisor."""

import contextlib
import os
import random
import signal
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import psycopg

from infra.kill.probe import make_tables
from infra.kill.watch import Watch
from infra.local import procfs
from infra.local.home import Home
from infra.local.installation import Installation
from infra.local.ports import free_port
from infra.local.processes import Process, operational_environment
from infra.local.supervisor import Supervisor
from infra.servers.rabbitmq import RabbitMQ

APIS, WORKERS = ("api-1", "api-2"), ("worker-1", "worker-2")
# which worker publishes the events of tickets
_RELAY = """
select a.application_name from pg_locks l join pg_stat_activity a using (pid)
where l.locktype = 'advisory' and ((l.classid::bigint << 32) | l.objid::bigint) =
      hashtextextended('psa.relay.tickets', 0) and l.granted
"""


class Stage:
    """Everything that can be killed; starts again by the supervisor, as at home."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")
        self.rabbitmq = RabbitMQ(folder / "rabbitmq")
        self.ports = {name: free_port() for name in APIS}
        self.supervisor = Supervisor(self.home, self._processes)
        self.watch = Watch(lambda: self.home.url("superuser", "psa"))

    def start(self) -> UUID:
        """Start and fill with a tenant; returns its id."""
        from operational.auth.service.tenants import create_tenant

        self.home.make()
        self.rabbitmq.prepare()
        installation = Installation(self.home)
        installation.supervisor = self.supervisor
        self.supervisor.start(["postgres"])
        installation.upgrade()
        make_tables(self.owner)
        with psycopg.connect(self.owner) as owner:
            tenant = create_tenant(owner, slug="bench", name="bench", timezone="Europe/Berlin", locale="de")
        self.supervisor.start()
        self.rabbitmq.remember_queues()
        return tenant

    def stop(self) -> None:
        """Stop everything."""
        self.watch.close()
        self.supervisor.stop()
        self.rabbitmq.stop()

    @property
    def owner(self) -> str:
        """The database as who sees everything."""
        return self.home.url("owner", "psa")

    def url(self, api: str) -> str:
        """Where an API listens."""
        return f"http://127.0.0.1:{self.ports[api]}"

    def _processes(self, home: Home) -> list[Process]:
        postgres = self.supervisor.postgres
        found = [Process("postgres", postgres.command(), {}, home.settings().port, postgres.answers, "INT", 60)]
        rabbitmq = self.rabbitmq
        found.append(
            Process("rabbitmq", list(rabbitmq.command()), rabbitmq.environment(), rabbitmq.port, rabbitmq.ready)
        )
        for name in (*APIS, *WORKERS):
            what = ["api", str(self.ports[name])] if name in APIS else ["worker"]
            healthy = self._answers(name) if name in APIS else self._is_connected(name)
            command = [sys.executable, "-m", "infra.kill.node", *what]
            found.append(Process(name, command, self._environment(name), self.ports.get(name), healthy))
        return found

    def _environment(self, name: str) -> dict[str, str]:
        unlimited = dict.fromkeys(("PSA_LIMIT_ADDRESS", "PSA_LIMIT_ENTRY", "PSA_LIMIT_PARTY"), "")
        # the code of this checkout, wherever the supervisor was started, and compiled once
        here = {"PYTHONPATH": str(Path(__file__).parents[2]), "PGAPPNAME": name, "PYTHONDONTWRITEBYTECODE": ""}
        return {**operational_environment(self.home), **unlimited, **here, "PSA_RABBITMQ_URL": self.rabbitmq.url}

    def _answers(self, name: str) -> Callable[[], bool]:
        def healthy() -> bool:
            try:
                with urllib.request.urlopen(f"{self.url(name)}/api/health", timeout=2) as answer:
                    return bool(answer.status == 200)
            except OSError:
                return False

        return healthy

    def _is_connected(self, name: str) -> Callable[[], bool]:
        def healthy() -> bool:
            query = "select exists (select from pg_stat_activity where application_name = %s)"
            return self.watch.ask(query, (name,)) == (True,)

        return healthy

    def is_up(self, name: str) -> Callable[[], bool]:
        """What tells whether a process does its work."""
        return next(process for process in self._processes(self.home) if process.name == name).healthy

    def kill(self, target: str, dice: random.Random) -> str | None:
        """Kill -9 one of the target's processes; returns its name, None where there is none just now."""
        if target in ("api", "worker"):
            return self._kill_supervised(dice.choice(APIS if target == "api" else WORKERS))
        if target == "relay":
            return self._kill_supervised(self._relay())
        pids = self._rabbitmq_pids() if target == "rabbitmq" else self._postgres_pids(dice)
        for pid in pids:
            # a child may end with its parent before its turn comes
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return target if pids else None

    def _kill_supervised(self, name: str | None) -> str | None:
        pid = next((process["pid"] for process in self.supervisor.status() if process["name"] == name), None)
        if name is None or not pid:
            return None
        os.kill(pid, signal.SIGKILL)
        procfs.wait_gone([pid], 5)
        return name

    def _relay(self) -> str | None:
        row = self.watch.ask(_RELAY)
        return row[0] if row else None

    def _rabbitmq_pids(self) -> list[int]:
        mine = procfs.with_environment("RABBITMQ_NODENAME", self.rabbitmq.environment()["RABBITMQ_NODENAME"])
        # epmd belongs to the machine, not to the broker
        return [pid for pid in mine if not procfs.arguments(pid)[0].endswith("epmd")]

    def _postgres_pids(self, dice: random.Random) -> list[int]:
        """The postmaster, or one of its children, after which it ends all others and recovers."""
        postmaster = self.supervisor.postgres.pid()
        children = [pid for pid in self.supervisor.postgres.processes() if pid != postmaster]
        if postmaster is None or not children:
            return []
        return [postmaster] if dice.random() < 0.5 else [dice.choice(children)]
