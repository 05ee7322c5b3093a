select ticket_open_span_id, ticket_id, started_at, ended_at, ended_on
from desk_open_spans
where customer_id = %(customer_id)s and ended_on >= %(start)s and ended_on < %(end)s
order by ended_at, ticket_open_span_id
