"""`psa demo`: the demo MSP, from nothing to a review pack."""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from infra.errors import UserError

Seed = Annotated[int, typer.Option(help="Another seed, another world of the same kind.")]
Customers = Annotated[int, typer.Option(help="How many customers; the team grows with them.")]
Years = Annotated[int, typer.Option(help="How many years of history.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(invoke_without_command=True, help="The demo MSP, a simulated firm with a known truth.")
    group.callback()(demo)
    group.command()(generate)
    app.add_typer(group, name="demo")


def demo(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Do the main job and end.")] = False,
    seed: Seed = 7,
    customers: Customers = 40,
    years: Years = 3,
) -> None:
    """Start everything, create the demo MSP, fill the warehouse, make a review pack, and stay until Ctrl-C."""
    if context.invoked_subcommand is not None:
        return
    from infra.commands.stack import wait_for_interrupt
    from infra.demo import run_demo

    installation = run_demo(seed=seed, customers=customers, years=years)
    if not once:
        print("Ctrl-C stops it; nothing is lost.")
        wait_for_interrupt()
    installation.supervisor.stop()
    print("stopped")


def generate(
    out: Annotated[Path, typer.Option(help="Folder for the files and truth.json.")],
    seed: Seed = 7,
    customers: Customers = 40,
    years: Years = 3,
    until: Annotated[str | None, typer.Option(help="Last day, like 2026-11-22; default yesterday.")] = None,
) -> None:
    """Write the demo MSP's history in the import format, with the truth about it."""
    from operational.demo import generate as simulate

    try:
        last_day = date.fromisoformat(until) if until else yesterday()
    except ValueError:
        raise UserError(f"{until} is no day; write it like 2026-11-22") from None
    try:
        simulate(out, seed=seed, customers=customers, years=years, until=last_day, progress=_step)
    except ValueError as error:
        raise UserError(str(error)) from None
    except OSError as error:
        raise UserError(f"cannot write to {out} ({error.strerror}); free space or choose another --out") from None
    print(f"{out}: {customers} customers, {years} years until {last_day}")


def yesterday() -> date:
    """The last day that is over."""
    return datetime.now(UTC).date() - timedelta(days=1)


def _step(step: str) -> None:
    print(f"simulation: {step}", file=sys.stderr, flush=True)
