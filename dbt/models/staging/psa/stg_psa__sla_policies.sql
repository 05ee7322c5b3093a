select
    id as policy_id,
    tenant_id,
    name
from {{ raw_table('tickets__sla_policy') }}
