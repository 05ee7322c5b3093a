-- resolutions whose 14 days afterwards are covered, by their day
select r.ticket_id, t.number, t.subject, t.customer_id, t.priority, t.queue, t.category, t.status_category,
    t.opened_at, r.resolved_at, r.resolved_on, r.reopened_at, r.is_reopened_in_14_days
from desk_resolutions r
inner join desk_tickets t using (ticket_id)
where r.is_mature and r.resolved_on >= %(start)s and r.resolved_on < %(end)s
    and (%(customer_id)s::uuid is null or t.customer_id = %(customer_id)s)
    and (not %(by_queue)s or t.queue is not distinct from %(queue)s)
    and (not %(by_category)s or t.category is not distinct from %(category)s)
order by r.resolved_at, t.number
