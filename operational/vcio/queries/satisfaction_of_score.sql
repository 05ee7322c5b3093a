select s.satisfaction_id, s.ticket_id, t.number, t.subject, s.asked_at, s.asked_on, s.answered_at, s.score
from desk_satisfaction s
inner join desk_tickets t using (ticket_id)
where s.customer_id = %(customer_id)s and s.asked_on >= %(start)s and s.asked_on < %(end)s and s.score = %(score)s
order by s.asked_at, s.satisfaction_id
