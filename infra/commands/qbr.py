"""`psa qbr`: review packs, and the way back from their numbers."""

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from infra.errors import UserError

if TYPE_CHECKING:
    from infra.local.installation import Installation

Tenant = Annotated[str | None, typer.Option(help="Whose customer it is; not needed where there is one tenant.")]
PackFile = Annotated[Path, typer.Argument(help="A pack's PDF.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="Quarterly business reviews.")
    for command in (build, verify, rows, customers):
        group.command()(command)
    app.add_typer(group, name="qbr")


def build(
    customer: Annotated[str, typer.Option(help="Name, unique beginning of a name, or id.")],
    quarter: Annotated[str, typer.Option(help="Like 2016Q2.")],
    lang: Annotated[str, typer.Option(help="de or en.")] = "de",
    out: Annotated[Path, typer.Option(help="Folder for the PDF.")] = Path(),
    tenant: Tenant = None,
) -> None:
    """Build a customer's review pack from the warehouse."""
    from operational.vcio.domain.periods import Quarter
    from operational.vcio.domain.texts import LANGUAGES
    from operational.vcio.service.build import Request, build_pack

    if lang not in LANGUAGES:
        raise UserError(f"there is no language {lang}; use {' or '.join(LANGUAGES)}")
    with _refusals():
        wanted = Quarter.parse(quarter)
    installation, tenant_id = _ready(tenant)
    home = installation.home
    with _refusals():
        pack = build_pack(
            Request(tenant_id, customer, wanted, lang), home.url("app", "psa"), home.url("serving", "warehouse"), out
        )
    print(f"{pack.path}: {pack.numbers} numbers as of batch {pack.batch}")


def verify(file: PackFile, tenant: Tenant = None) -> None:
    """Compute every number of a pack again and compare with what it prints; exits 1 on a mismatch."""
    from operational.vcio.service.verify import registered_pack, verify_pack

    installation, tenant_id = _ready(tenant)
    home = installation.home
    with _refusals():
        registered = registered_pack(file, home.url("app", "psa"), tenant_id)
        with _as_of(installation, registered[0].batch) as schema:
            result = verify_pack(file, registered, home.url("serving", "warehouse"), tenant_id, schema)
    for mismatch in result.mismatches:
        print(f"{mismatch.evidence_id}: prints {mismatch.printed}, the data say {mismatch.expected}")
    counted = f"{len(result.mismatches)} mismatches, {result.numbers} numbers computed again"
    if not result.is_original:
        raise UserError(f"{file} was changed after it was built ({counted}); ask for the original")
    if result.mismatches:
        raise UserError(f"{file}: {counted}; the rows they came from were changed")
    print(f"{file}: {counted} as of batch {result.pack.batch}")


def rows(
    file: PackFile,
    number: Annotated[str, typer.Argument(help="The id behind a number, like E07.")],
    tenant: Tenant = None,
) -> None:
    """Print the rows behind a number as CSV, and its SQL on stderr."""
    from operational.vcio.service.verify import registered_pack, rows_behind

    installation, tenant_id = _ready(tenant)
    home = installation.home
    with _refusals():
        registered = registered_pack(file, home.url("app", "psa"), tenant_id)
        with _as_of(installation, registered[0].batch) as schema:
            found = rows_behind(registered, number, home.url("serving", "warehouse"), tenant_id, schema)
    print(f"-- search_path = {schema}\n{found.sql}\n-- {found.parameters}", file=sys.stderr)
    writer = csv.writer(sys.stdout)
    writer.writerow(found.columns)
    writer.writerows(found.rows)


def customers(tenant: Tenant = None) -> None:
    """List the customers a pack can be built for."""
    from operational.vcio.repository import open_serving

    installation, tenant_id = _ready(tenant)
    with open_serving(installation.home.url("serving", "warehouse"), tenant_id, "serving") as serving:
        for customer_id, name in serving.customers():
            print(f"{customer_id}  {name}")


def _ready(tenant: str | None) -> tuple["Installation", UUID]:
    from infra.local.installation import Installation

    installation = Installation.ready()
    installation.require_warehouse()
    return installation, installation.tenant(tenant)


@contextmanager
def _as_of(installation: "Installation", batch: int) -> Iterator[str]:
    """The serving schema that shows a batch: the live one, or one built for it where the live one has moved on."""
    from pipelines.settings import Settings
    from pipelines.warehouse.as_of import built_batch, warehouse_as_of

    home = installation.home
    settings = Settings(home.url("extractor", "psa"), home.url("warehouse_owner", "warehouse"))
    if built_batch(settings.warehouse_url) == batch:
        yield "serving"
        return
    print(f"rebuilding the warehouse as of batch {batch}", file=sys.stderr)
    with warehouse_as_of(settings, batch) as suffix:
        yield f"serving{suffix}"


@contextmanager
def _refusals() -> Iterator[None]:
    from pipelines.warehouse.as_of import UnknownBatchError
    from pipelines.warehouse.project import DbtError

    try:
        yield
    except (ValueError, UnknownBatchError, DbtError) as error:
        raise UserError(str(error)) from None
