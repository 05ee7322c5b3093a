"""Measurements against a scratch database on the home's own server."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from psycopg import Connection, sql

from infra.local.bootstrap import ensure_database
from infra.local.home import Home

# what an import's rows end up in, the clocks it computes on top left out
TABLES = (
    "tickets.ticket", "tickets.ticket_event", "tickets.message", "tickets.satisfaction", "tickets.time_entry",
    "crm.customer", "crm.contact",
)  # fmt: skip


@dataclass(frozen=True)
class ImportFigures:
    """Seconds of one import and of a bare COPY of the rows it wrote; `reading` is the part before the first write."""

    rows: int
    seconds: float
    reading: float
    copying: float


def measure_import(home: Home, source: Path) -> ImportFigures:
    """Import `source` into a scratch database, then COPY the same rows into tables without keys or triggers."""
    from operational.auth.service.tenants import create_tenant
    from operational.imports.load import load_history
    from operational.imports.native import read_native
    from operational.imports.servicenow import read_servicenow
    from operational.services import SERVICES

    loaders = {kind: loader for service in SERVICES for kind, loader in service.loaders.items()}
    with scratch(home) as name:
        with psycopg.connect(home.url("owner", name)) as owner:
            tenant_id = create_tenant(owner, slug="bench", name="bench", timezone="Europe/Berlin", locale="de")
        began = time.perf_counter()
        history = read_native(source) if source.is_dir() else read_servicenow(source, timezone="Europe/Berlin")
        # tickets are built while they are read: the list is made here so that both parts can be told apart
        history = replace(history, tickets=iter(list(history.tickets)))
        reading = time.perf_counter() - began
        with psycopg.connect(home.url("app", name), autocommit=True) as app:
            load_history(app, tenant_id, history, loaders)
        seconds = time.perf_counter() - began
        with psycopg.connect(home.url("superuser", name), autocommit=True) as superuser:
            rows, copying = _bare_copy(superuser)
    return ImportFigures(rows, seconds, reading, copying)


@contextmanager
def scratch(home: Home) -> Iterator[str]:
    """The name of a database of the home's server with every table and no row; it is dropped at the end."""
    from operational.services import upgrade_all

    name = f"psa_bench_{os.getpid()}"
    with psycopg.connect(home.url("superuser", "postgres"), autocommit=True) as superuser:
        ensure_database(superuser, name, "psa")
        try:
            upgrade_all(home.url("owner", name))
            yield name
        finally:
            superuser.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _bare_copy(connection: Connection) -> tuple[int, float]:
    rows, seconds = 0, 0.0
    for table in TABLES:
        source = sql.Identifier(*table.split("."))
        with connection.cursor() as cursor:
            with cursor.copy(sql.SQL("copy {} to stdout").format(source)) as reading:
                data = [bytes(part) for part in reading]
            cursor.execute(sql.SQL("create table bare as select * from {} with no data").format(source))
            began = time.perf_counter()
            with cursor.copy("copy bare from stdin") as writing:
                for part in data:
                    writing.write(part)
            seconds += time.perf_counter() - began
            rows += cursor.rowcount
            cursor.execute("drop table bare")
    return rows, seconds
