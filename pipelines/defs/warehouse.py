"""Staging to serving: the dbt project, one process a run."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, dbt_assets

from pipelines.warehouse.project import EXECUTABLE, PROJECT, manifest


class LayerTranslator(DagsterDbtTranslator):
    """Assets are grouped by the layer they belong to."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The name of the layer's folder."""
        return str(dbt_resource_props["fqn"][1])


@dbt_assets(
    manifest=manifest(),
    name="dbt",
    dagster_dbt_translator=LayerTranslator(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True)),
)
def warehouse(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
    """Build and test every layer."""
    # by default every run would leave a folder of its own in the project
    with tempfile.TemporaryDirectory(prefix="psa-dbt-") as target:
        command = ["build", "--indirect-selection", "eager"]
        yield from dbt.cli(command, context=context, target_path=Path(target)).stream()


def dbt_resource() -> DbtCliResource:
    """dbt on the project, with the profile that reads the environment."""
    return DbtCliResource(project_dir=str(PROJECT), profiles_dir=str(PROJECT), dbt_executable=str(EXECUTABLE))
