{{ config(meta={'dagster': {'ref': {'name': 'fct_satisfaction'}}}) }}
-- no question is lost or doubled on the way: the mart has exactly raw's questions
select q.id as satisfaction_id
from (select id from {{ raw_table('tickets__satisfaction') }}) q
full join {{ ref('fct_satisfaction') }} f on f.satisfaction_id = q.id
where q.id is null or f.satisfaction_id is null
