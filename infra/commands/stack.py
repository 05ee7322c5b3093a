"""`psa up`, `down`, `status`, `doctor`: the processes of this machine."""

import json
import shutil
import signal
from typing import Annotated, Any

import typer

from infra.errors import UserError

# what a start and a first import need, in bytes
LEAST_FREE = 1_000_000_000


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(up)
    app.command()(down)
    app.command()(status)
    app.command()(doctor)


def up(
    detach: Annotated[bool, typer.Option("--detach", help="Return when everything is healthy.")] = False,
) -> None:
    """Start what this home runs, and stay until Ctrl-C unless detached."""
    from infra.local.installation import Installation

    installation = Installation.ready()
    print(f"PostgreSQL is up on 127.0.0.1:{installation.home.settings().port}; `psa db url` prints how to connect")
    if detach:
        return
    print("Ctrl-C stops it.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        installation.postgres.stop()
        print("\nstopped")


def down() -> None:
    """Stop everything this home runs."""
    from infra.local.home import Home
    from infra.local.postgres import Postgres

    Postgres(Home.current()).stop()
    print("stopped")


def _processes() -> list[dict[str, Any]]:
    from infra.local.home import Home
    from infra.local.postgres import Postgres

    postgres = Postgres(Home.current())
    pid = postgres.pid() if postgres.home.settings().cluster else None
    health = "stopped" if pid is None else ("ok" if postgres.answers() else "starting")
    return [{"name": "postgres", "health": health, "port": postgres.home.settings().port, "pid": pid}]


def status(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Show what runs."""
    processes = _processes()
    if as_json:
        print(json.dumps({"processes": processes}))
        return
    for process in processes:
        print(
            f"{process['name']:<12} {process['health']:<10} port {process['port'] or '-'}  pid {process['pid'] or '-'}"
        )


def doctor() -> None:
    """Look for what keeps this home from working; exits 1 when something is wrong."""
    from infra.local.home import Home
    from infra.local.postgres import Postgres

    home = Home.current()
    postgres = Postgres(home)
    problems = []
    print(f"home        {home.path}")
    print(f"postgres    {postgres.binaries().major}, {_processes()[0]['health']}")
    existing = next(folder for folder in (home.path, *home.path.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    print(f"disk        {free / 1e9:.1f} GB free")
    if free < LEAST_FREE:
        problems.append("less than 1 GB is free; make room")
    if postgres.pid() is not None:
        problems += _open_transactions(home.url("superuser", "postgres"))
    for problem in problems:
        print(f"problem     {problem}")
    if problems:
        raise UserError(f"{len(problems)} problem(s) found, see above")


def _open_transactions(url: str) -> list[str]:
    """What holds back the extraction: transactions open for over ten minutes, prepared ones included."""
    import psycopg

    with psycopg.connect(url) as connection:
        rows = connection.execute(
            """select format('pid %s of %s in %s has a transaction open since %s; end it',
                             pid, usename, datname, xact_start)
               from pg_stat_activity where backend_xid is not null and xact_start < now() - interval '10 minutes'
               union all
               select format('prepared transaction %s in %s waits since %s; commit or roll it back',
                             gid, database, prepared)
               from pg_prepared_xacts where prepared < now() - interval '10 minutes'"""
        ).fetchall()
    return [row[0] for row in rows]
