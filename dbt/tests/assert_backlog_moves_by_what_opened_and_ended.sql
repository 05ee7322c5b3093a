{{ config(meta={'dagster': {'ref': {'name': 'fct_backlog_day'}}}) }}
-- backlog of a day − backlog of the day before = spans begun − spans ended that day, for every covered day
with covered as (
    select tenant_id, min(first_day) as first_day, max(last_day) as last_day
    from {{ ref('fct_coverage') }}
    group by tenant_id
),

days as (
    select c.tenant_id, d::date as day
    from covered c, generate_series(c.first_day + 1, c.last_day, interval '1 day') d
),

backlog as (
    select tenant_id, day, sum(open_tickets) as open_tickets
    from {{ ref('fct_backlog_day') }}
    group by tenant_id, day
),

started as (
    select tenant_id, started_on as day, count(*) as spans
    from {{ ref('fct_ticket_open_span') }}
    group by tenant_id, started_on
),

ended as (
    select tenant_id, ended_on as day, count(*) as spans
    from {{ ref('fct_ticket_open_span') }}
    where ended_on is not null
    group by tenant_id, ended_on
)

select
    d.*,
    coalesce(b.open_tickets, 0) - coalesce(y.open_tickets, 0) as moved,
    coalesce(s.spans, 0) - coalesce(e.spans, 0) as expected
from days d
left join backlog b on b.tenant_id = d.tenant_id and b.day = d.day
left join backlog y on y.tenant_id = d.tenant_id and y.day = d.day - 1
left join started s on s.tenant_id = d.tenant_id and s.day = d.day
left join ended e on e.tenant_id = d.tenant_id and e.day = d.day
where coalesce(b.open_tickets, 0) - coalesce(y.open_tickets, 0) <> coalesce(s.spans, 0) - coalesce(e.spans, 0)
