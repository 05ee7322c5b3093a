"""`psa pipeline`: from the operational database to the warehouse."""

import typer

from infra.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="From the operational database to the warehouse.")
    group.command()(run)
    app.add_typer(group, name="pipeline")


def run() -> None:
    """Extract what changed and compare both sides; exits 1 when they differ."""
    from infra.local.installation import Installation
    from pipelines.extract.catalog import load_catalog
    from pipelines.extract.reconcile import reconcile
    from pipelines.extract.run import ExtractionBusyError

    home = Installation.ready().home
    try:
        result, differences = reconcile(
            home.url("extractor", "psa"), home.url("warehouse_owner", "warehouse"), load_catalog()
        )
    except (ExtractionBusyError, ValueError) as error:
        raise UserError(str(error)) from None
    for table in result.tables:
        if table.upserted or table.deleted:
            print(f"{table.table.source:<28} {table.upserted:>10,} rows written {table.deleted:>8,} deleted")
    print(f"batch {result.batch}" if result.batch else "nothing new since the last batch")
    if differences:
        names = ", ".join(sorted({difference.table for difference in differences}))
        raise UserError(
            f"raw differs from the operational database in {names}: somebody changed raw by hand; "
            "delete the row of extract.watermark to read everything again"
        )
    print("reconciled: raw equals the operational database in every table")
