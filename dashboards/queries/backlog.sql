-- tickets open at the end of a day
select s.ticket_id, t.number, t.subject, t.customer_id, t.priority, t.queue, t.category, t.status_category,
    t.opened_at, %(day)s::date - s.opened_on as age_days
from desk_open_spans s
inner join desk_tickets t using (ticket_id)
where s.started_on <= %(day)s and (s.ended_on is null or s.ended_on > %(day)s)
    and (%(customer_id)s::uuid is null or t.customer_id = %(customer_id)s)
    and (not %(by_queue)s or t.queue is not distinct from %(queue)s)
    and (not %(by_category)s or t.category is not distinct from %(category)s)
order by t.opened_at, t.number
