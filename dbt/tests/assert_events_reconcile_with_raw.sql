{{ config(meta={'dagster': {'ref': {'name': 'fct_ticket_event'}}}) }}
-- every event of raw is in the mart, and the tickets' own event counts add up to them
with counted as (
    select
        (select count(*) from {{ raw_table('tickets__ticket_event') }}) as raw_events,
        (select count(*) from {{ ref('fct_ticket_event') }}) as mart_events,
        (select coalesce(sum(events), 0) from {{ ref('fct_ticket') }}) as ticket_events
)

select *
from counted
where raw_events <> mart_events or raw_events <> ticket_events
