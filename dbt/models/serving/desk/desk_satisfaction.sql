select * from {{ ref('fct_satisfaction') }}
