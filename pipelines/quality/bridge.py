"""Great Expectations as Dagster asset checks: one check per expectation, written in YAML beside this file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SPECS = Path(__file__).parent / "specs"


class ExpectationError(RuntimeError):
    """An expectation could not be evaluated; that is a fault of the check, not of the data."""


@dataclass(frozen=True)
class Expectation:
    """One expectation on one table: `type` and `arguments` as Great Expectations names them."""

    name: str
    type: str
    arguments: Mapping[str, Any]
    description: str


@dataclass(frozen=True)
class TableSpec:
    """What is expected of `schema.table`."""

    schema: str
    table: str
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True)
class Finding:
    """The outcome of one expectation; `details` are plain values."""

    expectation: Expectation
    passed: bool
    details: Mapping[str, Any]


def load_specs(folder: Path = SPECS) -> list[TableSpec]:
    """Read every specification; raises ValueError for a name used twice in a file."""
    specs = []
    for path in sorted(folder.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        expectations = tuple(
            Expectation(e["name"], e["type"], e.get("arguments") or {}, e["description"])
            for e in content["expectations"]
        )
        if len({e.name for e in expectations}) < len(expectations):
            raise ValueError(f"{path.name} uses a name twice; every expectation needs one of its own")
        specs.append(TableSpec(content["schema"], content["table"], expectations))
    return specs


def validate(spec: TableSpec, warehouse_url: str) -> Iterator[Finding]:
    """Evaluate a specification on the live table; raises ExpectationError when Great Expectations itself fails."""
    # five seconds and 260 MB: only who validates pays them
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    context = gx.get_context(mode="ephemeral")
    context.variables.analytics_enabled = False
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_postgres(
        "warehouse", connection_string=warehouse_url.replace("postgresql://", "postgresql+psycopg2://", 1)
    )
    asset = source.add_table_asset(spec.table, table_name=spec.table, schema_name=spec.schema)
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    try:
        for expectation in spec.expectations:
            configured = ExpectationConfiguration(type=expectation.type, kwargs=dict(expectation.arguments))
            outcome = batch.validate(configured.to_domain_obj())
            _refuse_exceptions(spec, expectation, outcome.exception_info)
            yield Finding(expectation, bool(outcome.success), _details(outcome.result))
    finally:
        # their pools would keep connections as long as the process lives
        source.get_execution_engine().engine.dispose()
        source.get_engine().dispose()


def _details(result: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("element_count", "unexpected_count", "observed_value")
    return {key: result[key] for key in kept if result.get(key) is not None}


def _refuse_exceptions(spec: TableSpec, expectation: Expectation, info: Mapping[str, Any] | None) -> None:
    """Great Expectations reports an exception as a mere failure; it is not one."""
    entries = [info, *(value for value in (info or {}).values() if isinstance(value, Mapping))]
    for entry in entries:
        if entry and entry.get("raised_exception"):
            raise ExpectationError(
                f"{spec.schema}.{spec.table}: {expectation.name} raised {entry.get('exception_message')}"
            )
