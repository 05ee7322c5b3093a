-- per ticket: messages and notes; NULL where the system it comes from recorded none at all
with recorded as (
    select tenant_id, source_system, true as has_messages
    from {{ ref('stg_psa__tickets') }}
    inner join {{ ref('stg_psa__ticket_events') }} using (tenant_id, ticket_id)
    where kind in ('reply', 'note')
    group by tenant_id, source_system
),

counted as (
    select
        ticket_id,
        count(*) as events,
        count(*) filter (where kind = 'reply' and actor_kind = 'staff' and is_public) as staff_replies,
        count(*) filter (where kind = 'reply' and actor_kind = 'contact') as contact_replies,
        count(*) filter (where 'assignee_id' = any(changed) or 'assignee_ref' = any(changed)) as assignments
    from {{ ref('stg_psa__ticket_events') }}
    group by ticket_id
)

select
    t.tenant_id,
    t.ticket_id,
    coalesce(c.events, 0) as events,
    case when r.has_messages then coalesce(c.staff_replies, 0) end as staff_replies,
    case when r.has_messages then coalesce(c.contact_replies, 0) end as contact_replies,
    coalesce(c.assignments, 0) as assignments
from {{ ref('stg_psa__tickets') }} t
left join counted c using (ticket_id)
left join recorded r using (tenant_id, source_system)
