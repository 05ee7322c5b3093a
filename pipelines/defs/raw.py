"""Raw: one asset per extracted table, written by one batch, each compared with where it came from."""

from collections.abc import Iterator

import dagster as dg

from pipelines.extract.catalog import load_catalog
from pipelines.extract.reconcile import reconcile
from pipelines.settings import Settings

CATALOG = load_catalog()
KEYS = {table.source: dg.AssetKey(["raw", f"{table.schema}__{table.name}"]) for table in CATALOG.tables}
BATCHES = dg.AssetKey(["extract", "batch"])
CHECK = "equals_operational"


@dg.multi_asset(
    name="extract",
    group_name="raw",
    specs=[
        *(dg.AssetSpec(key, description=f"{source} as of the last batch") for source, key in KEYS.items()),
        dg.AssetSpec(BATCHES, description="The extraction's own books"),
    ],
    check_specs=[dg.AssetCheckSpec(CHECK, asset=key, blocking=True) for key in KEYS.values()],
)
def extract(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    """Read one batch by transaction id and compare both sides by bucket hashes."""
    settings = Settings.from_environment()
    result, differences = reconcile(settings.source_url, settings.warehouse_url, CATALOG)
    context.log.info("batch %s, %s rows changed", result.batch or "without change", result.changed)
    for table in result.tables:
        key = KEYS[table.table.source]
        found = [d for d in differences if d.table == table.table.source]
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={"rows_read": table.read, "rows_upserted": table.upserted, "rows_deleted": table.deleted},
            check_results=[
                dg.AssetCheckResult(
                    asset_key=key,
                    check_name=CHECK,
                    passed=not found,
                    metadata={"buckets_that_differ": len(found)},
                )
            ],
        )
    yield dg.MaterializeResult(asset_key=BATCHES, metadata={"batch": result.batch or 0})
