select * from {{ ref('fct_ticket_state') }}
