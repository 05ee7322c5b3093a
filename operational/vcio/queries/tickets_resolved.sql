select ticket_id, number, subject, priority, opened_at, resolved_at, resolved_on
from desk_tickets
where customer_id = %(customer_id)s and resolved_on >= %(start)s and resolved_on < %(end)s
order by resolved_at, number
