-- one row a clock; it counts once, on the day of its verdict, with the priority the ticket had then
select
    c.sla_clock_id,
    c.tenant_id,
    c.ticket_id,
    t.customer_id,
    t.contract_id,
    c.policy_id,
    c.clock,
    coalesce(s.priority, t.priority) as priority,
    c.target_seconds,
    c.consumed_seconds,
    c.started_at,
    c.due_at,
    c.state,
    c.verdict,
    c.judged_at,
    {{ local_day('c.judged_at', 'n.timezone') }} as judged_on
from {{ ref('stg_psa__sla_clocks') }} c
inner join {{ ref('stg_psa__tickets') }} t using (ticket_id)
inner join {{ ref('stg_psa__tenants') }} n on n.tenant_id = c.tenant_id
left join {{ ref('fct_ticket_state') }} s
    on s.ticket_id = c.ticket_id
    and s.valid_from <= c.judged_at
    and (s.valid_to is null or c.judged_at < s.valid_to)
