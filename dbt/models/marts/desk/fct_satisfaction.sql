-- one row a question; who worked is the assignee in the state the ticket was in when it was last resolved before it
with resolved as (
    select q.satisfaction_id, max(s.ended_at) as resolved_at
    from {{ ref('stg_psa__satisfactions') }} q
    inner join {{ ref('fct_ticket_open_span') }} s on s.ticket_id = q.ticket_id and s.ended_at <= q.asked_at
    group by q.satisfaction_id
)

select
    q.satisfaction_id,
    q.tenant_id,
    q.ticket_id,
    t.customer_id,
    q.contact_id,
    s.assignee_id,
    r.resolved_at,
    q.asked_at,
    {{ local_day('q.asked_at', 'n.timezone') }} as asked_on,
    q.answered_at,
    {{ local_day('q.answered_at', 'n.timezone') }} as answered_on,
    q.score,
    q.score >= 4 as is_satisfied
from {{ ref('stg_psa__satisfactions') }} q
inner join {{ ref('stg_psa__tickets') }} t using (ticket_id)
inner join {{ ref('stg_psa__tenants') }} n on n.tenant_id = q.tenant_id
left join resolved r using (satisfaction_id)
left join {{ ref('fct_ticket_state') }} s
    on s.ticket_id = q.ticket_id
    and s.valid_from <= r.resolved_at
    and (s.valid_to is null or r.resolved_at < s.valid_to)
