-- one row a series, model and stretch of periods ahead, of every batch that brought a forecast
select
    tenant_id,
    batch,
    series,
    scope,
    queue,
    grain,
    model,
    horizon_group,
    rel_mae,
    rel_mae_se,
    gain_on_median,
    gain_on_median_se,
    mase,
    rel_sum_error,
    pinball as pinball_tickets,
    coverage80 as coverage_80,
    coverage80_se as coverage_80_se,
    coverage95 as coverage_95,
    coverage95_se as coverage_95_se,
    n as periods_judged,
    judged as intervals_judged,
    origins,
    floor as noise_floor,
    skill_captured,
    batch = max(batch) over (partition by tenant_id, grain) as is_newest
from {{ source('forecasts', 'forecast_backtest') }}
{{ up_to_batch() }}
