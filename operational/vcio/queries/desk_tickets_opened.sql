select t.ticket_id, t.number, t.opened_at, t.opened_on, t.customer_id = %(customer_id)s as is_theirs
from desk_tickets t
where t.opened_on >= %(start)s and t.opened_on < %(end)s
    and exists (
        select from desk_coverage c
        where c.source_system = t.source_system and t.opened_on between c.first_day and c.last_day
    )
order by t.opened_at, t.number
