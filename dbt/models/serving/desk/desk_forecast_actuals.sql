-- one row a past or coming period of a series and lead: what was forecast last, beside what came
with ranked as (
    select
        *,
        period_start + case grain when 'day' then 1 else 7 end as period_end,
        rank() over (partition by tenant_id, grain, period_start, lead order by batch desc) as place
    from {{ source('forecasts', 'forecast') }}
    {{ up_to_batch() }}
),

-- a later batch may have named other queues: a period's series come from the same one
forecasts as (
    select * from ranked where place = 1
),

period_days as (
    select p.tenant_id, p.grain, p.period_start, d::date as day
    from (select distinct tenant_id, grain, period_start, period_end from forecasts) p
    cross join lateral generate_series(p.period_start, p.period_end - 1, interval '1 day') d
),

complete as (
    select p.tenant_id, p.grain, p.period_start
    from period_days p
    where exists (
        select from {{ ref('fct_coverage') }} c
        where c.tenant_id = p.tenant_id and p.day between c.first_day and c.last_day
    )
    group by p.tenant_id, p.grain, p.period_start
    having count(*) = case p.grain when 'day' then 1 else 7 end
),

opened as (
    select
        t.tenant_id,
        t.opened_on as day,
        coalesce('queue:' || t.queue, 'unknown') as series,
        count(*) as tickets
    from {{ ref('fct_ticket') }} t
    where
        t.opened_on >= (select min(period_start) from forecasts)
        and exists (
            select from {{ ref('fct_coverage') }} c
            where c.tenant_id = t.tenant_id and c.source_system = t.source_system
                and t.opened_on between c.first_day and c.last_day
        )
    group by t.tenant_id, t.opened_on, coalesce('queue:' || t.queue, 'unknown')
),

came as (
    select p.tenant_id, p.grain, p.period_start, o.series, sum(o.tickets) as tickets
    from period_days p
    inner join opened o on o.tenant_id = p.tenant_id and o.day = p.day
    group by p.tenant_id, p.grain, p.period_start, o.series
),

came_in_all as (
    select tenant_id, grain, period_start, sum(tickets) as tickets
    from came
    group by tenant_id, grain, period_start
),

beside as (
    select
        f.*,
        c.tenant_id is not null as is_complete,
        coalesce(a.tickets, 0) as tickets_in_all,
        coalesce(n.tickets, 0) as tickets_named,
        sum(coalesce(n.tickets, 0)) over (
            partition by f.tenant_id, f.grain, f.period_start, f.lead
        ) as tickets_of_all_named
    from forecasts f
    left join complete c on c.tenant_id = f.tenant_id and c.grain = f.grain and c.period_start = f.period_start
    left join came_in_all a on a.tenant_id = f.tenant_id and a.grain = f.grain and a.period_start = f.period_start
    left join came n
        on n.tenant_id = f.tenant_id and n.grain = f.grain and n.period_start = f.period_start and n.series = f.series
),

counted as (
    select
        *,
        case
            when not is_complete then null
            when scope = 'total' then tickets_in_all
            when scope = 'other' then tickets_in_all - tickets_of_all_named
            else tickets_named
        end::bigint as actual_tickets
    from beside
)

select
    tenant_id,
    batch,
    series,
    scope,
    queue,
    grain,
    period_start,
    lead,
    mean as expected_tickets,
    lo80 as low_80,
    hi80 as high_80,
    lo95 as low_95,
    hi95 as high_95,
    model,
    actual_tickets,
    actual_tickets - mean as error_tickets,
    actual_tickets between lo80 and hi80 as is_inside_80,
    actual_tickets between lo95 and hi95 as is_inside_95
from counted
