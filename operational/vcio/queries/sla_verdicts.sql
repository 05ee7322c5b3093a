select sla_clock_id, ticket_id, clock, priority, target_seconds, consumed_seconds, due_at, verdict,
    verdict = 'met' as met, judged_at, judged_on
from desk_sla_clocks
where customer_id = %(customer_id)s and judged_on >= %(start)s and judged_on < %(end)s
    and verdict is not null and clock = %(clock)s
    and (%(priority)s::text is null or priority = %(priority)s)
order by judged_at, sla_clock_id
