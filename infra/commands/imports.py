"""`psa import`: bring a desk's history in."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from infra.errors import UserError

if TYPE_CHECKING:
    from infra.local.installation import Installation
    from operational.imports.history import History
    from operational.imports.load import ImportResult

Tenant = Annotated[str, typer.Option(help="Whose history it is (a tenant's slug).")]
Create = Annotated[bool, typer.Option("--create-tenant", help="Add the tenant if there is none of that name.")]
RejectsFile = Annotated[Path | None, typer.Option(help="Where refused lines go; default: in this home.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="Bring a desk's history in.")
    group.command()(servicenow)
    group.command()(folder)
    app.add_typer(group, name="import")


def servicenow(
    file: Annotated[Path, typer.Argument(help="The incident audit export, CSV or CSV.gz.")],
    tenant: Tenant = "main",
    customer_by: Annotated[str, typer.Option(help="Column that tells the customer.")] = "location",
    timezone: Annotated[str, typer.Option(help="Zone its times were written in.")] = "Europe/Berlin",
    rejects: RejectsFile = None,
    create_tenant: Create = False,
) -> None:
    """Import an incident audit export of ServiceNow."""
    from operational.imports.servicenow import read_servicenow

    _check_zone(timezone)
    _run(
        lambda: read_servicenow(file, timezone=timezone, customer_by=customer_by),
        file,
        tenant,
        rejects,
        create_tenant,
    )


def folder(
    path: Annotated[Path, typer.Argument(help="A folder in the import format (docs/import-format.md).")],
    tenant: Tenant = "main",
    rejects: RejectsFile = None,
    create_tenant: Create = False,
) -> None:
    """Import a folder in the platform's own format."""
    from operational.imports.native import read_native

    _run(lambda: read_native(path), path, tenant, rejects, create_tenant)


def _check_zone(name: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserError(f"{name} is no time zone; use a name like Europe/Berlin") from None


def _run(read: "Callable[[], History]", source: Path, tenant: str, rejects: Path | None, create_tenant: bool) -> None:
    from infra.local.installation import Installation
    from operational.imports.errors import ImportFileError

    try:
        print(f"reading {source}")
        history = read()
    except ImportFileError as error:
        raise UserError(str(error)) from None
    installation = Installation.ready()
    tenant_id = _tenant(installation, tenant, create_tenant)
    result = import_history(installation, tenant_id, history)
    target = rejects or installation.home.path / "imports" / f"{source.name}.rejects.csv"
    history.rejects.write(target)
    _report(result, target)


def import_history(installation: "Installation", tenant_id: UUID, history: "History") -> "ImportResult":
    """Write a history for a tenant, with its progress shown."""
    import psycopg

    from infra.progress import show_progress
    from operational.imports.load import load_history
    from operational.services import SERVICES

    loaders = {kind: loader for service in SERVICES for kind, loader in service.loaders.items()}
    with psycopg.connect(installation.home.url("app", "psa"), autocommit=True) as connection:
        return load_history(connection, tenant_id, history, loaders, show_progress)


def _tenant(installation: "Installation", slug: str, create: bool) -> UUID:
    import psycopg

    from operational.auth.service.tenants import create_tenant

    known = installation.tenants()
    if slug in known:
        return known[slug]
    if known and not create:
        raise UserError(f"there is no tenant {slug}; use one of {', '.join(known)}, or add --create-tenant")
    with psycopg.connect(installation.home.url("owner", "psa")) as owner:
        return create_tenant(owner, slug=slug, name=slug, timezone="Europe/Berlin", locale="de")


def _report(result: "ImportResult", rejects: Path) -> None:
    written, changed, there = result.totals
    print(f"{result.tickets:,} tickets")
    print(
        f"{result.lines_read:,} lines read = {written:,} written + {changed:,} changed + {there:,} already there "
        f"+ {result.rejected:,} rejected"
    )
    if result.rejected:
        print(f"rejected lines, with reasons: {rejects}")
