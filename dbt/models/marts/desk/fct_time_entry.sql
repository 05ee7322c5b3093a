select
    e.time_entry_id,
    e.tenant_id,
    e.ticket_id,
    t.customer_id,
    t.contract_id,
    e.user_id,
    e.started_at,
    e.ended_at,
    {{ local_day('e.started_at', 'n.timezone') }} as worked_on,
    e.minutes,
    e.work_type,
    e.is_billable,
    e.entered_at
from {{ ref('stg_psa__time_entries') }} e
inner join {{ ref('stg_psa__tickets') }} t using (ticket_id)
inner join {{ ref('stg_psa__tenants') }} n on n.tenant_id = e.tenant_id
