-- one row a series and batch: the model that was chosen, or why none was
select
    tenant_id,
    batch,
    series,
    scope,
    queue,
    grain,
    refused as refused_because,
    model,
    reason as chosen_because,
    approver,
    learned_first as learned_first_day,
    learned_last as learned_last_day,
    made_for_first as made_for_first_day,
    made_for_last as made_for_last_day,
    (metrics -> 'rel_mae' ->> 'value')::double precision as rel_mae,
    (metrics -> 'rel_mae' ->> 'low')::double precision as rel_mae_low,
    (metrics -> 'rel_mae' ->> 'high')::double precision as rel_mae_high,
    (metrics -> 'skill_captured' ->> 'value')::double precision as skill_captured,
    (metrics -> 'coverage80' ->> 'value')::double precision as coverage_80,
    (metrics -> 'coverage95' ->> 'value')::double precision as coverage_95,
    metrics,
    features,
    data_hash,
    code_version,
    batch = max(batch) over (partition by tenant_id, grain) as is_newest
from {{ source('forecasts', 'forecast_run') }}
{{ up_to_batch() }}
