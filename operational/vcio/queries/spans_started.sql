select ticket_open_span_id, ticket_id, started_at, started_on, opened_on
from desk_open_spans
where customer_id = %(customer_id)s and started_on >= %(start)s and started_on < %(end)s
order by started_at, ticket_open_span_id
