select ticket_event_id, ticket_id, occurred_at, occurred_on, status
from desk_ticket_events
where customer_id = %(customer_id)s and occurred_on >= %(start)s and occurred_on < %(end)s and is_reopening
order by occurred_at, ticket_event_id
