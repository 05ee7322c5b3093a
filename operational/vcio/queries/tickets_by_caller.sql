select ticket_id, number, subject, contact_id, opened_at, opened_on,
    contact_id is not distinct from %(contact_id)s as is_theirs
from desk_tickets
where customer_id = %(customer_id)s and opened_on >= %(start)s and opened_on < %(end)s
order by opened_at, number
