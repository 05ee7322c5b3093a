"""`psa bench`: what this installation can do, as ratios within one run."""

import signal
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from infra.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        no_args_is_help=True, help="Measure this machine and its models; compare figures of one run only."
    )
    group.command(name="import")(bench_import)
    group.command(name="forecast")(bench_forecast)
    group.command(name="ui")(bench_ui)
    group.command(name="api")(bench_api)
    group.command(name="kill")(bench_kill)
    group.callback()(_end_orderly)
    app.add_typer(group, name="bench")


def _end_orderly() -> None:
    """What a benchmark has started is stopped as well when somebody ends it otherwise than by Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)


def bench_import(
    source: Annotated[Path, typer.Argument(help="A ServiceNow export, or a folder in the import format.")],
    rounds: Annotated[int, typer.Option(help="How often; the fastest counts.")] = 1,
) -> None:
    """Import into a scratch database and compare with a bare COPY of the same rows."""
    from infra.bench import measure_import
    from infra.local.installation import Installation
    from operational.imports.errors import ImportFileError

    home = Installation.ready().home
    try:
        results = [measure_import(home, source) for _ in range(rounds)]
    except ImportFileError as error:
        raise UserError(str(error)) from None
    best = min(results, key=lambda result: result.seconds)
    print(f"import      {best.rows / best.seconds:>10,.0f} rows/s  ({best.rows:,} rows in {best.seconds:.1f} s)")
    print(f"  reading   {best.reading:>10.1f} s")
    print(f"  writing   {best.seconds - best.reading:>10.1f} s")
    print(f"bare COPY   {best.rows / best.copying:>10,.0f} rows/s  ({best.copying:.1f} s)")
    print(f"ratio       {best.seconds / best.copying:>10.1f} x")


def bench_forecast(
    source: Annotated[
        str, typer.Option(help="`demo`, a folder in the import format, or a ServiceNow export.", metavar="demo|FILE")
    ] = "demo",
    timezone: Annotated[str, typer.Option(help="Time zone of a ServiceNow export's wall clock.")] = "Europe/Berlin",
    place: Annotated[
        str | None, typer.Option(help="Whose holidays hold where a customer's country is unknown, like DE-HH.")
    ] = None,
) -> None:
    """Backtest the ticket forecast on a history, straight from its files."""
    from infra.bench_forecast import DEMO, demo_files, measure_forecast, parse_place, read_source, table
    from infra.local.home import Home
    from operational.imports.errors import ImportFileError

    where = parse_place(place)
    with demo_files(Home.current()) if source == DEMO else nullcontext(Path(source)) as path:
        try:
            history = read_source(path, timezone=timezone, place=where)
        except ImportFileError as error:
            raise UserError(str(error)) from None
    table(measure_forecast(history), print)


def bench_ui(
    email: Annotated[str | None, typer.Option(help="Who opens the desk; the demo's technician when left out.")] = None,
    rounds: Annotated[int, typer.Option(help="How often; medians count.", min=1)] = 5,
) -> None:
    """Open queue and tickets in Chromium with the processor slowed down; the home must be up.

    The password of somebody else than a demo login is read from PSA_BENCH_PASSWORD.
    """
    from infra.bench_ui import SLOWDOWN, measure_ui

    desk, who, password = _desk_login(email)
    found = measure_ui(desk, who, password, rounds)
    print(f"processor slowed down {SLOWDOWN} times, medians of {found.rounds} rounds with an empty cache")
    print(f"queue from nothing    {found.queue_ms:>8,.0f} ms   aim 1,500   {found.queue_ms / found.empty_ms:>5.1f} x")
    print(f"ticket from queue     {found.ticket_ms:>8,.0f} ms   aim   200   {found.ticket_ms / found.empty_ms:>5.1f} x")
    print(f"an empty page         {found.empty_ms:>8,.0f} ms                 1.0 x")
    print(f"scripts at first      {found.script_bytes / 1000:>8,.0f} kB   aim   300   (gzip)")


def bench_api(
    rounds: Annotated[int, typer.Option(help="How often; medians count.", min=1)] = 5,
    seconds: Annotated[float, typer.Option(help="How long each is asked in a round.", min=0.1)] = 3.0,
) -> None:
    """List, get and create tickets through the API and through a bare FastAPI and psycopg handler of the same SQL.

    Works on a scratch database, with log-in, permissions and row security on one side only.
    """
    from infra.bench_api.load import CONNECTIONS
    from infra.bench_api.run import AIM, measure_api
    from infra.local.installation import Installation

    home = Installation.ready().home
    figures = measure_api(home, rounds=rounds, seconds=seconds, report=print)
    print(f"requests/s of one process each, {CONNECTIONS} connections, medians of {rounds} rounds of {seconds:g} s")
    for figure in figures:
        spread = f"{min(figure.ratios):.2f} to {max(figure.ratios):.2f}"
        print(
            f"{figure.name:<12} {figure.ours:>7,.0f}   bare {figure.bare:>7,.0f}   "
            f"ratio {figure.ratio:.2f} ({spread}), aim {AIM}"
        )
    if short := [figure.name for figure in figures if figure.ratio < AIM]:
        raise UserError(f"less than {AIM} of the bare handler: {', '.join(short)}")


def bench_kill(
    kills: Annotated[int, typer.Option(help="How many processes are killed.", min=1)] = 200,
    writes: Annotated[int, typer.Option(help="How many writes there are at least.", min=1)] = 20_000,
    seed: Annotated[int | None, typer.Option(help="Repeats a run's choices; printed by every run.")] = None,
    folder: Annotated[
        Path | None,
        typer.Option(help="Where the house is made (2 GB); a temporary folder when left out."),
    ] = None,
) -> None:
    """Kill API, worker, relay, RabbitMQ and PostgreSQL at random while people write; exits 1 on any loss.

    Works on a house of its own, which it removes; nothing of this home is touched. Takes about a quarter of an hour.
    """
    import random
    import shutil
    import tempfile

    from infra.kill.run import measure_kill, table

    place = Path(tempfile.mkdtemp(prefix="psa-kill-", dir=folder))
    # the database server's own user must be able to pass
    place.chmod(0o711)
    try:
        chosen = random.SystemRandom().randrange(2**32) if seed is None else seed
        outcome = measure_kill(place, kills=kills, writes=writes, seed=chosen, report=print)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    table(outcome, print)
    if outcome.faults or outcome.slow():
        raise UserError(f"not as it should be, see above; the same again: psa bench kill --seed {outcome.seed}")


def _desk_login(email: str | None) -> tuple[str, str, str]:
    import os

    from infra.demo import LOGINS
    from infra.local.home import Home
    from infra.local.supervisor import Supervisor

    home = Home.current()
    urls = {str(process["name"]): process["url"] for process in Supervisor(home).status() if process["pid"]}
    if not urls.get("api"):
        raise UserError("the desk is not running; start it with `psa up --detach`")
    who = email or next(address for address, roles in LOGINS.items() if roles == ("technician",))
    password = os.environ.get("PSA_BENCH_PASSWORD") or home.settings().passwords.get(who)
    if password is None:
        raise UserError(f"the password of {who} is not known here; set PSA_BENCH_PASSWORD")
    return str(urls["api"]).rstrip("/"), who, password
