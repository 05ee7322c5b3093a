-- per ticket: minutes worked; a ticket without an entry has no row
select
    tenant_id,
    ticket_id,
    sum(minutes) as worked_minutes,
    case
        when count(is_billable) > 0 then coalesce(sum(minutes) filter (where is_billable), 0)
    end as billable_minutes,
    count(*) as time_entries
from {{ ref('stg_psa__time_entries') }}
group by tenant_id, ticket_id
