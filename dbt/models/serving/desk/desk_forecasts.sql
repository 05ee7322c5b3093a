-- one row a forecast period of a series, of every batch that brought a forecast
with runs as (
    select tenant_id, grain, max(batch) as newest_batch
    from {{ source('forecasts', 'forecast_run') }}
    {{ up_to_batch() }}
    group by tenant_id, grain
),

kept as (
    select * from {{ source('forecasts', 'forecast') }}
    {{ up_to_batch() }}
)

select
    k.tenant_id,
    k.batch,
    k.series,
    k.scope,
    k.queue,
    k.grain,
    k.period_start,
    k.lead,
    k.mean as expected_tickets,
    k.lo80 as low_80,
    k.hi80 as high_80,
    k.lo95 as low_95,
    k.hi95 as high_95,
    k.model,
    k.batch = r.newest_batch as is_newest
from kept k
inner join runs r on r.tenant_id = k.tenant_id and r.grain = k.grain
