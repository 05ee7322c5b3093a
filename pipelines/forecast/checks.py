"""What must hold of the newest forecasts; each query gives the rows that break its rule."""

from collections.abc import Mapping

import psycopg

NEWEST = """
with newest as (
    select tenant_id, max(batch) as batch from models.forecast_run group by tenant_id
)
"""
CHECKS: Mapping[str, tuple[str, str]] = {
    "queues_add_up_to_the_total": (
        "The queues' expected tickets add up exactly to the total's, in every period.",
        """
        select f.tenant_id, f.batch, f.grain, f.period_start
        from models.forecast f inner join newest using (tenant_id, batch)
        group by f.tenant_id, f.batch, f.grain, f.period_start
        having sum(f.mean) filter (where f.scope = 'total')
            is distinct from sum(f.mean) filter (where f.scope <> 'total')
        """,
    ),
    "every_tenant_is_forecast_or_refused": (
        "Each tenant has a run per day and per week that names a model or says why there is none.",
        """
        select t.tenant_id, g.grain
        from marts.dim_tenant t cross join (values ('day'), ('week')) g (grain)
        where not exists (
            select from models.forecast_run r inner join newest using (tenant_id, batch)
            where r.tenant_id = t.tenant_id and r.grain = g.grain and r.series = 'total'
        )
        """,
    ),
    "every_run_has_all_its_periods": (
        "A run that was not refused has 28 days or 12 weeks without a gap, from the period after the last known one.",
        """
        select r.tenant_id, r.batch, r.series, r.grain, count(f.period_start) as periods
        from models.forecast_run r
        inner join newest using (tenant_id, batch)
        left join models.forecast f using (tenant_id, batch, series, grain)
        where r.refused is null
        group by r.tenant_id, r.batch, r.series, r.grain
        having count(f.period_start) <> case when r.grain = 'day' then 28 else 12 end
            or min(f.period_start) is distinct from r.made_for_first
            or max(f.period_start) is distinct from
                r.made_for_first + case when r.grain = 'day' then 27 else 77 end
            or r.made_for_first <= r.learned_last - case when r.grain = 'day' then 0 else 6 end
        """,
    ),
    "forecasts_begin_where_the_coverage_ends": (
        "The days forecast begin on the day after the last covered one.",
        """
        select r.tenant_id, r.batch, r.made_for_first
        from models.forecast_run r
        inner join newest using (tenant_id, batch)
        inner join (select tenant_id, max(last_day) as last_day from marts.fct_coverage group by tenant_id) v
            using (tenant_id)
        where r.grain = 'day' and r.refused is null and r.made_for_first <> v.last_day + 1
        """,
    ),
}


def rows_that_break(warehouse_url: str, name: str) -> int:
    """How many rows break the rule of that name; raises KeyError for a name that is none."""
    _, query = CHECKS[name]
    with psycopg.connect(warehouse_url) as connection:
        return len(connection.execute((NEWEST + query).encode()).fetchall())
