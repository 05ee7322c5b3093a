"""A run may be green although it skipped work: what it was to emit against what it emitted."""

from dataclasses import dataclass

import dagster as dg
from dagster import DagsterEventType


@dataclass(frozen=True)
class Missing:
    """Keys a run planned and never emitted, as readable names."""

    assets: tuple[str, ...]
    checks: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.assets or self.checks)

    def __str__(self) -> str:
        return ", ".join((*self.assets, *self.checks))


def emitted(instance: dg.DagsterInstance, run_id: str) -> tuple[set[dg.AssetKey], set[dg.AssetCheckKey]]:
    """What the run materialized and which checks gave a verdict."""
    assets: set[dg.AssetKey] = set()
    checks: set[dg.AssetCheckKey] = set()
    wanted = {DagsterEventType.ASSET_MATERIALIZATION, DagsterEventType.ASSET_CHECK_EVALUATION}
    for record in instance.all_logs(run_id, of_type=wanted):
        event = record.get_dagster_event()
        if event.is_step_materialization:
            assets.add(event.step_materialization_data.materialization.asset_key)
        else:
            checks.add(event.asset_check_evaluation_data.asset_check_key)
    return assets, checks


def missing_work(instance: dg.DagsterInstance, run_id: str, job: dg.JobDefinition) -> Missing:
    """Assets and checks of `job` without a materialization or a result in the run."""
    assets, checks = emitted(instance, run_id)
    layer = job.asset_layer
    no_assets = set(layer.executable_asset_keys) - assets
    no_checks = set(layer.asset_graph.asset_check_keys) - checks
    return Missing(
        tuple(sorted(key.to_user_string() for key in no_assets)),
        tuple(sorted(f"{key.asset_key.to_user_string()}:{key.name}" for key in no_checks)),
    )


def failed_checks(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """Checks of the run whose verdict was negative."""
    records = instance.all_logs(run_id, of_type=DagsterEventType.ASSET_CHECK_EVALUATION)
    found = [record.get_dagster_event().asset_check_evaluation_data for record in records]
    return sorted(f"{e.asset_check_key.asset_key.to_user_string()}:{e.check_name}" for e in found if not e.passed)
