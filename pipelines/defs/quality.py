"""Great Expectations' verdicts as asset checks."""

from collections.abc import Iterator

import dagster as dg

from pipelines.quality.bridge import TableSpec, load_specs, validate
from pipelines.settings import Settings


def _checks(spec: TableSpec) -> dg.AssetChecksDefinition:
    key = dg.AssetKey([spec.schema, spec.table])

    @dg.multi_asset_check(
        name=f"expectations_{spec.table}",
        specs=[dg.AssetCheckSpec(e.name, asset=key, description=e.description) for e in spec.expectations],
    )
    def checks() -> Iterator[dg.AssetCheckResult]:
        for finding in validate(spec, Settings.from_environment().warehouse_url):
            yield dg.AssetCheckResult(
                asset_key=key,
                check_name=finding.expectation.name,
                passed=finding.passed,
                metadata={name: str(value) for name, value in finding.details.items()},
            )

    return checks


CHECKS = [_checks(spec) for spec in load_specs()]
