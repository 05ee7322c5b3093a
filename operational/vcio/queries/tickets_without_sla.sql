select ticket_id, number, subject, priority, opened_at, opened_on
from desk_tickets
where customer_id = %(customer_id)s and opened_on >= %(start)s and opened_on < %(end)s and not has_sla
order by opened_at, number
