-- questions after closing by the day they were asked, answered or not
select s.ticket_id, t.number, t.subject, t.customer_id, t.priority, t.queue, t.category, t.status_category,
    t.opened_at, s.asked_at, s.asked_on, s.answered_at, s.score, s.is_satisfied
from desk_satisfaction s
inner join desk_tickets t using (ticket_id)
where s.asked_on >= %(start)s and s.asked_on < %(end)s
    and (%(customer_id)s::uuid is null or t.customer_id = %(customer_id)s)
    and (not %(by_queue)s or t.queue is not distinct from %(queue)s)
    and (not %(by_category)s or t.category is not distinct from %(category)s)
order by s.asked_at, t.number
