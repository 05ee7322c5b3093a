-- answered tickets by the day they were opened, with the time until the first public reply of the desk
select t.ticket_id, t.number, t.subject, t.customer_id, t.priority, t.queue, t.category, t.status_category,
    t.opened_at, t.opened_on, t.first_response_at, t.first_response_business_seconds, t.first_response_seconds
from desk_tickets t
where t.opened_on >= %(start)s and t.opened_on < %(end)s and t.first_response_at is not null
    and (%(customer_id)s::uuid is null or t.customer_id = %(customer_id)s)
    and (not %(by_queue)s or t.queue is not distinct from %(queue)s)
    and (not %(by_category)s or t.category is not distinct from %(category)s)
order by t.opened_at, t.number
