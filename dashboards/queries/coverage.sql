-- what the data cover, both days inclusive, and the batch they come from
select n.name, n.timezone, min(c.first_day) as first_day, max(c.last_day) as last_day, max(c.batch) as batch,
    max(c.read_at) as read_at,
    exists (select from desk_sla_clocks) as has_clocks,
    exists (select from desk_tickets t where t.desk_sla_met is not null) as has_desk_verdicts
from tenants n
left join desk_coverage c using (tenant_id)
group by n.name, n.timezone
