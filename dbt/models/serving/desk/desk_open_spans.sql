select * from {{ ref('fct_ticket_open_span') }}
