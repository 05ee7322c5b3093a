{{ config(meta={'dagster': {'ref': {'name': 'fct_ticket_open_span'}}}) }}
-- a ticket's last known state and its spans say the same
select t.ticket_id
from {{ ref('fct_ticket') }} t
left join {{ ref('fct_ticket_open_span') }} s on s.ticket_id = t.ticket_id and s.ended_at is null
where t.status_category is not null
    and (t.status_category not in ('resolved', 'closed')) <> (s.ticket_id is not null)
