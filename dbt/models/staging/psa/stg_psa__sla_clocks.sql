select
    id as sla_clock_id,
    tenant_id,
    ticket_id,
    clock,
    policy_id,
    calendar_id,
    target_seconds,
    started_at,
    due_at,
    state,
    consumed_seconds,
    verdict,
    judged_at,
    stopped_at
from {{ raw_table('tickets__sla_clock') }}
