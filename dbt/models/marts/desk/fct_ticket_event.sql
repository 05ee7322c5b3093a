select
    e.ticket_event_id,
    e.tenant_id,
    e.ticket_id,
    t.customer_id,
    e.seq,
    e.occurred_at,
    {{ local_day('e.occurred_at', 'n.timezone') }} as occurred_on,
    e.kind,
    e.actor_kind,
    e.actor_id,
    e.is_public,
    e.status,
    e.status_category,
    e.priority,
    e.assignee_id,
    e.changed,
    e.is_reopening
from {{ ref('stg_psa__ticket_events') }} e
inner join {{ ref('stg_psa__tickets') }} t using (ticket_id)
inner join {{ ref('stg_psa__tenants') }} n on n.tenant_id = e.tenant_id
