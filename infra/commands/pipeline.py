"""`psa pipeline`: from the operational database to the warehouse."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from infra.errors import UserError

if TYPE_CHECKING:
    from infra.local.home import Home


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="From the operational database to the warehouse.")
    group.command()(run)
    # a group of one command would lose its name
    group.callback()(lambda: None)
    app.add_typer(group, name="pipeline")


def run() -> None:
    """Extract what changed, build and test the warehouse, check it; exits 1 when anything failed."""
    from infra.local.installation import Installation

    refresh_warehouse(Installation.ready().home)


def refresh_warehouse(home: "Home") -> None:
    """One refresh with its steps printed; raises UserError naming what failed."""
    from pipelines.run import BusyError, refresh
    from pipelines.settings import Settings

    settings = Settings(home.url("extractor", "psa"), home.url("warehouse_owner", "warehouse"))
    log = home.logs / "pipeline.log"
    # while the refresh works, sys.stdout is the log
    terminal = sys.stdout
    try:
        report = refresh(
            settings, home.path / "dagster", log, lambda step: print(f"pipeline: {step}", file=terminal, flush=True)
        )
    except BusyError as error:
        raise UserError(str(error)) from None
    for line in report.batch:
        print(line)
    if not report.ok:
        raise UserError(f"the refresh failed: {_reason(report.problems, log)}")
    print(f"the warehouse is current: {report.assets} tables and views built, {report.checks} checks passed")


def _reason(problems: tuple[str, ...], log: Path) -> str:
    for problem in problems:
        print(f"problem     {problem}", file=sys.stderr)
    return f"{len(problems)} problem(s), the log is {log}"
