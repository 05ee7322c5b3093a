select * from {{ ref('fct_ticket') }}
