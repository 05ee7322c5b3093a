"""Forecasts of the tickets that will be opened: made from the marts, kept with the batch they came from."""

from collections.abc import Iterator

import dagster as dg

from pipelines.forecast.checks import CHECKS, rows_that_break
from pipelines.forecast.run import forecast_tenants
from pipelines.settings import Settings

RUNS, FORECASTS, BACKTESTS = (
    dg.AssetKey(["models", table]) for table in ("forecast_run", "forecast", "forecast_backtest")
)
MARTS = [dg.AssetKey(["marts", table]) for table in ("dim_tenant", "dim_customer", "fct_coverage", "fct_ticket")]


@dg.multi_asset(
    name="forecast",
    group_name="models",
    specs=[
        dg.AssetSpec(RUNS, deps=MARTS, description="Which model was chosen for which series, from what, and how good"),
        dg.AssetSpec(FORECASTS, deps=MARTS, description="Tickets expected per day and week, with intervals"),
        dg.AssetSpec(BACKTESTS, deps=MARTS, description="Every candidate's scores over rolling origins"),
    ],
)
def forecast(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    """Forecast each tenant for which there is something new; what was forecast before is never changed."""
    added = {RUNS: 0, FORECASTS: 0, BACKTESTS: 0}
    metrics: dict[str, float] = {}
    for result in forecast_tenants(Settings.from_environment().warehouse_url):
        if result.made is None:
            context.log.info("%s: the forecast it has still holds", result.slug)
            continue
        added[RUNS] += len(result.made.runs)
        added[FORECASTS] += len(result.made.forecasts)
        added[BACKTESTS] += len(result.made.scores)
        for run in result.made.runs:
            context.log.info("%s, %s per %s: %s", result.slug, run.series, run.grain, run.refused or run.model)
            if run.series == "total" and run.refused is None:
                found = {name: estimate.value for name, estimate in run.metrics.items() if estimate}
                metrics |= {f"{result.slug}_{run.grain}_{name}": value for name, value in found.items()}
    for key, rows in added.items():
        yield dg.MaterializeResult(asset_key=key, metadata={"rows_added": rows, **metrics})


@dg.multi_asset_check(
    name="forecast_rules",
    specs=[dg.AssetCheckSpec(name, asset=FORECASTS, description=text) for name, (text, _) in CHECKS.items()],
)
def forecast_rules() -> Iterator[dg.AssetCheckResult]:
    """Count what breaks each rule."""
    for name in CHECKS:
        broken = rows_that_break(Settings.from_environment().warehouse_url, name)
        yield dg.AssetCheckResult(
            asset_key=FORECASTS, check_name=name, passed=broken == 0, metadata={"rows_that_break_it": broken}
        )
