-- tickets by the day of their current resolution, with the time it took
select t.ticket_id, t.number, t.subject, t.customer_id, t.priority, t.queue, t.category, t.status_category,
    t.opened_at, t.resolved_at, t.resolved_on, t.resolution_business_seconds, t.resolution_seconds
from desk_tickets t
where t.resolved_on >= %(start)s and t.resolved_on < %(end)s
    and (%(customer_id)s::uuid is null or t.customer_id = %(customer_id)s)
    and (not %(by_queue)s or t.queue is not distinct from %(queue)s)
    and (not %(by_category)s or t.category is not distinct from %(category)s)
order by t.resolved_at, t.number
