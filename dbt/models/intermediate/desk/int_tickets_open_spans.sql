-- when a ticket was open: half-open spans [started_at, ended_at), one more for every time it came back
with known as (
    select
        tenant_id,
        ticket_id,
        seq,
        occurred_at,
        status_category in ('resolved', 'closed') as is_done,
        lag(status_category in ('resolved', 'closed'), 1, false) over (
            partition by ticket_id order by seq
        ) as was_done
    from {{ ref('stg_psa__ticket_events') }}
    where status_category is not null
),

edges as (
    select tenant_id, ticket_id, 0 as seq, opened_at as occurred_at, false as is_done
    from {{ ref('stg_psa__tickets') }}
    union all
    select tenant_id, ticket_id, seq, occurred_at, is_done
    from known
    where is_done <> was_done
),

spans as (
    select
        tenant_id,
        ticket_id,
        seq as opened_by_seq,
        is_done,
        occurred_at as started_at,
        lead(seq) over (partition by ticket_id order by seq) as ended_by_seq,
        lead(occurred_at) over (partition by ticket_id order by seq) as ended_at
    from edges
)

select tenant_id, ticket_id, opened_by_seq, ended_by_seq, started_at, ended_at
from spans
where not is_done
