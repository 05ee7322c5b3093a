select s.ticket_id, t.number, t.subject, t.priority, t.opened_at, %(day)s::date - s.opened_on as age_days
from desk_open_spans s
inner join desk_tickets t using (ticket_id)
where s.customer_id = %(customer_id)s
    and s.started_on <= %(day)s and (s.ended_on is null or s.ended_on > %(day)s)
order by t.opened_at, t.number
