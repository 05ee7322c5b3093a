"""Staging to serving: the dbt project, one process a run."""

from collections.abc import Iterator, Mapping
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
    yield from dbt.cli(["build", "--indirect-selection", "eager"], context=context).stream()


def dbt_resource() -> DbtCliResource:
    """dbt on the project, with the profile that reads the environment."""
    return DbtCliResource(project_dir=str(PROJECT), profiles_dir=str(PROJECT), dbt_executable=str(EXECUTABLE))
