-- the register's newest rows: one a series, or one refusal
select
    batch,
    series,
    scope,
    queue,
    refused_because,
    model,
    chosen_because,
    learned_last_day as as_of,
    made_for_first_day,
    rel_mae as relative_error,
    skill_captured,
    coverage_80,
    coverage_95,
    code_version
from desk_forecast_runs
where is_newest and grain = %(grain)s
order by queue nulls first, series
