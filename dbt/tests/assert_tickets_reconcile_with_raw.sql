{{ config(meta={'dagster': {'ref': {'name': 'fct_ticket'}}}) }}
-- no ticket is lost or doubled on the way: the mart has exactly raw's tickets
select t.id as ticket_id
from (select id from {{ raw_table('tickets__ticket') }}) t
full join {{ ref('fct_ticket') }} f on f.ticket_id = t.id
where t.id is null or f.ticket_id is null
