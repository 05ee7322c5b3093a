select
    id as sla_target_id,
    tenant_id,
    policy_id,
    priority,
    clock,
    target_minutes
from {{ raw_table('tickets__sla_target') }}
