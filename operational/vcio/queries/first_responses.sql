select ticket_id, number, priority, opened_at, first_response_at, opened_on,
    case when %(business)s then first_response_business_seconds else first_response_seconds end as seconds
from desk_tickets
where customer_id = %(customer_id)s and opened_on >= %(start)s and opened_on < %(end)s
    and first_response_at is not null
    and (not %(business)s or first_response_business_seconds is not null)
order by opened_at, number
