-- the newest entry of the register for each series of a grain: the model, or why there is none
select r.series, r.scope, r.queue, r.refused_because, r.model, r.chosen_because, r.learned_first_day,
    r.learned_last_day, r.rel_mae, r.rel_mae_low, r.rel_mae_high, r.skill_captured, r.coverage_80, r.coverage_95,
    (r.metrics -> 'rel_mae' ->> 'n')::bigint as errors_judged,
    (r.metrics -> 'coverage80' ->> 'n')::bigint as intervals_judged, r.batch
from desk_forecast_runs r
where r.is_newest and r.grain = %(grain)s
order by r.scope <> 'total', r.scope, r.series
