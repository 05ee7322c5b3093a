"""What Dagster loads: the assets, their checks, the job that refreshes everything, its schedule and its last word."""

import dagster as dg

from pipelines.defs.completeness import missing_work
from pipelines.defs.models import forecast, forecast_rules
from pipelines.defs.quality import CHECKS
from pipelines.defs.raw import extract
from pipelines.defs.warehouse import dbt_resource, warehouse

refresh = dg.define_asset_job("refresh", selection=dg.AssetSelection.all())
half_hourly = dg.ScheduleDefinition(
    job=refresh, cron_schedule="*/30 * * * *", default_status=dg.DefaultScheduleStatus.RUNNING
)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[refresh],
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def nothing_was_skipped(context: dg.RunStatusSensorContext) -> None:
    """Fails visibly after a run that was green and left work out."""
    missing = missing_work(context.instance, context.dagster_run.run_id, defs.resolve_job_def("refresh"))
    if missing:
        raise RuntimeError(f"run {context.dagster_run.run_id} skipped {missing}")


defs = dg.Definitions(
    assets=[extract, warehouse, forecast],
    asset_checks=[*CHECKS, forecast_rules],
    jobs=[refresh],
    schedules=[half_hourly],
    sensors=[nothing_was_skipped],
    resources={"dbt": dbt_resource()},
)
