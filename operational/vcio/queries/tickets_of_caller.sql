select ticket_id, number, subject, category, contact_id, opened_at, opened_on
from desk_tickets
where customer_id = %(customer_id)s and opened_on >= %(start)s and opened_on < %(end)s and contact_id = %(contact_id)s
order by opened_at, number
