"""From nothing to a review pack of the demo MSP; every step is skipped where its result is there."""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import psycopg

from infra.errors import UserError
from infra.local.home import Home
from infra.local.installation import Installation

SLUG, NAME = "nordlicht", "Nordlicht Systemhaus GmbH"
DOMAIN = "nordlicht-systemhaus.example"
# what people look for, where the process has another name
SHOWN_AS = {"api": "desk"}
LOGINS = {
    f"chef@{DOMAIN}": ("admin", "manager"),
    f"technik@{DOMAIN}": ("technician",),
    f"vcio@{DOMAIN}": ("vcio",),
}


class Steps:
    """Prints each step with the time since the beginning."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._began = time.monotonic()

    def __call__(self, text: str) -> None:
        self._done += 1
        seconds = time.monotonic() - self._began
        print(f"[{self._done}/{self._total}, {seconds:4.0f} s] {text}", flush=True)


def run_demo(*, seed: int, customers: int, years: int) -> Installation:
    """Do it all; the stack stays up. Raises UserError naming the step that failed."""
    step = Steps(6)
    step("database")
    installation = Installation.ready()
    tenant_id = _tenant(installation)
    step("the demo firm's history")
    _history(installation, tenant_id, seed=seed, customers=customers, years=years)
    step("warehouse")
    from infra.commands.pipeline import refresh_warehouse

    refresh_warehouse(installation.home)
    step("review pack")
    pack = _pack(installation, tenant_id)
    step("desk, dashboards, worker, Dagster")
    installation.supervisor.start(report=lambda text: print(f"    {text}", flush=True))
    step("done")
    _print_table(installation, pack)
    return installation


def _tenant(installation: Installation) -> UUID:
    from operational.auth.service.logins import create_login
    from operational.auth.service.tenants import create_tenant

    known = installation.tenants()
    home = installation.home
    with psycopg.connect(home.url("owner", "psa")) as owner:
        tenant_id = known.get(SLUG) or create_tenant(owner, slug=SLUG, name=NAME, timezone="Europe/Berlin", locale="de")
        for email, roles in LOGINS.items():
            create_login(owner, tenant_id, email, home.password(email), roles=roles)
    return tenant_id


def _history(installation: Installation, tenant_id: UUID, *, seed: int, customers: int, years: int) -> None:
    if _is_complete(installation, tenant_id):
        print("    there already")
        return
    from infra.commands.imports import import_history
    from operational.imports.native import read_native

    folder = _files(installation.home, seed=seed, customers=customers, years=years)
    print("    reading the files", flush=True)
    result = import_history(installation, tenant_id, read_native(folder))
    if result.rejected:
        raise UserError(f"{result.rejected} lines of {folder} were refused; that is a fault of the simulation")
    print(f"    {result.tickets:,} tickets, {result.lines_read:,} lines", flush=True)


def _is_complete(installation: Installation, tenant_id: UUID) -> bool:
    """The source's row is written last, so it tells a whole import from one that was killed."""
    with psycopg.connect(installation.home.url("owner", "psa")) as owner:
        row = owner.execute(
            "select exists (select from tickets.desk_source where tenant_id = %s and system = 'demo')", (tenant_id,)
        ).fetchone()
    return bool(row and row[0])


def _files(home: Home, *, seed: int, customers: int, years: int) -> Path:
    """The simulated files, kept so that an import that was killed goes on with the same world."""
    from infra.commands.demo import yesterday
    from operational.demo import generate

    kept = home.path / "demo"
    if (kept / "truth.json").exists():
        return kept
    part = kept.with_name("demo.part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(kept, ignore_errors=True)
    try:
        generate(
            part, seed=seed, customers=customers, years=years, until=yesterday(),
            progress=lambda text: print(f"    simulating: {text}", flush=True),
        )  # fmt: skip
        part.rename(kept)
    except OSError as error:
        raise UserError(f"cannot write to {kept} ({error.strerror}); free space or set PSA_HOME elsewhere") from None
    return kept


def _pack(installation: Installation, tenant_id: UUID) -> Path:
    from operational.vcio.domain.periods import Quarter
    from operational.vcio.repository import open_serving
    from operational.vcio.service.build import Request, build_pack
    from operational.vcio.service.verify import registered_pack, verify_pack

    home = installation.home
    serving, psa = home.url("serving", "warehouse"), home.url("app", "psa")
    with open_serving(serving, tenant_id, "serving") as layer:
        busiest = layer.busiest_quarter()
    if busiest is None:
        raise UserError("no customer has a fully covered quarter; choose more --years")
    customer, quarter = busiest
    built = build_pack(Request(tenant_id, customer, Quarter.parse(quarter), "de"), psa, serving, home.path / "packs")
    found = verify_pack(built.path, registered_pack(built.path, psa, tenant_id), serving, tenant_id, "serving")
    if not found.ok:
        raise UserError(f"{built.path} has {len(found.mismatches)} mismatches; `psa qbr verify` names them")
    print(f"    {found.numbers} numbers computed again from {built.path.name}: 0 mismatches", flush=True)
    return built.path


def _print_table(installation: Installation, pack: Path) -> None:
    home = installation.home
    rows: list[tuple[str, str]] = [
        (SHOWN_AS.get(process["name"], process["name"]), str(process["url"]))
        for process in installation.supervisor.status()
        if process["url"]
    ]
    rows += [("database", "psa db url"), ("warehouse", "psa db url --warehouse --role analyst")]
    rows += [("review pack", str(pack))]
    rows += [(email, f"{home.password(email)}   ({', '.join(roles)})") for email, roles in LOGINS.items()]
    width = max(len(name) for name, _ in rows)
    write: Callable[[str], object] = sys.stdout.write
    write("\n")
    for name, value in rows:
        write(f"{name:<{width}}  {value}\n")
    write("\n")
    sys.stdout.flush()
