select ticket_id, number, subject, priority, channel, opened_at, opened_on
from desk_tickets
where customer_id = %(customer_id)s and opened_on >= %(start)s and opened_on < %(end)s
    and channel is not distinct from %(channel)s
order by opened_at, number
