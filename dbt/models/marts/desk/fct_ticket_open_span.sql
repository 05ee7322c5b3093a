-- when a ticket was open, [started_at, ended_at); ended_at is NULL while it is
select
    md5(s.ticket_id::text || ':' || s.opened_by_seq)::uuid as ticket_open_span_id,
    s.tenant_id,
    s.ticket_id,
    t.customer_id,
    s.started_at,
    s.ended_at,
    {{ local_day('t.opened_at', 'n.timezone') }} as opened_on,
    {{ local_day('s.started_at', 'n.timezone') }} as started_on,
    {{ local_day('s.ended_at', 'n.timezone') }} as ended_on
from {{ ref('int_tickets_open_spans') }} s
inner join {{ ref('stg_psa__tickets') }} t using (ticket_id)
inner join {{ ref('stg_psa__tenants') }} n on n.tenant_id = s.tenant_id
