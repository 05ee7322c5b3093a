-- open tickets at the end of every covered day, per customer; a day without a row has none
with covered as (
    select tenant_id, min(first_day) as first_day, max(last_day) as last_day
    from {{ ref('fct_coverage') }}
    group by tenant_id
),

open_days as (
    select
        s.tenant_id,
        s.customer_id,
        d::date as day,
        d::date - s.opened_on as age_days
    from {{ ref('fct_ticket_open_span') }} s
    inner join covered c using (tenant_id)
    -- a ticket that ended on a day was not open at that day's end
    cross join lateral generate_series(
        greatest(s.started_on, c.first_day)::timestamp,
        least(coalesce(s.ended_on - 1, c.last_day), c.last_day)::timestamp,
        interval '1 day'
    ) d
)

select
    md5(customer_id::text || ':' || day)::uuid as backlog_day_id,
    tenant_id,
    customer_id,
    day,
    count(*) as open_tickets,
    count(*) filter (where age_days <= 1) as open_0_1_days,
    count(*) filter (where age_days between 2 and 7) as open_2_7_days,
    count(*) filter (where age_days between 8 and 30) as open_8_30_days,
    count(*) filter (where age_days > 30) as open_over_30_days
from open_days
group by tenant_id, customer_id, day
