-- tickets by the day they were first resolved or closed, with the time from their opening
select r.ticket_id, t.number, t.subject, t.customer_id, t.priority, t.queue, t.category, t.status_category,
    t.opened_at, r.resolved_at, r.resolved_on, r.seconds_since_opened
from desk_resolutions r
inner join desk_tickets t using (ticket_id)
where r.resolution_number = 1 and r.resolved_on >= %(start)s and r.resolved_on < %(end)s
    and (%(customer_id)s::uuid is null or t.customer_id = %(customer_id)s)
    and (not %(by_queue)s or t.queue is not distinct from %(queue)s)
    and (not %(by_category)s or t.category is not distinct from %(category)s)
order by r.resolved_at, t.number
