{{ config(meta={'dagster': {'ref': {'name': 'fct_sla_clock'}}}) }}
-- what a stopped clock consumed is the sum of its running intervals
select c.sla_clock_id, c.consumed_seconds, coalesce(i.business_seconds, 0) as business_seconds
from {{ ref('fct_sla_clock') }} c
left join (
    select sla_clock_id, sum(business_seconds) as business_seconds
    from {{ ref('stg_psa__sla_clock_intervals') }}
    where kind = 'running'
    group by sla_clock_id
) i using (sla_clock_id)
where c.state in ('stopped', 'cancelled') and c.consumed_seconds <> coalesce(i.business_seconds, 0)
