select
    id as satisfaction_id,
    tenant_id,
    ticket_id,
    contact_id,
    asked_at,
    answered_at,
    score
from {{ raw_table('tickets__satisfaction') }}
