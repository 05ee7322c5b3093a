"""`psa up` and what it keeps running: healthy, separately restartable, beside another home, gone in the end."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from infra.local import procfs
from tests.infra.conftest import Psa

NAMES = ["postgres", "api", "worker", "dashboards", "dagster-code", "dagster", "dagster-daemon"]


def status(psa: Psa) -> dict[str, dict[str, Any]]:
    return {process["name"]: process for process in json.loads(psa.ok("status", "--json"))["processes"]}


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so after {seconds} s"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def up(psa: Psa) -> Psa:
    psa.ok("up", "--detach")
    return psa


def test_up_returns_when_everything_is_healthy(up: Psa) -> None:
    found = status(up)
    assert list(found) == NAMES
    assert {process["health"] for process in found.values()} == {"ok"}
    for process in found.values():
        assert {"name", "health", "port", "pid"} <= process.keys()
        assert procfs.alive(process["pid"])
    assert httpx.get(f"http://127.0.0.1:{found['api']['port']}/api/health").json() == {"status": "ok"}
    graph = httpx.post(
        f"http://127.0.0.1:{found['dagster']['port']}/graphql",
        json={"query": "{assetNodes {assetKey {path}}}"},
    )
    paths = ["/".join(node["assetKey"]["path"]) for node in graph.json()["data"]["assetNodes"]]
    assert {"raw/tickets__ticket", "marts/fct_ticket"} <= set(paths)


def test_up_again_leaves_what_runs_alone(up: Psa) -> None:
    before = status(up)
    up.ok("up", "--detach")
    assert status(up) == before


def test_a_process_that_dies_is_started_again_and_the_others_go_on(up: Psa) -> None:
    before = status(up)
    os.kill(before["api"]["pid"], signal.SIGKILL)
    until(lambda: (now := status(up)["api"])["health"] == "ok" and now["pid"] != before["api"]["pid"])
    after = status(up)
    assert [name for name in NAMES if after[name]["pid"] != before[name]["pid"]] == ["api"]


def test_one_process_is_restarted_alone(up: Psa) -> None:
    before = status(up)
    assert "worker is up again" in up.ok("restart", "worker")
    after = status(up)
    assert [name for name in NAMES if after[name]["pid"] != before[name]["pid"]] == ["worker"]
    assert up.refused("restart", "printer") == "there is no process printer; `psa status` lists them"


def test_another_home_runs_beside_it(up: Psa, module_folder: Path) -> None:
    other = Psa(module_folder / "other")
    try:
        other.ok("db", "upgrade")
        first, second = status(up), status(other)
        assert second["postgres"]["health"] == "ok"
        assert first["postgres"]["port"] != second["postgres"]["port"]
    finally:
        other.ok("down")
    assert {process["health"] for process in status(up).values()} == {"ok"}
    assert {process["health"] for process in status(other).values()} == {"stopped"}


def test_urls_open_the_databases_with_the_rights_of_the_role(up: Psa) -> None:
    with psycopg.connect(up.ok("db", "url").strip()) as owner:
        assert owner.execute("select current_user, current_database()").fetchone() == ("psa_owner", "psa")
    with psycopg.connect(up.ok("db", "url", "--role", "app").strip()) as app:
        assert app.execute("select count(*) from tickets.ticket").fetchone() == (0,)
    with psycopg.connect(up.ok("db", "url", "--warehouse", "--role", "analyst").strip()) as analyst:
        assert analyst.execute("show default_transaction_read_only").fetchone() == ("on",)


def test_doctor_is_content_and_names_a_transaction_that_holds_the_extraction_back(up: Psa) -> None:
    said = up.ok("doctor")
    assert "disk" in said
    assert "process     api ok" in said
    from infra.commands.stack import _open_transactions

    superuser = up.ok("db", "url").strip()
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("begin")
        connection.execute("select pg_current_xact_id()")
        connection.execute("prepare transaction 'forgotten'")
        found = _open_transactions(superuser, minutes=0)
        connection.execute("rollback prepared 'forgotten'")
    assert any("prepared transaction forgotten in psa waits since" in line for line in found)


def test_down_ends_every_process_and_keeps_the_data(up: Psa) -> None:
    pids = [process["pid"] for process in status(up).values()]
    assert up.ok("down").strip() == "stopped"
    assert [pid for pid in pids if procfs.alive(pid)] == []
    assert {process["health"] for process in status(up).values()} == {"stopped"}
    with psycopg.connect(up.ok("db", "url").strip()) as owner:
        assert owner.execute("select count(*) from core.incarnation").fetchone() == (1,)


def test_a_port_somebody_took_meanwhile_is_exchanged(up: Psa) -> None:
    up.ok("down")
    settings = json.loads((up.home / "home.json").read_text())
    with socket.create_server(("127.0.0.1", settings["port"])):
        new = up.ok("db", "url").strip()
    assert f":{settings['port']}/" not in new
    with psycopg.connect(new) as owner:
        assert owner.execute("select 1").fetchone() == (1,)
