-- the state a ticket was in during [valid_from, valid_to); before its first event a ticket's state is unknown
with ranged as (
    select
        ticket_event_id,
        tenant_id,
        ticket_id,
        seq,
        occurred_at as valid_from,
        lead(occurred_at) over (partition by ticket_id order by seq) as valid_to,
        status,
        status_category,
        priority,
        category,
        queue,
        assignee_id
    from {{ ref('stg_psa__ticket_events') }}
)

select *
from ranged
where valid_to is null or valid_from < valid_to
