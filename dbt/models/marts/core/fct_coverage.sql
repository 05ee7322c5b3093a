-- the days for which the desk's history is complete, by the system it comes from
with taken_over as (
    select tenant_id, system as source_system, covers_from as first_day, covers_to as last_day
    from {{ ref('stg_psa__desk_sources') }}
),

-- our own desk covers from its first ticket to the last day that had ended when the last batch was read
own as (
    select
        t.tenant_id,
        t.source_system,
        min({{ local_day('t.opened_at', 'n.timezone') }}) as first_day,
        max({{ local_day('b.snapshot_at', 'n.timezone') }}) - 1 as last_day
    from {{ ref('stg_psa__tickets') }} t
    inner join {{ ref('stg_psa__tenants') }} n using (tenant_id)
    cross join (select max(snapshot_at) as snapshot_at from {{ ref('stg_psa__batches') }}) b
    where t.source_system = 'psa'
    group by t.tenant_id, t.source_system
),

covered as (
    select * from taken_over
    union all
    select * from own
    where first_day <= last_day
)

select
    tenant_id,
    source_system,
    first_day,
    last_day,
    (select max(batch) from {{ ref('stg_psa__batches') }}) as batch,
    (select max(snapshot_at) from {{ ref('stg_psa__batches') }}) as read_at
from covered
