"""`psa bench`: what this installation can do, as ratios within one run."""

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
    group.callback()(lambda: None)
    app.add_typer(group, name="bench")


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
