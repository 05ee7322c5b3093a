select
    id as ticket_sla_id,
    tenant_id,
    ticket_id,
    policy_id,
    calendar_id,
    chosen_by
from {{ raw_table('tickets__ticket_sla') }}
