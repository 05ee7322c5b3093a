select ticket_id, number, priority, resolved_at, resolved_on, desk_sla_met as met
from desk_tickets
where customer_id = %(customer_id)s and resolved_on >= %(start)s and resolved_on < %(end)s
    and desk_sla_met is not null
    and (%(priority)s::text is null or priority = %(priority)s)
order by resolved_at, number
