-- what the system the history comes from said about its own SLA, by the day of resolution
select t.ticket_id, t.number, t.subject, t.customer_id, t.priority, t.queue, t.category, t.status_category,
    t.opened_at, t.resolved_at, t.resolved_on, t.desk_sla_met
from desk_tickets t
where t.desk_sla_met is not null and t.resolved_on >= %(start)s and t.resolved_on < %(end)s
    and (%(customer_id)s::uuid is null or t.customer_id = %(customer_id)s)
    and (not %(by_queue)s or t.queue is not distinct from %(queue)s)
    and (not %(by_category)s or t.category is not distinct from %(category)s)
order by t.resolved_at, t.number
