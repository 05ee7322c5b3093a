-- one row a period before the newest forecast's first: the tickets that came, beside what had been forecast for it last
with periods as (
    select
        %(made_for)s::date - n * %(days)s::integer as first_day,
        %(made_for)s::date - (n - 1) * %(days)s::integer - 1 as last_day
    from generate_series(1, %(past)s::integer) n
),

period_days as (
    select p.first_day, d::date as day
    from periods p
    cross join lateral generate_series(p.first_day, p.last_day, interval '1 day') d
),

complete as (
    select p.first_day
    from period_days p
    where exists (select from desk_coverage c where p.day between c.first_day and c.last_day)
    group by p.first_day
    having count(*) = %(days)s::integer
),

came as (
    select p.first_day, count(*) as tickets
    from period_days p
    inner join desk_tickets t on t.opened_on = p.day
    where
        (%(queue)s::text is null or t.queue = %(queue)s)
        and exists (
            select from desk_coverage c
            where c.source_system = t.source_system and t.opened_on between c.first_day and c.last_day
        )
    group by p.first_day
),

-- the shortest lead is what was known last before the period
known as (
    select distinct on (period_start) *
    from desk_forecasts
    where
        grain = %(grain)s and series = %(series)s
        and period_start between %(made_for)s::date - %(past)s::integer * %(days)s::integer and %(made_for)s::date - 1
    order by period_start, lead, batch desc
)

select
    p.first_day,
    p.last_day,
    k.expected_tickets as expected,
    k.low_80,
    k.high_80,
    k.low_95,
    k.high_95,
    k.lead,
    k.batch,
    k.model,
    case when c.first_day is not null then coalesce(a.tickets, 0) end as actual
from periods p
left join complete c on c.first_day = p.first_day
left join came a on a.first_day = p.first_day
left join known k on k.period_start = p.first_day
order by p.first_day
