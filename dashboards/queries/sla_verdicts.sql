-- clocks of one kind by the day of their verdict
select c.ticket_id, t.number, t.subject, t.customer_id, c.priority, t.queue, t.category, t.status_category,
    t.opened_at, c.judged_at, c.judged_on, c.verdict, c.target_seconds, c.consumed_seconds
from desk_sla_clocks c
inner join desk_tickets t using (ticket_id)
where c.clock = %(clock)s and c.verdict is not null and c.judged_on >= %(start)s and c.judged_on < %(end)s
    and (%(customer_id)s::uuid is null or t.customer_id = %(customer_id)s)
    and (not %(by_queue)s or t.queue is not distinct from %(queue)s)
    and (not %(by_category)s or t.category is not distinct from %(category)s)
order by c.judged_at, t.number
