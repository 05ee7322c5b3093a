select
    id as time_entry_id,
    tenant_id,
    ticket_id,
    user_id,
    started_at,
    ended_at,
    minutes,
    work_type,
    billable as is_billable,
    entered_at
from {{ raw_table('tickets__time_entry') }}
