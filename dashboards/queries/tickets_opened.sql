-- tickets by the day they were opened
select t.ticket_id, t.number, t.subject, t.customer_id, t.priority, t.queue, t.category, t.status_category,
    t.opened_at, t.opened_on, t.resolved_at, t.contact_id
from desk_tickets t
where t.opened_on >= %(start)s and t.opened_on < %(end)s
    and (%(customer_id)s::uuid is null or t.customer_id = %(customer_id)s)
    and (not %(by_queue)s or t.queue is not distinct from %(queue)s)
    and (not %(by_category)s or t.category is not distinct from %(category)s)
order by t.opened_at, t.number
