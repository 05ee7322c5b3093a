select * from {{ ref('fct_sla_clock') }}
