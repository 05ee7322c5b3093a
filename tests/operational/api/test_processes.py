"""The API and the worker as processes: they start, they answer, SIGTERM ends them cleanly."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from operational.auth.keys import ensure_keys
from operational.auth.service.logins import ensure_admin
from operational.core.settings import Settings
from tests.operational.api.conftest import PASSWORD

SETTINGS = "from operational.core.settings import Settings\n"
Start = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def start(house: Any, tmp_path: Path) -> Iterator[Start]:
    env = {
        **os.environ,
        **{f"PSA_{name.upper()}_URL": house.home.url(name, house.psa) for name in ("login", "relay", "scheduler")},
        "PSA_DATABASE_URL": house.app,
        "PSA_KEYS_DIR": str(tmp_path / "keys"),
    }
    started: list[subprocess.Popen[str]] = []

    def run(code: str) -> subprocess.Popen[str]:
        process = subprocess.Popen([sys.executable, "-c", SETTINGS + code], env=env, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _until(ready: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not ready():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline, "not ready after 60 s"
        time.sleep(0.05)


def test_the_api_serves_and_ends_on_sigterm(house: Any, start: Start) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with psycopg.connect(house.owner) as owner:
        first = ensure_admin(owner, house.tenant, "Admin@example.test", PASSWORD)
        assert ensure_admin(owner, house.tenant, "admin@example.test", "another password") == first
    process = start(
        f"from operational.serve import prepare, run; run(prepare(Settings.from_env()), '127.0.0.1', {port})"
    )

    def healthy() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/api/health").status_code == 200
        except httpx.TransportError:
            return False

    _until(healthy, process)
    answer = httpx.post(
        f"http://127.0.0.1:{port}/api/auth/login", json={"email": "admin@example.test", "password": PASSWORD}
    )
    assert answer.status_code == 200
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=30)
    assert '"path": "/api/auth/login"' in log
    assert PASSWORD not in log
    assert "Traceback" not in log


def test_the_worker_ends_cleanly_on_sigterm(house: Any, start: Start) -> None:
    process = start("from operational.worker import prepare, run; run(prepare(Settings.from_env()))")
    relays = """select count(*) from pg_locks l join pg_database d on d.oid = l.database
                where l.locktype = 'advisory' and d.datname = current_database()"""
    _until(lambda: house.query(relays)[0][0] == 3, process)
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=30)
    assert (process.returncode, "worker_stopped" in log, "Traceback" in log) == (0, True, False)
    assert house.query("select count(*) from jobs.procrastinate_workers") == [(0,)]


def test_settings_name_all_that_is_missing() -> None:
    with pytest.raises(ValueError, match="PSA_LOGIN_URL, PSA_RELAY_URL"):
        Settings.from_env({"PSA_DATABASE_URL": "x", "PSA_SCHEDULER_URL": "x", "PSA_KEYS_DIR": "x"})


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: ensure_keys(tmp_path / "keys"), range(8)))
    assert len(list((tmp_path / "keys").glob("signing-*.json"))) == 1
