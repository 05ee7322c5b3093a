select * from {{ ref('fct_backlog_day') }}
