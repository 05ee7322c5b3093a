-- open tickets at the end of each day from start on: what was open before, and how each day changed it
with moves as (
    select s.started_on as day, 1 as change, t.customer_id, t.queue, t.category
    from desk_open_spans s
    inner join desk_tickets t using (ticket_id)
    where s.started_on < %(end)s
    union all
    select s.ended_on, -1, t.customer_id, t.queue, t.category
    from desk_open_spans s
    inner join desk_tickets t using (ticket_id)
    where s.ended_on < %(end)s
),

changes as (
    select greatest(t.day, %(start)s::date) as day, sum(t.change)::bigint as change
    from moves t
    where true
    and (%(customer_id)s::uuid is null or t.customer_id = %(customer_id)s)
    and (not %(by_queue)s or t.queue is not distinct from %(queue)s)
    and (not %(by_category)s or t.category is not distinct from %(category)s)
    group by 1
)

select d::date as day, (sum(coalesce(c.change, 0)) over (order by d))::bigint as open_tickets
from generate_series(%(start)s::date, %(end)s::date - 1, interval '1 day') d
left join changes c on c.day = d::date
order by d
