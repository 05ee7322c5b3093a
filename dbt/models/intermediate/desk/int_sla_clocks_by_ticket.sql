-- per ticket: both clocks side by side
select
    tenant_id,
    ticket_id,
    max(verdict) filter (where clock = 'first_response') as first_response_verdict,
    max(verdict) filter (where clock = 'resolution') as resolution_verdict,
    -- a clock that has not stopped has measured nothing yet
    max(consumed_seconds) filter (
        where clock = 'first_response' and state = 'stopped'
    ) as first_response_business_seconds,
    max(consumed_seconds) filter (where clock = 'resolution' and state = 'stopped') as resolution_business_seconds
from {{ ref('stg_psa__sla_clocks') }}
group by tenant_id, ticket_id
