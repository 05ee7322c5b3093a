select
    id as sla_clock_interval_id,
    tenant_id,
    clock_id as sla_clock_id,
    started_at,
    ended_at,
    business_seconds,
    kind,
    pause_reason
from {{ raw_table('tickets__sla_clock_interval') }}
