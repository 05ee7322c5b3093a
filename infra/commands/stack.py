"""`psa up`, `down`, `restart`, `status`, `doctor`, and the processes they keep: `serve`, `worker`, `openapi`."""

import json
import shutil
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from infra.errors import UserError
from operational.core.starting import loading

if TYPE_CHECKING:
    from operational.core.module import ServiceModule
    from operational.core.settings import Settings

Prepared = TypeVar("Prepared")
Services = Annotated[
    str | None, typer.Option(help="Only these, such as `auth,crm`; they call the others (docs/services.md).")
]

# what a start and a first import need, in bytes
LEAST_FREE = 1_000_000_000


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (up, down, restart, status, doctor, serve, worker):
        app.command()(command)
    app.command(name="openapi")(print_openapi)


def up(
    detach: Annotated[bool, typer.Option("--detach", help="Return when everything is healthy.")] = False,
) -> None:
    """Start everything this home runs, and stay until Ctrl-C unless detached."""
    from infra.local.installation import Installation

    installation = Installation.ready()
    installation.supervisor.start(report=print)
    _print_status(installation.supervisor.status())
    if detach:
        return
    print("Ctrl-C stops it.")
    wait_for_interrupt()
    installation.supervisor.stop()
    print("\nstopped")


def wait_for_interrupt() -> None:
    """Stay until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        # a second Ctrl-C must not leave half of it running
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def down() -> None:
    """Stop everything this home runs."""
    from infra.local.home import Home
    from infra.local.supervisor import Supervisor

    Supervisor(Home.current()).stop()
    print("stopped")


def restart(name: Annotated[str, typer.Argument(help="A process, as `psa status` names it.")]) -> None:
    """Restart one process; the others go on."""
    from infra.local.home import Home
    from infra.local.supervisor import Supervisor

    Supervisor(Home.current()).restart(name)
    print(f"{name} is up again")


def status(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Show what runs."""
    from infra.local.home import Home
    from infra.local.supervisor import Supervisor

    processes = Supervisor(Home.current()).status()
    if as_json:
        print(json.dumps({"processes": processes}))
    else:
        _print_status(processes)


def _print_status(processes: list[dict[str, object]]) -> None:
    if not processes:
        print("nothing has been started here yet; `psa up` starts everything")
    for process in processes:
        where = process["url"] or (f"127.0.0.1:{process['port']}" if process["port"] else "")
        print(f"{process['name']:<16} {process['health']:<10} pid {process['pid'] or '-':<8} {where}".rstrip())


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    services: Services = None,
) -> None:
    """Run the API in the foreground, all of it or some services; settings from PSA_* variables, else from this home."""
    from infra.local.ports import is_free

    if not is_free(port):
        raise UserError(f"port {port} is taken; stop who listens there or choose another with --port")
    with loading():
        modules = _modules(services)
        settings = _settings(modules, is_worker=False)
        from operational.serve import prepare, run

        app = _meant(lambda: prepare(settings, modules))
    run(app, host, port)


def worker(services: Services = None) -> None:
    """Run background jobs and events in the foreground, of all services or some; settings like `serve`."""
    with loading():
        modules = _modules(services)
        settings = _settings(modules, is_worker=True)
        from operational.worker import prepare, run

        prepared = _meant(lambda: prepare(settings, modules))
    run(prepared)


def _meant(prepare: Callable[[], Prepared]) -> Prepared:
    """What is prepared; settings that contradict each other are a person's to put right."""
    try:
        return prepare()
    except ValueError as error:
        raise UserError(str(error)) from None


def _modules(services: str | None) -> "tuple[ServiceModule, ...]":
    from operational.services import SERVICES, chosen

    return SERVICES if services is None else _meant(lambda: chosen(services.replace(",", " ").split()))


def _settings(modules: "tuple[ServiceModule, ...]", *, is_worker: bool) -> "Settings":
    """From PSA_* variables, else this home's; the database must be on this version's schemas."""
    import os

    from infra.local.installation import Installation
    from infra.local.processes import operational_environment
    from operational.core.migrate import SchemaError
    from operational.core.rights import PrivilegedRoleError
    from operational.core.settings import Settings
    from operational.services import needed, require_current_schemas

    try:
        if not os.environ.get("PSA_DATABASE_URL"):
            return Settings.from_env(operational_environment(Installation.ready().home))
        settings = Settings.from_env(needed=needed(modules, is_worker=is_worker))
        require_current_schemas(settings.database_url, modules)
    except (ValueError, SchemaError, PrivilegedRoleError) as error:
        raise UserError(str(error)) from None
    return settings


def print_openapi() -> None:
    """Print the API's description (OpenAPI 3.1)."""
    from operational.app import openapi_document

    print(openapi_document(), end="")


def doctor() -> None:
    """Look for what keeps this home from working; exits 1 when something is wrong."""
    from infra.local.home import Home
    from infra.local.postgres import Postgres
    from infra.local.supervisor import Supervisor

    home = Home.current()
    postgres = Postgres(home)
    problems = []
    print(f"home        {home.path}")
    print(f"postgres    {postgres.binaries().major}")
    for process in Supervisor(home).status():
        print(f"process     {process['name']} {process['health']}")
        if process["health"] == "failing":
            problems.append(f"{process['name']} does not stay up; see {home.logs / process['name']}.log")
    existing = next(folder for folder in (home.path, *home.path.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    print(f"disk        {free / 1e9:.1f} GB free")
    if free < LEAST_FREE:
        problems.append("less than 1 GB is free; make room")
    if postgres.answers():
        problems += _open_transactions(home.url("superuser", "postgres"))
    for problem in problems:
        print(f"problem     {problem}")
    if problems:
        raise UserError(f"{len(problems)} problem(s) found, see above")


def _open_transactions(url: str, minutes: int = 10) -> list[str]:
    """What holds back the extraction: transactions open for over `minutes`, prepared ones included."""
    import psycopg

    with psycopg.connect(url) as connection:
        rows = connection.execute(
            """select format('pid %%s of %%s in %%s has a transaction open since %%s; end it',
                             pid, usename, datname, xact_start)
               from pg_stat_activity
               where backend_xid is not null and xact_start < now() - make_interval(mins => %(minutes)s)
               union all
               select format('prepared transaction %%s in %%s waits since %%s; commit or roll it back',
                             gid, database, prepared)
               from pg_prepared_xacts where prepared < now() - make_interval(mins => %(minutes)s)""",
            {"minutes": minutes},
        ).fetchall()
    return [row[0] for row in rows]
